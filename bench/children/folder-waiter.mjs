/** Waits in a folder for files, and tells when each came; at the end what waiting cost. */
import { openReader } from '../ours-folders.mjs';
import { answer, settings } from '../fresh-process.mjs';

const { directory, watch, pollIntervalMs, idleMs } = settings();
const reader = await openReader(directory, { durability: 'process', doneDir: null, watch, pollIntervalMs });
process.on('message', (message) => {
  if (message === 'idle') void idle();
});
process.send('ready');
void serve();

async function serve() {
  for (;;) {
    const file = await reader.get();
    process.send({ got: file.name, at: Number(process.hrtime.bigint() / 1_000n) });
    await file.done();
  }
}

async function idle() {
  const before = process.cpuUsage();
  const start = performance.now();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const { user, system } = process.cpuUsage(before);
  answer({ share: (user + system) / 1_000 / (performance.now() - start) });
}
