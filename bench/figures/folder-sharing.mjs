/**
 * One to sixteen processes on one folder, each of them in its own place of the listing: beside as many that take the first name
 * each, bare ones, which do nothing but list, rename and unlink, and ours in strict order, which seldom try what is gone. And
 * beside bare ones that never want the same file: what the directory's lock leaves to gain.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeFiles } from '../files.mjs';
import { drainTogether, summary } from '../folder-crew.mjs';

const FILES = 20_000;
const WORKERS = [1, 2, 4, 8, 16];
const WORDS = { 1: 'one process', 2: 'two processes', 4: 'four processes', 8: 'eight processes', 16: 'sixteen processes' };

function shared(workers, script, settings) {
  return async ({ directory: parent, scale }) => {
    const directory = join(parent, 'shared');
    const files = FILES * scale;
    mkdirSync(directory);
    makeFiles(directory, files);
    return summary(files, await drainTogether(workers, script, { directory, ...settings }));
  };
}

const relaxed = (workers) => shared(workers, 'folder-worker.mjs', { order: 'relaxed' });
const strict = (workers) => shared(workers, 'folder-worker.mjs', { order: 'strict' });
const bare = (workers) => shared(workers, 'bare-worker.mjs', { apart: false });
const apart = (workers) => shared(workers, 'bare-worker.mjs', { apart: true });

const rate = { pick: (crew) => crew.rate };
const lost = { pick: (crew) => crew.lost * 100, compare: (ours) => ours, unit: '%' };
const tries = { pick: (crew) => crew.triesPerClaim, compare: (ours) => ours, unit: 'tries' };

const AIMS = { 2: 1.5, 16: 5 };

/** In strict order, and each its own files. */
function besideBare(workers) {
  const chart = { name: 'processes', panel: 'folder', x: workers, ours: 'folder queue' };
  const common = { ...rate, ours: `ours${workers}` };
  return [
    {
      ...common,
      name: `folder-${workers}`,
      title: `${WORDS[workers]} on one folder`,
      peer: `bare${workers}`,
      peerName: workers === 1 ? 'a bare one' : 'as many bare ones in strict order',
      atLeast: AIMS[workers],
      chart: { ...chart, peer: 'bare, strict order' },
    },
    {
      ...common,
      name: `folder-${workers}-apart`,
      title: 'the same',
      peer: `apart${workers}`,
      peerName: 'bare ones that never want the same file',
      chart: { ...chart, peer: 'bare, each its own files' },
    },
  ];
}

function besideStrict(workers) {
  const title = `${WORDS[workers]} on one folder`;
  return {
    ...rate,
    name: `folder-${workers}-strict`,
    title,
    ours: `ours${workers}`,
    peer: `strict${workers}`,
    peerName: 'ours in strict order',
  };
}

const each = (kind, counts, side) => Object.fromEntries(counts.map((workers) => [`${kind}${workers}`, side(workers)]));

export const family = {
  name: 'folder-sharing',
  fresh: true,
  sides: {
    ...each('ours', WORKERS, relaxed),
    ...each('bare', WORKERS, bare),
    ...each('apart', WORKERS, apart),
    ...each('strict', [2, 16], strict),
  },
  figures: [
    ...WORKERS.flatMap(besideBare),
    ...[2, 16].map(besideStrict),
    {
      ...lost,
      name: 'folder-2-lost',
      title: 'lost races of those won, two processes',
      ours: 'ours2',
      peer: 'bare2',
      peerName: 'two bare ones',
      atMost: 1,
    },
    {
      ...tries,
      name: 'folder-16-tries',
      title: 'tries a claim, sixteen processes',
      ours: 'ours16',
      peer: 'bare16',
      peerName: 'sixteen bare ones',
      atMost: 1.05,
    },
  ],
};
