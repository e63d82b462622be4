/** What messages take of the disk, ours beside SQLite: a file's own blocks and those of its directory. Each side in a fresh process. */
import { inFreshProcess } from '../fresh-process.mjs';

const COUNT = 100_000;
const FILES = 10_000;
/** A hundred lots: a million messages. */
const [LOTS, LOT] = [100, 10_000];

function sized(kind, count, lot) {
  return ({ directory, scale }) => inFreshProcess('size.mjs', { kind, directory, count: count * scale, lots: LOTS, lot: lot * scale });
}

const waiting = { pick: (size) => size.waiting, unit: 'B' };
const half = { pick: (size) => size.half, unit: 'B' };
const most = { pick: (size) => size.most, unit: 'MB' };
const besideSqlite = { ours: 'ours', peer: 'sqlite', peerName: 'SQLite NORMAL, WAL included' };
const files = { ours: 'files', peer: 'ours', peerName: 'in a PersistentQueue' };

export const family = {
  name: 'size',
  fresh: true,
  sides: { ours: sized('ours', COUNT, LOT), sqlite: sized('sqlite', COUNT, LOT), files: sized('files', FILES, LOT / 100) },
  figures: [
    { ...besideSqlite, ...waiting, name: 'size-waiting', title: 'bytes on disk a message, 100,000 waiting' },
    { ...besideSqlite, ...half, name: 'size-half', title: 'the same after half of them are done' },
    { ...besideSqlite, ...most, name: 'size-keeping-up', title: 'most on disk, 1,000,000 put and done by 10,000' },
    { ...files, ...waiting, name: 'size-files', title: 'bytes on disk a file of 100 bytes, 10,000 waiting' },
    { ...files, ...half, name: 'size-files-half', title: 'the same after half of them are done' },
  ],
};
