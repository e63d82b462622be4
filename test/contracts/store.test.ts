import { setImmediate as nextTurn } from 'node:timers/promises';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { openStore } from '../../src/stores/open-store.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { withLink } from '../support/with-link.ts';
import { type StoreGround, storeContract } from './store.ts';

/** A store in files, on a disk whose times go on by themselves. */
function onDisk(directory: string, fileSystem: FileSystem): StoreGround {
  return {
    open: () => openStore(`file:${directory}`, { fileSystem, durability: 'process' }),
    async later() {
      // What is written now has the time of the disk, which counts in milliseconds.
      for (const now = Date.now(); Date.now() <= now + 1;) await nextTurn();
    },
  };
}

storeContract('a store on the real disk', () => onDisk(`${tempFolder()}/store`, disk));
storeContract('a store on the memory disk', () => onDisk('/store', memoryDisk()));
storeContract(
  'a store on a disk without hard links',
  () =>
    onDisk(
      '/store',
      withLink(memoryDisk(), () => 'EPERM'),
    ),
  { isDecisive: false },
);

storeContract('a store on a disk that forgets, asked to survive a power cut', () => {
  const fileSystem = new CrashingDisk().process();
  return { open: () => openStore('file:/store', { fileSystem }), later: async () => undefined };
});

let stores = 0;

storeContract('a store in memory', () => {
  const clock = manualClock();
  stores += 1;
  const url = `memory:contract-${stores}`;
  return { open: () => openStore(url, { clock }), later: () => clock.advance(1_000) };
});
