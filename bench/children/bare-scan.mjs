/** Seconds of a bare read, scan and parse of the put journals. */
import { answer, settings } from '../fresh-process.mjs';
import { readScanParse } from '../peers/bare.mjs';

const { directory, puts } = settings();
const start = performance.now();
const parsed = readScanParse(directory, (name) => name.endsWith('.put.tsv'));
const seconds = (performance.now() - start) / 1_000;
if (parsed !== puts) throw new Error(`${parsed} messages were parsed instead of ${puts}.`);
answer(seconds);
