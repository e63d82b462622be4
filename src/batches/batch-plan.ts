import { createHash, randomBytes } from 'node:crypto';
import { DamagedRecordError } from '../stores/store-errors.ts';
import { type BatchPlan, formatPlan, parsePlan } from '../formats/batch-record.ts';
import { MOST_PARTS } from '../machines/part-ledger.ts';
import type { Countdown, Shelf } from '../stores/store.ts';
import { copyOf } from '../tasks/task-data.ts';

/** So many parts are one record, or so many characters of them: any store takes a record of that size. */
const PARTS_A_CHUNK = 1_000;
const CHARACTERS_A_CHUNK = 128 * 1024;

const PLAN = 'plan';

export interface PlannedPart {
  readonly index: number;
  readonly value: unknown;
}

/** What a batch is made of, but for its parts. */
export type BatchFacts = Pick<BatchPlan, 'metadata' | 'createdAt' | 'maxAttempts' | 'deleteWhenDone' | 'publishes'>;

/** Reads what a batch is made of; undefined if there is none. @throws DamagedRecordError, FormatVersionError */
export async function readPlan(shelf: Shelf): Promise<BatchPlan | undefined> {
  const fields = await shelf.read(PLAN);
  if (fields === undefined) return undefined;
  const plan = parsePlan(fields);
  if (plan === null) throw new DamagedRecordError(PLAN, 'it does not say all that a plan says');
  return plan;
}

/**
 * Writes down what a batch is made of: its parts, what is left of them, and last the plan, which makes it a batch. A stop
 * before that leaves records that nobody looks for, which the next that makes one of that id removes. Of several who make one
 * of an id at once one does; all get that. `digest` is that of these parts.
 */
export async function makePlan(
  shelf: Shelf,
  parts: Iterable<unknown> | AsyncIterable<unknown>,
  facts: BatchFacts,
): Promise<{ readonly plan: BatchPlan; readonly digest: string }> {
  const token = randomBytes(6).toString('hex');
  try {
    const written = await writeParts(shelf, token, parts);
    const plan: BatchPlan = { token, ...written, ...facts };
    if ((await readPlan(shelf)) === undefined) {
      await countdownOf(shelf, plan).begin(plan.total);
      if (await shelf.create(PLAN, formatPlan(plan))) {
        await clear(shelf, (name) => !isOf(name, token));
        return { plan, digest: plan.digest };
      }
    }
    await clear(shelf, (name) => isOf(name, token));
    return { plan: (await readPlan(shelf)) ?? plan, digest: plan.digest };
  } catch (error) {
    await abandon(shelf, token);
    throw error;
  }
}

/** Its parts in order, each with its number. @throws DamagedRecordError */
export async function* partsOf(shelf: Shelf, { token, chunks }: BatchPlan): AsyncGenerator<PlannedPart, void, void> {
  let index = 0;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const fields = await shelf.read(chunkName(token, chunk));
    const values: unknown = fields?.['parts'];
    if (!Array.isArray(values)) throw new DamagedRecordError(chunkName(token, chunk), 'it holds no parts');
    for (const value of values) {
      yield { index, value };
      index += 1;
    }
  }
}

export function countdownOf(shelf: Shelf, { token }: Pick<BatchPlan, 'token'>): Countdown {
  return shelf.countdown(`left-${token}`);
}

async function writeParts(
  shelf: Shelf,
  token: string,
  parts: Iterable<unknown> | AsyncIterable<unknown>,
): Promise<Pick<BatchPlan, 'total' | 'chunks' | 'digest'>> {
  const hash = createHash('sha256');
  let [total, chunks] = [0, 0];
  for await (const chunk of chunksOf(parts)) {
    for (const text of chunk) hash.update(`${text}\n`);
    await shelf.create(chunkName(token, chunks), { parts: chunk.map((text): unknown => JSON.parse(text)) });
    total += chunk.length;
    chunks += 1;
  }
  return { total, chunks, digest: hash.digest('hex').slice(0, 32) };
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

function chunkName(token: string, chunk: number): string {
  return `parts-${token}/${String(chunk).padStart(6, '0')}`;
}

function isOf(name: string, token: string): boolean {
  return name === PLAN || name.split('-')[1] === token;
}

/** Removes records and countdowns; the plan never. */
async function clear(shelf: Shelf, isMeant: (name: string) => boolean): Promise<void> {
  for (const name of await shelf.names()) if (name !== PLAN && isMeant(name)) await shelf.remove(name);
}

/** If this fails too, the first error is the one to tell, and the next that makes a batch of that id removes them. */
async function abandon(shelf: Shelf, token: string): Promise<void> {
  try {
    if ((await readPlan(shelf))?.token !== token) await clear(shelf, (name) => isOf(name, token));
  } catch {
    return;
  }
}
