/** Peak resident megabytes of Node with our package loaded and nothing done. */
import { answer } from '../fresh-process.mjs';
import '../ours.mjs';
import { peakMegabytes } from '../peak-memory.mjs';

answer(peakMegabytes());
