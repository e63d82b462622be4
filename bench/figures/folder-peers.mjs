/**
 * get + read + done beside other queues of files: what is done is removed. Filling is not measured, and each side drains right
 * after it: what the disk has written already takes far longer to remove.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileText, makeFiles } from '../files.mjs';
import { rateNow, settleDisk } from '../harness.mjs';
import { openReader } from '../ours-folders.mjs';
import * as dirq from '../peers/dirq.mjs';
import * as qlobber from '../peers/qlobber-fsq.mjs';

function textsOf(count) {
  return Array.from({ length: count }, (_, number) => fileText(number));
}

function assertRead(bytes, texts) {
  if (bytes !== texts.reduce((sum, { length }) => sum + length, 0)) throw new Error('The drain did not read what was put.');
}

async function readAll(reader, count) {
  let bytes = 0;
  for (let done = 0; done < count; done += 1) {
    const file = await reader.get();
    bytes += readFileSync(file.path).length;
    await file.done();
  }
  return bytes;
}

export const family = {
  name: 'folder-peers',
  times: 2,
  sides: {
    async ours({ directory, scale }) {
      const texts = textsOf(20_000 * scale);
      settleDisk();
      const reader = await openReader(directory, { durability: 'process', doneDir: null });
      makeFiles(directory, texts.length, fileText);
      let bytes;
      const rate = await rateNow(texts.length, async () => {
        bytes = await readAll(reader, texts.length);
      });
      await reader.dispose();
      assertRead(bytes, texts);
      return rate;
    },
    dirq({ directory, scale }) {
      const texts = textsOf(20_000 * scale);
      settleDisk();
      const { seconds, bytes } = dirq.fillAndDrain(join(directory, 'dirq'), texts);
      assertRead(bytes, texts);
      return texts.length / seconds;
    },
    async qlobber({ directory, scale }) {
      const texts = textsOf(2_000 * scale);
      const folder = join(directory, 'fsq');
      settleDisk();
      await qlobber.fill(folder, texts);
      const peer = await qlobber.openDrain(folder, texts.length);
      let bytes;
      const rate = await rateNow(texts.length, async () => {
        bytes = await peer.drain();
      });
      await peer.close();
      assertRead(bytes, texts);
      return rate;
    },
  },
  figures: [
    {
      name: 'folder-qlobber',
      title: 'get + read + done of files',
      ours: 'ours',
      peer: 'qlobber',
      peerName: 'qlobber-fsq 14, single messages',
      atLeast: 15,
    },
    { name: 'folder-dirq', title: 'the same', ours: 'ours', peer: 'dirq', peerName: 'python3-dirq, QueueSimple', atLeast: 0.8 },
  ],
};
