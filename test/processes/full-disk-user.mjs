/**
 * Uses a queue on a disk that its parent fills and frees meanwhile, and answers each line of its input, `[command, facts]`,
 * with what it was promised and what was refused: `{ notes, refusals }`. The notes are lines for a ledger, as checker.mjs or
 * folder-checker.mjs read it: written by the parent, since a limit of this process would be one for its ledger too.
 *
 *   begin { kind: queue | folder, directory, seed, options }     opens it, puts some, holds some
 *   full { steps }       whatever comes to mind, though much of it may be refused
 *   leave · enter        disposes of it · opens it again
 *   freed                goes on: nothing may be refused any more
 *   finish               works off what is left, twice: the second time there is nothing
 */
import { createInterface } from 'node:readline';
import { RefusedUser } from './refused-user.mjs';

let user;

const commands = {
  async begin() {
    await user.enter();
    for (let left = 4; left > 0; left -= 1) await user.put();
    for (let left = 3; left > 0; left -= 1) await user.take();
    await user.settle('done');
  },
  async full({ steps }) {
    for (let left = steps; left > 0; left -= 1) if (user.isOpen) await user.step();
  },
  leave: () => user.leave(),
  enter: () => user.enter(),
  async freed() {
    if (!user.isOpen) await user.enter();
    await user.put();
    await user.put();
    for (let left = user.held.length; left > 0; left -= 1) await user.settle('done');
    await user.take();
    await user.settle('done');
  },
  async finish() {
    await user.leave();
    await user.enter();
    if (user.isQueue) await user.queue.close();
    else await user.writer.close();
    while (await user.take((queue) => queue.get())) await user.settle('done');
    if (user.isQueue) for await (const { id, value, attempts } of user.queue.failed()) user.note('failed', { id, value, attempts });
    if (user.isQueue) user.note('drained');
    user.isDrained = true;
    await user.leave();
    // What it got now it would get after the queue was drained.
    await user.enter();
    while (await user.take());
    await user.leave();
  },
};

for await (const line of createInterface(process.stdin)) {
  const [command, facts] = JSON.parse(line);
  if (command === 'begin') user = new RefusedUser(facts);
  await user.attempt(command, () => commands[command](facts));
  process.stdout.write(`${JSON.stringify(user.tell())}\n`);
}
