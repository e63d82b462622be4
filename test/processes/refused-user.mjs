/** Somebody who uses a queue though much of it may be refused: what it was promised, and what was refused, is told when asked for. */
import { readFileSync } from 'node:fs';
import { PermanentError, PersistentQueue, ReadableFolderQueue, WorkQueueError, WritableFolderQueue } from 'dibs';
import { randomNumbers } from './ledger.mjs';

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

export class RefusedUser {
  /** Since it was last told: lines for a ledger, and what was refused. */
  #notes = [];
  #refusals = [];

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
    this.#notes.push({ actor: this.actor, event, ...facts });
  }

  /** What is refused is told; true if it was not. */
  async attempt(what, act) {
    try {
      await act();
      return true;
    } catch (error) {
      const { name, code, errno, operation, path, message } = error;
      this.#refusals.push({ what, isOurs: error instanceof WorkQueueError, name, code, errno, operation, path, message });
      return false;
    }
  }

  /** What there is to tell, once. */
  tell() {
    const told = { notes: this.#notes, refusals: this.#refusals };
    [this.#notes, this.#refusals] = [[], []];
    return told;
  }

  get isQueue() {
    return this.kind === 'queue';
  }

  async enter() {
    this.runs += 1;
    this.actor = `run ${this.runs}`;
    this.held = [];
    this.isOpen = await this.attempt('open', () => this.open());
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
      await this.attempt('dispose', () => this.writer.dispose());
      throw error;
    }
  }

  async leave() {
    if (!this.isOpen) return;
    this.isOpen = false;
    if (this.isQueue) this.note('end?');
    else for (const { name } of this.held) this.note('release?', { name });
    const isGivenBack = await this.attempt('dispose', () => this.queue.dispose());
    if (this.isQueue) this.note('end!');
    else if (isGivenBack) for (const { name } of this.held) this.note('release!', { name });
    // Who could not give back what it had is found out, as if it had died.
    else this.note('kill!');
    if (!this.isQueue) await this.attempt('dispose', () => this.writer.dispose());
    this.held = [];
  }

  async put() {
    this.puts += 1;
    // A few are larger than what is left here and there.
    const padding = '.'.repeat(Math.floor(this.random() ** 3 * 5_000));
    const name = `load-${String(this.puts).padStart(4, '0')}.tsv`;
    const facts = this.isQueue ? { value: `${this.puts}${padding}` } : { name, text: `${padding}\n${lastLine(name)}` };
    await this.attempt('put', async () => {
      this.note('put?', facts);
      await (this.isQueue ? this.queue.put(facts.value) : this.writer.putText(name, facts.text));
      this.note('put!', facts);
    });
  }

  /** True if there was something. */
  async take(act = (queue) => queue.tryGet()) {
    let item;
    await this.attempt('take', async () => {
      item = await act(this.queue);
    });
    if (item === undefined) return false;
    const { id, value, name, attempt: number } = item;
    this.note('got', this.isQueue ? { id, value, attempt: number } : { name, attempt: number });
    if (!this.isQueue) await this.attempt('take', () => assertWhole(item));
    this.held.push(item);
    return true;
  }

  /** How what it took first ends. What is refused stays in hands. */
  async settle(how) {
    const [item] = this.held;
    if (item === undefined) return;
    const facts = this.isQueue ? { id: item.id } : { name: item.name };
    const isOver = await this.attempt(how, async () => {
      this.note(`${how}?`, facts);
      if (how === 'giveUp') await item.fail(new PermanentError('never'));
      else if (how === 'fail') await item.fail(new Error('not today'));
      else await item[how]();
      this.note(`${how}!`, facts);
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
