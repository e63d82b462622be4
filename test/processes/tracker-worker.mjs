/**
 * A process that works on tasks as it is told to, a line each on stdin, and answers with lines of JSON.
 *
 *   open DIRECTORY LEASE · hold ID FILE (starts it, writes FILE beside its place, and stays) · let go · look · run ID ·
 *   work (all that is due, and says which) · end
 */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { TaskTracker } from '../../dist/tasks.js';

let tracker;
let held;

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

const commands = {
  async open(directory, leaseMs) {
    const options = { useCase: 'load', leaseMs: Number(leaseMs), durability: 'process', backoff: false };
    tracker = await TaskTracker.open(`file:${directory}`, options);
    say({ opened: true });
  },
  async hold(id, file) {
    let letGo;
    const running = tracker.run(id, async (attempt) => {
      attempt.data = { by: process.pid };
      await attempt.checkpoint();
      await writeFile(await attempt.output(file), String(process.pid));
      say({ held: id, attempt: attempt.number });
      attempt.data = { by: process.pid, late: true };
      await new Promise((resolve) => (letGo = resolve));
    });
    held = { running, letGo: () => letGo() };
    running.catch((error) => say({ held: false, code: error.code }));
  },
  async 'let-go'() {
    held.letGo();
    await held.running.then(
      () => say({ ended: 'succeeded' }),
      (error) => say({ ended: 'refused', code: error.code }),
    );
  },
  async run(id) {
    try {
      await tracker.run(id, (attempt) => say({ ran: id, attempt: attempt.number, data: attempt.data }));
    } catch (error) {
      say({ ran: false, code: error.code });
    }
  },
  async work() {
    const done = [];
    const report = await tracker.work((attempt) => void done.push(attempt.id), { pollIntervalMs: 20 });
    say({ done, report });
  },
};

for await (const line of createInterface(process.stdin)) {
  const [name, ...rest] = line.split(' ');
  if (name === 'end') break;
  await commands[name](...rest);
}
await tracker?.dispose();
