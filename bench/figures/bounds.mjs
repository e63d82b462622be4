/** What the disk and JSON alone can do, to see how far the rest is from them: no target. All sides in one process. */
import { batches, messages } from '../messages.mjs';
import { rateOf } from '../harness.mjs';
import { appendLines, writeBatches } from '../peers/bare.mjs';

function append(count, perWrite, sync) {
  return ({ directory, scale }) => {
    const lines = messages(count * scale).map((value) => `${JSON.stringify(value)}\n`);
    return rateOf(lines.length, () => appendLines(directory, lines, perWrite, { sync }));
  };
}

function onJson(act) {
  return ({ scale }) => {
    const values = messages(200_000 * scale);
    const texts = values.map((value) => JSON.stringify(value));
    return rateOf(values.length, () => act(values, texts));
  };
}

/** The lengths are added up, or the compiler might see that nobody looks at the result. */
function stringifyAll(values) {
  let length = 0;
  for (const value of values) length += JSON.stringify(value).length;
  return length;
}

function parseAll(_values, texts) {
  let rows = 0;
  for (const text of texts) rows += JSON.parse(text).rows;
  return rows;
}

const REFERENCE = 'stringify + joined writeSync';

function bound(name, title, ours) {
  return { name, title, ours, peer: 'reference', peerName: REFERENCE };
}

export const family = {
  name: 'bounds',
  sides: {
    reference({ directory, scale }) {
      const values = messages(200_000 * scale);
      return rateOf(values.length, () => writeBatches(directory, batches(values, 1_000)));
    },
    stringify: onJson(stringifyAll),
    parse: onJson(parseAll),
    writeEach: append(200_000, 1, false),
    writeJoined: append(200_000, 1_000, false),
    syncEach: append(4_000, 1, true),
    sync100: append(100_000, 100, true),
    sync1000: append(200_000, 1_000, true),
  },
  figures: [
    bound('bound-stringify', 'JSON.stringify alone', 'stringify'),
    bound('bound-parse', 'JSON.parse alone', 'parse'),
    bound('bound-write-1', 'writeSync of each line', 'writeEach'),
    bound('bound-write-1000', 'writeSync of 1000 lines joined', 'writeJoined'),
    bound('bound-sync-1', 'writeSync + fdatasyncSync of each line', 'syncEach'),
    bound('bound-sync-100', 'the same by 100 lines', 'sync100'),
    bound('bound-sync-1000', 'the same by 1000 lines', 'sync1000'),
  ],
};
