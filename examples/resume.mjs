// A crash in the middle: what was put and not done is there again. This script runs itself twice, and the first run is
// killed with SIGKILL while it works on its third letter.
//
//   node examples/resume.mjs
//
// prints: run 1: Ada, attempt 1
// prints: run 1: Grace, attempt 1
// prints: run 1: Edsger, attempt 1
// prints: run 1 was ended by SIGKILL
// prints: run 2: Edsger, attempt 2
// prints: run 2: Barbara, attempt 1
// prints: run 2 came to its end
import { PersistentQueue } from 'dibs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [run] = process.argv.slice(2);
if (run === undefined) runTwice();
else await writeLetters(run);

async function writeLetters(run) {
  const queue = await PersistentQueue.open('letters');
  if (run === '1') await queue.putMany(['Ada', 'Grace', 'Edsger', 'Barbara']);
  await queue.close();
  for await (const item of queue) {
    console.log('run %s: %s, attempt %d', run, item.value, item.attempt);
    if (run === '1' && item.value === 'Edsger') process.kill(process.pid, 'SIGKILL');
    await item.done();
  }
  await queue.dispose();
}

function runTwice() {
  for (const run of ['1', '2']) {
    const { signal } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), run], { stdio: 'inherit' });
    console.log(signal === null ? `run ${run} came to its end` : `run ${run} was ended by ${signal}`);
  }
}
