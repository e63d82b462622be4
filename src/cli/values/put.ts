import { addAbortSignal } from 'node:stream';
import type { PersistentQueue } from '../../queues/persistent-queue.ts';
import type { Call, Surroundings } from '../command.ts';
import type { PutOptions } from '../commands/put-options.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { openQueue } from '../queue-access.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import { UsageError } from '../usage-error.ts';
import { parseValue, readLines } from '../value-source.ts';

interface PutResult {
  readonly put: number;
  /** Not put: their keys are outstanding, done or failed in this load. */
  readonly refused: number;
  readonly closed: boolean;
}

/** Puts values into a queue, which is made if need be. */
export async function putValues(surroundings: Surroundings, call: Call<PutOptions>): Promise<number> {
  const { directory, options } = call;
  const { clock, err, out } = surroundings;
  checkOptions(call);
  const given = readWords(call);
  const queue = await openQueue(directory, { waitMs: options.wait, clock, err });
  try {
    const result = await interruptible((signal) => putAll(queue, given, surroundings, options, signal));
    await out.line(options.json ? formatJsonLine(result) : describe(result));
    return EXIT.ok;
  } finally {
    await queue.dispose();
  }
}

/** What was typed around the `-`, if there is one. */
interface Given {
  readonly before: readonly unknown[];
  readonly stdin: boolean;
  readonly after: readonly unknown[];
}

/** Reads what was typed, before anything is done: a mistake in it leaves all as it was. */
function readWords({ rest, options }: Call<PutOptions>): Given {
  const key = keyOf(options);
  const read = (word: string, at: number): unknown => {
    if (word === '-') return undefined;
    const value = parseValue(word, `value ${at + 1}`, options.jsonValues === true);
    key?.(value);
    return value;
  };
  const values = rest.map(read);
  const at = rest.indexOf('-');
  return at < 0 ? { before: values, stdin: false, after: [] } : { before: values.slice(0, at), stdin: true, after: values.slice(at + 1) };
}

async function putAll(
  queue: PersistentQueue<unknown>,
  given: Given,
  { stdin }: Surroundings,
  options: PutOptions,
  signal: AbortSignal,
): Promise<PutResult> {
  const key = keyOf(options);
  let [seen, put] = [0, 0];
  const putSome = async (values: readonly unknown[]): Promise<void> => {
    put += await queue.putMany(values, { signal, ...(key && { key }) });
    seen += values.length;
  };
  await putSome(given.before);
  if (given.stdin) {
    let line = 0;
    for await (const lines of readLines(addAbortSignal(signal, stdin), { nul: options.null === true })) {
      await putSome(lines.map((text) => parseValue(text, `value ${++line} of stdin`, options.jsonValues === true)));
    }
  }
  await putSome(given.after);
  if (options.close) await queue.close();
  return { put, refused: seen - put, closed: options.close === true };
}

function checkOptions({ rest, options }: Call<PutOptions>): void {
  if (rest.length === 0 && !options.close)
    throw new UsageError('nothing to put: give values, - to read them from stdin, or --close. Run: dibs put --help');
  const kinds = [options.key !== undefined, options.keyIsValue, options.keyField !== undefined];
  if (kinds.filter(Boolean).length > 1) throw new UsageError('give one of --key, --key-is-value and --key-field. Run: dibs put --help');
  if (options.key !== undefined && (rest.length !== 1 || rest[0] === '-')) {
    throw new UsageError('--key is for one value; for many there are --key-is-value and --key-field. Run: dibs put --help');
  }
  if (rest.filter((word) => word === '-').length > 1) throw new UsageError('stdin can be read once: give one -. Run: dibs put --help');
}

/** A value of JSON is known by its JSON text: the text "1" and the number 1 are two. */
function keyOf({ key, keyIsValue, keyField, jsonValues }: PutOptions): ((value: unknown) => string) | undefined {
  if (key !== undefined) return () => key;
  if (keyIsValue) return (value) => (typeof value === 'string' && !jsonValues ? value : JSON.stringify(value));
  if (keyField === undefined) return undefined;
  return (value) => {
    const found =
      typeof value === 'object' && value !== null && Object.hasOwn(value, keyField)
        ? new Map(Object.entries(value)).get(keyField)
        : undefined;
    if (typeof found === 'string' || typeof found === 'number') return JSON.stringify(found);
    throw new UsageError(`a value has no text or number in its field '${keyField}': ${JSON.stringify(value).slice(0, 100)}`);
  };
}

function describe({ put, refused, closed }: PutResult): string {
  const parts = [`${formatNumberOf(put, 'message')} put`];
  if (refused > 0) parts.push(`${formatCount(refused)} refused (known by key in this load)`);
  if (closed) parts.push('load closed');
  return parts.join(', ');
}
