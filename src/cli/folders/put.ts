import { addAbortSignal } from 'node:stream';
import type { PutFile } from '../../queues/pending-put.ts';
import type { WritableFolderQueue } from '../../queues/writable-folder-queue.ts';
import type { Call, Surroundings } from '../command.ts';
import type { PutOptions } from '../commands/put-options.ts';
import { EXIT, exitCodeOfError } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { openWritableFolder } from '../library.ts';
import { kindOf } from '../queue-kind.ts';
import { describeError } from '../render/error-sentence.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import { rulesFor } from './folder-rules.ts';
import { extensionOf, type PlannedPut, planPuts } from './put-plan.ts';

/** What became of the files. */
interface Tally {
  readonly files: PutFile[];
  readonly refusals: unknown[];
}

/** As many are under way at once: what a Ctrl-C still waits for. */
const AT_ONCE = 64;

/** Puts files into a folder, which is made if need be. One that can't be put keeps none of the others from it. */
export async function putFiles(surroundings: Surroundings, { directory, rest, options }: Call<PutOptions>): Promise<number> {
  const puts = planPuts(rest, options);
  const isNew = (await kindOf(directory)) === 'nothing';
  const extension = options.extension ?? (isNew ? extensionOf(puts) : undefined);
  const rules = isNew ? newRules(extension, options) : await rulesFor(directory, options);
  const producer = options.producer ?? null;
  // From before its HELO: who is interrupted after it says so.
  const tally = await interruptible(async (signal) => {
    const queue = await openWritableFolder(directory, { ...rules, producer, clock: surroundings.clock });
    try {
      const put = await putAndSay(queue, puts, surroundings, options, signal);
      return { ...put, extension: queue.extension };
    } finally {
      await queue.dispose();
    }
  });
  for (const refusal of tally.refusals) await surroundings.err.line(`dibs: ${describeError(refusal)}`);
  await surroundings.out.line(options.json ? describeAsJson(tally) : describe(tally, options, isNew));
  return exitCodeOf(tally);
}

/** What is not permitted says so, unless that is not all that was wrong. */
function exitCodeOf({ refusals }: Tally): number {
  if (refusals.length === 0) return EXIT.ok;
  return refusals.every((refusal) => exitCodeOfError(refusal) === EXIT.notPermitted) ? EXIT.notPermitted : EXIT.failed;
}

function newRules(extension: string | undefined, { retries }: PutOptions): { readonly extension?: string; readonly maxAttempts?: number } {
  return { ...(extension !== undefined && { extension }), ...(retries !== undefined && { maxAttempts: retries }) };
}

/** A producer that could not put all says that it failed: readers must not take the rest for everything. */
async function putAndSay(
  queue: WritableFolderQueue,
  puts: readonly PlannedPut[],
  surroundings: Surroundings,
  options: PutOptions,
  signal: AbortSignal,
): Promise<Tally> {
  try {
    const tally = await putAll(queue, puts, surroundings, options, signal);
    const [refusal] = tally.refusals;
    if (refusal === undefined) await queue.close();
    else await queue.fail(refusal);
    return tally;
  } catch (error) {
    // That it could not be said is less than why.
    await queue.fail(error).catch(() => {});
    throw error;
  }
}

async function putAll(
  queue: WritableFolderQueue,
  puts: readonly PlannedPut[],
  { stdin }: Surroundings,
  { copy = false }: PutOptions,
  signal: AbortSignal,
): Promise<Tally> {
  const tally: Tally = { files: [], refusals: [] };
  const put = ({ path, name }: PlannedPut): Promise<PutFile> =>
    path === undefined ? queue.putStream(name, addAbortSignal(signal, stdin)) : queue.put(path, { copy, name });
  for (let at = 0; at < puts.length; at += AT_ONCE) {
    signal.throwIfAborted();
    const results = await Promise.allSettled(puts.slice(at, at + AT_ONCE).map(put));
    for (const result of results) {
      if (result.status === 'fulfilled') tally.files.push(result.value);
      else tally.refusals.push(result.reason);
    }
  }
  signal.throwIfAborted();
  return tally;
}

function describeAsJson({ files, refusals }: Tally): string {
  return formatJsonLine({ put: files.length, refused: refusals.length, files });
}

function describe(
  { files, refusals, extension }: Tally & { readonly extension: string },
  { producer }: PutOptions,
  isNew: boolean,
): string {
  const parts = [`${formatNumberOf(files.length, 'file')} put`];
  if (refusals.length > 0) parts.push(`${formatCount(refusals.length)} not`);
  if (isNew) parts.push(`in a new folder of ${extension} files`);
  if (producer !== undefined) parts.push(refusals.length === 0 ? 'all said to be done' : 'said to have failed');
  return parts.join(', ');
}
