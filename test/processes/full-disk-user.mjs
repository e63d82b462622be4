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
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PermanentError, PersistentQueue, ReadableFolderQueue, WorkQueueError, WritableFolderQueue } from 'dibs';
import { randomNumbers } from './ledger.mjs';

let user;
let notes = [];
let refusals = [];

/** What is refused is told; true if it was not. */
async function attempt(what, act) {
  try {
    await act();
    return true;
  } catch (error) {
    const { name, code, errno, operation, path, message } = error;
    refusals.push({ what, isOurs: error instanceof WorkQueueError, name, code, errno, operation, path, message });
    return false;
  }
}

const lastLine = (name) => `the end of ${name}`;

/** Complete or absent: half of a message is never shown. */
function assertWhole({ name, path }) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // This process may open no more files: it is looked at the next time.
    return;
  }
  if (!text.endsWith(lastLine(name))) throw new Error(`${name} is not whole: ${text.length} characters`);
}

class User {
  constructor({ kind, directory, seed, options }) {
    Object.assign(this, {
      kind,
      directory,
      options,
      random: randomNumbers(seed),
      runs: 0,
      puts: 0,
      held: [],
      isOpen: false,
      isDrained: false,
    });
  }

  note(event, facts) {
    notes.push({ actor: this.actor, event, ...facts });
  }

  get isQueue() {
    return this.kind === 'queue';
  }

  async enter() {
    this.runs += 1;
    this.actor = `run ${this.runs}`;
    this.held = [];
    this.isOpen = await attempt('open', () => this.open());
  }

  async open() {
    if (this.isQueue) {
      this.queue = await PersistentQueue.open(this.directory, this.options);
      if (!this.isDrained) this.note('open', { maxAttempts: this.queue.maxAttempts });
      return;
    }
    this.writer = await WritableFolderQueue.open(this.directory, { producer: 'the only one', ...this.options });
    try {
      this.queue = await ReadableFolderQueue.open(this.directory, { pollIntervalMs: 5, ...this.options });
    } catch (error) {
      await attempt('dispose', () => this.writer.dispose());
      throw error;
    }
  }

  async leave() {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.isQueue) this.note('end?');
    else for (const { name } of this.held) this.note('release?', { name });
    const isGivenBack = await attempt('dispose', () => this.queue.dispose());
    if (this.isQueue) this.note('end!');
    else if (isGivenBack) for (const { name } of this.held) this.note('release!', { name });
    // Who could not give back what it had is found out, as if it had died.
    else this.note('kill!');
    if (!this.isQueue) await attempt('dispose', () => this.writer.dispose());
    this.held = [];
  }

  async put() {
    this.puts += 1;
    // A few are larger than what is left here and there.
    const padding = '.'.repeat(Math.floor(this.random() ** 3 * 5_000));
    const name = `load-${String(this.puts).padStart(4, '0')}.tsv`;
    const facts = this.isQueue ? { value: `${this.puts}${padding}` } : { name, text: `${padding}\n${lastLine(name)}` };
    await attempt('put', async () => {
      this.note('put?', facts);
      await (this.isQueue ? this.queue.put(facts.value) : this.writer.putText(name, facts.text));
      this.note('put!', facts);
    });
  }

  /** True if there was something. */
  async take(act = (queue) => queue.tryGet()) {
    let item;
    await attempt('take', async () => {
      item = await act(this.queue);
    });
    if (item === undefined) return false;
    const { id, value, name, attempt: number } = item;
    this.note('got', this.isQueue ? { id, value, attempt: number } : { name, attempt: number });
    if (!this.isQueue) await attempt('take', () => assertWhole(item));
    this.held.push(item);
    return true;
  }

  /** How what it took first ends. What is refused stays in hands. */
  async settle(how) {
    const [item] = this.held;
    if (item === undefined) return;
    const facts = this.isQueue ? { id: item.id } : { name: item.name };
    const noted = how === 'giveUp' && !this.isQueue ? 'fail' : how;
    const isOver = await attempt(how, async () => {
      this.note(`${noted}?`, facts);
      if (how === 'giveUp') await item.fail(new PermanentError('never'));
      else if (how === 'fail') await item.fail(new Error('not today'));
      else await item[how]();
      this.note(`${noted}!`, facts);
    });
    if (isOver) this.held.shift();
    else this.held.push(this.held.shift());
  }

  async step() {
    const fate = this.random();
    if (fate < 0.4) return this.put();
    if (fate < 0.6) return this.take();
    if (fate < 0.75) return this.settle('done');
    if (fate < 0.85) return this.settle('release');
    return this.settle(fate < 0.95 ? 'fail' : 'giveUp');
  }
}

const commands = {
  async begin(facts) {
    user = new User(facts);
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
  await attempt(command, () => commands[command](facts));
  process.stdout.write(`${JSON.stringify({ notes, refusals })}\n`);
  notes = [];
  refusals = [];
}
