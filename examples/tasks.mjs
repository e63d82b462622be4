// Days to load, each a task whose status survives the script: this one runs itself twice, and the first run is killed with
// SIGKILL in the middle of its second day. The next goes on from that day's checkpoint, and says what could not be loaded.
//
//   node examples/tasks.mjs
//
// prints: run 1: monday, page 1 of 2
// prints: run 1: monday, page 2 of 2
// prints: run 1: tuesday, page 1 of 2
// prints: run 1 was ended by SIGKILL
// prints: run 2: tuesday, page 2 of 2
// prints: run 2: wednesday, page 1 of 2
// prints: run 2: wednesday was given up: there is no page 2
// prints: run 2: {"pending":0,"running":0,"succeeded":2,"failed":0,"ignored":1}
// prints: run 2: rows/tuesday.txt holds 20 rows
// prints: run 2 came to its end
import { PermanentError } from 'dibs';
import { TaskTracker } from 'dibs/tasks';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGES = 2;
const [run] = process.argv.slice(2);
if (run === undefined) runTwice();
else await loadDays();

async function loadDays() {
  mkdirSync('rows', { recursive: true });
  const tracker = await TaskTracker.open('file:./loads', { useCase: 'daily-load', maxAttempts: 3 });
  // Those that are there stay as they are: to run the script again is harmless.
  await tracker.createMany(['monday', 'tuesday', 'wednesday'].map((day) => [day, { page: 0, rows: 0 }]));
  for (const { id } of await tracker.listUnfinished({ order: 'id' })) await tracker.run(id, load).catch(() => undefined);
  for (const { id, lastError } of await tracker.failed()) console.log(`run ${run}: ${id} was given up: ${lastError.message}`);
  console.log(`run ${run}: ${JSON.stringify(await tracker.counts())}`);
  console.log(`run ${run}: rows/tuesday.txt holds ${readFileSync('rows/tuesday.txt', 'utf8')} rows`);
  await tracker.dispose();
}

async function load(attempt) {
  for (let page = attempt.data.page + 1; page <= PAGES; page += 1) {
    if (attempt.id === 'wednesday' && page === 2) throw new PermanentError('there is no page 2');
    console.log(`run ${run}: ${attempt.id}, page ${page} of ${PAGES}`);
    attempt.data = { page, rows: attempt.data.rows + 10 };
    await attempt.checkpoint(); // a later failure, or the end of this process, does not undo it
    if (run === '1' && attempt.id === 'tuesday') process.kill(process.pid, 'SIGKILL');
  }
  // It appears there when the task has succeeded, and never half.
  writeFileSync(await attempt.output(`rows/${attempt.id}.txt`), String(attempt.data.rows));
}

function runTwice() {
  for (const number of ['1', '2']) {
    const { signal } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), number], { stdio: 'inherit' });
    console.log(signal === null ? `run ${number} came to its end` : `run ${number} was ended by ${signal}`);
  }
}
