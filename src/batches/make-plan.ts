import { createHash, randomBytes } from 'node:crypto';
import { DiskError } from '../errors.ts';
import { type BatchPlan, formatPlan, parsePlan } from '../formats/batch-record.ts';
import { MOST_PARTS } from '../machines/part-ledger.ts';
import type { Shelf } from '../stores/store.ts';
import { copyOf } from '../tasks/task-data.ts';
import { chunkName, countdownOf, PLAN, readPlan, tokenOf } from './batch-plan.ts';

/** So many parts are one record, or so many characters of them: any store takes a record of that size. */
const PARTS_A_CHUNK = 1_000;
const CHARACTERS_A_CHUNK = 128 * 1024;

/** What a batch is made of, but for its parts. */
export type BatchFacts = Pick<BatchPlan, 'metadata' | 'createdAt' | 'maxAttempts' | 'deleteWhenDone' | 'publishes'>;

export interface MadePlan {
  /** Undefined if somebody deleted it while it was made. */
  readonly plan: BatchPlan | undefined;
  /** That of the parts that were given. */
  readonly digest: string;
}

/**
 * Writes down what a batch is made of: its parts, what is left of them, and last the plan, which makes it a batch. A stop
 * before that leaves records that nobody looks for, which the next that makes one of that id removes. Of several who make one
 * of an id at once one does, and removes what the others have written by then; all get that one's plan.
 */
export async function makePlan(shelf: Shelf, parts: Iterable<unknown> | AsyncIterable<unknown>, facts: BatchFacts): Promise<MadePlan> {
  const maker = new PlanMaker(shelf, await readPlan(shelf));
  try {
    return await maker.make(parts, facts);
  } finally {
    await maker.clear();
  }
}

/** One who makes a batch. As soon as there is one nothing more is written: the parts are only gone through, for their digest. */
class PlanMaker {
  readonly #shelf: Shelf;
  readonly #token = randomBytes(6).toString('hex');
  /** Records that mean nothing, as far as is known. */
  #leftovers: readonly string[] = [];
  #there: BatchPlan | undefined;
  /** Somebody deleted what had been written of it. */
  #isGone = false;

  constructor(shelf: Shelf, there: BatchPlan | undefined) {
    this.#shelf = shelf;
    this.#there = there;
  }

  async make(parts: Iterable<unknown> | AsyncIterable<unknown>, facts: BatchFacts): Promise<MadePlan> {
    const written = await this.#writeParts(parts);
    const plan: BatchPlan = { token: this.#token, ...written, ...facts };
    await this.#unlessOver(() => countdownOf(this.#shelf, plan).begin(plan.total));
    await this.#unlessOver(() => this.#publish(plan));
    return { plan: this.#there, digest: plan.digest };
  }

  /** Removes what others have left, or our own if another was faster. What stays means nothing, and is no reason to fail. */
  async clear(): Promise<void> {
    const meaningless = this.#isOurs() ? this.#leftovers : await this.#own().catch(() => []);
    for (const name of meaningless) await this.#shelf.remove(name).catch(() => undefined);
  }

  #isOurs(): boolean {
    return this.#there?.token === this.#token;
  }

  async #own(): Promise<string[]> {
    return (await this.#shelf.names()).filter((name) => tokenOf(name) === this.#token);
  }

  async #publish(plan: BatchPlan): Promise<void> {
    const shelf = this.#shelf;
    // Those of now: once the plan is there, the batch may be deleted and made anew by somebody whose records are none of ours.
    this.#leftovers = (await shelf.names()).filter((name) => ![undefined, plan.token].includes(tokenOf(name)));
    this.#there = (await shelf.create(PLAN, formatPlan(plan))) ? plan : await readPlan(shelf);
    if (!this.#isOurs() || plan.chunks === 0 || (await shelf.read(chunkName(plan.token, 0))) !== undefined) return;
    // It went with all that there was, before it was a batch.
    this.#there = undefined;
    await shelf.removeIf(PLAN, (fields) => parsePlan(fields)?.token === plan.token);
  }

  async #writeParts(parts: Iterable<unknown> | AsyncIterable<unknown>): Promise<Pick<BatchPlan, 'total' | 'chunks' | 'digest'>> {
    const hash = createHash('sha256');
    let [total, chunks] = [0, 0];
    for await (const chunk of chunksOf(parts)) {
      for (const text of chunk) hash.update(`${text}\n`);
      const name = chunkName(this.#token, chunks);
      await this.#unlessOver(() => this.#shelf.create(name, { parts: chunk.map((text): unknown => JSON.parse(text)) }));
      total += chunk.length;
      chunks += 1;
    }
    return { total, chunks, digest: hash.digest('hex').slice(0, 32) };
  }

  /** Who was faster removes what others still write, and who deletes it all of that: neither is an error of the disk. */
  async #unlessOver(write: () => Promise<unknown>): Promise<void> {
    if (this.#there !== undefined || this.#isGone) return;
    try {
      await write();
    } catch (error) {
      this.#there = await readPlan(this.#shelf);
      this.#isGone = this.#there === undefined && error instanceof DiskError && error.errno === 'ENOENT';
      if (this.#isOurs() || (this.#there === undefined && !this.#isGone)) throw error;
    }
  }
}

/** Parts as JSON, so many together as are one record. */
async function* chunksOf(parts: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string[], void, void> {
  let chunk: string[] = [];
  let [total, characters] = [0, 0];
  for await (const part of parts) {
    if ((total += 1) > MOST_PARTS) throw new RangeError(`A batch has at most ${MOST_PARTS} parts.`);
    // As a disk gives it back: undefined is no part of a list.
    const text = JSON.stringify(copyOf(part ?? null));
    chunk.push(text);
    characters += text.length;
    if (chunk.length < PARTS_A_CHUNK && characters < CHARACTERS_A_CHUNK) continue;
    yield chunk;
    [chunk, characters] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}
