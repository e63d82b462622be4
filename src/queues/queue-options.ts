import type { Clock } from '../clock.ts';
import { isQueueName } from '../formats/journal-name.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { Codec } from '../formats/codec.ts';
import type { Damage } from '../journals/damage.ts';
import type { Durability } from '../journals/batch.ts';
import { checkOptions, hasMethods, isPath, type OptionRule, type OptionRules, show } from './check-options.ts';
import type { PayloadSchema } from './schema.ts';

export interface PersistentQueueOptions<T> {
  /** What its files are called: lowercase letters, digits, `-` and `_`. @default the name it was made with, or 'queue' */
  readonly name?: string;
  /**
   * What a resolved `put` or `done` survives: `'power'` a power cut too, `'process'` the end of any process.
   * @default 'power'
   */
  readonly durability?: Durability;
  /** Whether what earlier runs left undone is delivered. If not, `outstanding` lists it and `requeueOutstanding` admits it. @default true */
  readonly resume?: boolean;
  /** Whether keys are remembered beyond the end of their load, for ever. @default false */
  readonly keepKeys?: boolean;
  /** So many times a message is delivered before it is given up: failed by its handler, or killed with its process. @default 3 */
  readonly maxAttempts?: number;
  /** So many messages may be put and not done; then `put` waits. @default as many as the disk holds */
  readonly capacity?: number;
  /** How a value becomes a line of text. @default JSON */
  readonly codec?: Codec<T>;
  /** What a value must be like: asked at the put and again at delivery. What it makes of the value is what a consumer gets. */
  readonly schema?: PayloadSchema<T>;
  /** How long this process may show no sign of life before another machine takes the queue over, in milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** The directory of the last run, where each run has a directory of its own: what it left undone is carried over. */
  readonly resumeFrom?: string;
  /** A journal that has reached this size is followed by another, in bytes; it goes when all in it is done. @default 8 MiB */
  readonly segmentBytes?: number;
  /** Told of bytes that are no record of ours, once each. Nothing else is lost by them. */
  readonly onDamage?: (damage: Damage) => void;
  /** @default the machine's disk */
  readonly fileSystem?: FileSystem;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

export const CODEC_RULE: OptionRule = { wants: '{ encode, decode }', test: (value) => hasMethods(value, 'encode', 'decode') };
export const FILE_SYSTEM_RULE: OptionRule = {
  wants: 'a FileSystem',
  test: (value) => hasMethods(value, 'open', 'readdir', 'link', 'rename', 'unlink'),
};

const RULES: OptionRules = {
  name: { wants: 'lowercase letters, digits, - and _', test: (value) => typeof value === 'string' && isQueueName(value) },
  durability: { wants: "'power' or 'process'", test: (value) => value === 'power' || value === 'process' },
  resume: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  keepKeys: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  maxAttempts: { wants: 'a whole number from 1', test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 },
  capacity: { wants: 'a whole number from 1', test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 },
  codec: CODEC_RULE,
  schema: {
    wants: 'a Standard Schema',
    test: (value) =>
      (typeof value === 'object' || typeof value === 'function') &&
      value !== null &&
      hasMethods(Reflect.get(value, '~standard'), 'validate'),
  },
  leaseMs: { wants: 'milliseconds, from 100 to a week', test: (value) => isBetween(value, 100, 7 * 24 * 3_600_000) },
  resumeFrom: { wants: 'a directory', test: isPath },
  segmentBytes: { wants: 'bytes, from 1024', test: (value) => isBetween(value, 1024, Number.MAX_SAFE_INTEGER) },
  onDamage: { wants: 'a function', test: (value) => typeof value === 'function' },
  fileSystem: FILE_SYSTEM_RULE,
  clock: { wants: 'a Clock', test: (value) => hasMethods(value, 'monotonic', 'wall', 'after') },
};

/** Refuses what can't be meant. */
export function checkQueueOptions(options: unknown): void {
  checkOptions('PersistentQueue.open', options, RULES);
}

const GET_RULES: OptionRules = {
  timeoutMs: { wants: 'milliseconds, from 0', test: (value) => typeof value === 'number' && value >= 0 },
  signal: { wants: 'an AbortSignal', test: (value) => value instanceof AbortSignal },
};

/** Refuses what can't be meant by the options of a wait. */
export function checkGetOptions(where: string, options: unknown): void {
  checkOptions(where, options, GET_RULES);
}

/** Refuses what can't be meant by a wait for several. */
export function checkGetMany(most: unknown, options: unknown): void {
  if (!Number.isSafeInteger(most) || Number(most) < 1) throw new TypeError(`getMany takes how many from 1, got ${show(most)}.`);
  checkGetOptions('getMany', options);
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}
