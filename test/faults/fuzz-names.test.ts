import { basename, dirname, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkQueueError } from '../../src/errors.ts';
import {
  formatAgainName,
  formatClaimName,
  originalName,
  parseAgainName,
  parseClaimName,
  parseReadyName,
} from '../../src/formats/claim-name.ts';
import { parseCopyNote, parseReasonNote } from '../../src/formats/claim-note.ts';
import { parseControlName } from '../../src/formats/control-file.ts';
import { reportedFile } from '../../src/formats/failure-report.ts';
import { formatKeptName, parseKeptName } from '../../src/formats/kept-name.ts';
import { isMessageName } from '../../src/formats/message-name.ts';
import { parseStageName } from '../../src/formats/stage-name.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { DEEP } from '../support/sample.ts';

const NAMES = DEEP ? 200_000 : 4_000;
const OPTIONS = DEEP ? 50_000 : 1_000;
const LONG = 1_200_000;

/** The same each time. */
const times = (numRuns: number) => ({ numRuns, seed: 20_261_127 });

/** What means something in a name, here or elsewhere. */
const LOADED = ['.tsv', '.wip', '.again', '.helo', '.done', '.failed', '.finished', '.failing', '.json', '..', '.', '/', '\\', '~', '-1a1', 'a0', '\0', '\n', '\ufffd', '\u202e', 'stage.', 'copy.', '__proto__', 'constructor', '-rf', ' ', '%2e%2e%2f', 'con', 'C:', '20261121_130405_123456__004711', '004711_0123456789_']; // prettier-ignore

const anyName = fc
  .array(fc.oneof(fc.constantFrom(...LOADED), fc.string({ unit: 'binary', maxLength: 6 }), fc.stringMatching(/^[a-z0-9-]{1,9}$/)), {
    maxLength: 6,
  })
  .map((parts) => parts.join(''));

afterEach(() => {
  expect(Object.keys(Object.prototype), 'what all objects have').toEqual([]);
});

describe('any name', () => {
  it(`F-35 is a message's and comes back from a claim, or is none, and leads nowhere else: ${NAMES} of them`, () => {
    let messages = 0;
    const parsers = [parseClaimName, parseAgainName, parseReadyName, originalName, parseKeptName];
    const alone = [parseControlName, parseCopyNote, parseReasonNote, parseStageName, reportedFile];
    const name = fc.tuple(anyName, fc.boolean()).map(([text, isMessage]) => (isMessage ? `${text}.tsv` : text));
    fc.assert(
      fc.property(name, fc.nat({ max: 1e9 }), fc.integer({ min: 1, max: 999 }), (file, claim, attempt) => {
        for (const parse of parsers) parse(file, '.tsv');
        for (const parse of alone) parse(file);
        if (!isMessageName(file, '.tsv')) return;
        messages += 1;
        const claimed = { name: file, consumer: 'etl-1-4711-9f3ac2d1', claim, attempt, state: 'wip' } as const;
        const again = { name: file, token: '9f3ac2d10b1c7', attempts: attempt };
        expect(parseClaimName(formatClaimName(claimed), '.tsv')).toEqual(claimed);
        expect(parseAgainName(formatAgainName(again), '.tsv')).toEqual(again);
        expect(parseKeptName(formatKeptName(file, BigInt(claim)), '.tsv')).toBe(file);
        for (const written of [file, formatClaimName(claimed), formatAgainName(again), formatKeptName(file, BigInt(claim))]) {
          expect(dirname(resolve('/q', written))).toBe('/q');
          expect(basename(resolve('/q', written))).toBe(written);
          expect(Buffer.byteLength(written)).toBeLessThanOrEqual(255);
        }
      }),
      times(NAMES),
    );
    console.log(`${NAMES} names: ${messages} are messages'`);
    expect(messages).toBeGreaterThan(NAMES / 10);
  });
});

/** What may be passed by who does not know better. */
const anyValue = fc.oneof(
  fc.constantFrom(undefined, null, true, false, 0, -1, 1, 1.5, Number.NaN, Infinity, '', 'power', 'process', '.tsv', 'strict', 10n, Symbol('s'), () => 'called', new Date(Number.NaN), new Proxy({}, {}), Object.create(null)), // prettier-ignore
  fc.anything(),
);

describe('any options', () => {
  const OPENERS: Readonly<Record<string, (...args: unknown[]) => Promise<{ dispose(): Promise<void> }>>> = {
    'a queue': (...args) => Reflect.apply(PersistentQueue.open, PersistentQueue, args),
    'a reader': (...args) => Reflect.apply(ReadableFolderQueue.open, ReadableFolderQueue, args),
    'a writer': (...args) => Reflect.apply(WritableFolderQueue.open, WritableFolderQueue, args),
  };
  const KNOWN = ['name', 'durability', 'resume', 'keepKeys', 'maxAttempts', 'capacity', 'codec', 'schema', 'leaseMs', 'segmentBytes', 'onDamage', 'resumeFrom', 'extension', 'doneDir', 'failedDir', 'sortKey', 'order', 'pollIntervalMs', 'watch', 'expectedProducers', 'maxRuntimeMs', 'onStrangeFile', 'producer', '__proto__', 'constructor']; // prettier-ignore

  it.each(Object.entries(OPENERS))(
    `open %s, or are refused by a TypeError or an error of ours: ${Math.ceil(OPTIONS / 3)} of them`,
    async (_, open) => {
      const seen = { opened: 0, refused: 0 };
      const options = fc.oneof(
        { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...KNOWN), anyValue, { maxKeys: 2 }) },
        { weight: 1, arbitrary: anyValue },
      );
      const directory = fc.oneof({ weight: 4, arbitrary: fc.constant('/q') }, { weight: 1, arbitrary: anyValue });
      await fc.assert(
        fc.asyncProperty(directory, options, async (where, what) => {
          const own = { fileSystem: memoryDisk(), clock: hastyClock() };
          const isObject = typeof what === 'object' && what !== null && !Array.isArray(what);
          try {
            const queue = await open(where, isObject ? { ...what, ...own } : (what ?? own));
            await queue.dispose();
            seen.opened += 1;
          } catch (error) {
            if (!(error instanceof TypeError || error instanceof WorkQueueError)) throw error;
            expect(error.message).toMatch(/[a-z]/);
            seen.refused += 1;
          }
        }),
        times(Math.ceil(OPTIONS / 3)),
      );
      console.log(JSON.stringify(seen));
      expect(Math.min(seen.opened, seen.refused)).toBeGreaterThan(OPTIONS / 30);
    },
    LONG,
  );
});
