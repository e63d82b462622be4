/** Peak resident megabytes of Node with our package loaded and nothing done. */
import { answer } from '../fresh-process.mjs';
import '../ours.mjs';

answer((process.resourceUsage().maxRSS * 1_024) / 1e6);
