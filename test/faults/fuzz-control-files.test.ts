import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamFailedError } from '../../src/errors.ts';
import { type ControlName, formatControl, formatControlName, parseControl } from '../../src/formats/control-file.ts';
import { formatReport, parseReport } from '../../src/formats/failure-report.ts';
import { readFolder } from '../../src/queues/folder-reader.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { mutated } from '../support/byte-mutator.ts';
import { hastyClock } from '../support/hasty-clock.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';

const CONTROL_FILES = DEEP ? 200_000 : 4_000;
const FOLDERS = CONTROL_FILES / 40;

/** The same each time. */
const times = (numRuns: number) => ({ numRuns, seed: 20_261_127 });

const NAME: ControlName = { type: 'helo', stamp: '20261121_130405_123456', pid: 4711 };

/** What a producer of that name writes. */
function written(name: ControlName): string {
  const said = { uuid: `run of ${name.pid}`, createdBy: 'etl', hostName: 'etl-1', machineFQDN: 'etl-1.example.org' };
  const reason = name.type === 'failed' ? 'no data' : '';
  return formatControl({ ...name, ...said, producer: 'extract', replaces: ['run of 100', 'run of 104'], beat: 'etl-1-4711-9f3a', reason });
}

/** What a reader leaves beside a file that it gave up. */
const REPORT = formatReport({
  name: 'a.tsv',
  attempt: 3,
  consumer: 'etl-1-4711-9f3ac2d1',
  at: '2026-11-21T13:04:05.123Z',
  error: { name: 'RangeError', message: 'there is no row 7', stack: 'RangeError: there is no row 7\n    at load (load.mjs:7:1)' },
});

/** What none of ours wrote. */
const anyJson = fc.oneof(fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 60 }));

/** What may stand in such a file where something else belongs. */
const anyPart = fc.oneof(fc.constantFrom('helo', 'done', 'failed', '004711', 4711, -1, 'run of 101', '../../etc', ''), fc.jsonValue());

/** A text as it was written, with damaged bytes, or with another value somewhere in it; or what none of ours wrote. */
function changed(text: string): fc.Arbitrary<string> {
  const bytes = Buffer.from(text);
  const damaged = fc.nat().map((seed) => Buffer.from(mutated(bytes, randomNumbers(seed), [Buffer.from(REPORT)])).toString());
  const replaced = fc.tuple(fc.nat(), anyPart).map(([nth, part]) => withValue(text, nth, part));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(text) },
    { weight: 4, arbitrary: damaged },
    { weight: 4, arbitrary: replaced },
    { weight: 1, arbitrary: anyJson },
  );
}

/** The same JSON with another value in one place of it, as deep in it as that may be. */
function withValue(text: string, nth: number, value: unknown): string {
  let places = 0;
  JSON.parse(text, (_, one: unknown) => {
    places += 1;
    return one;
  });
  let place = 0;
  return JSON.stringify(
    JSON.parse(text, (_, one: unknown) => {
      place += 1;
      return place === 1 + (nth % places) ? value : one;
    }),
  );
}

/** A test of what is read has shown nothing if nothing was read, or all. */
function expectFairShare(what: string, { all, read }: { readonly all: number; readonly read: number }): void {
  console.log(`${all} ${what}: ${read} are read`);
  expect(read).toBeGreaterThan(all / 5);
  expect(all - read).toBeGreaterThan(all / 5);
}

describe('any control file', () => {
  it(`is read, or is none, and what was read comes back: ${CONTROL_FILES} of them`, () => {
    const seen = { all: 0, read: 0 };
    fc.assert(
      fc.property(changed(written(NAME)), (text) => {
        const record = parseControl(text, NAME);
        seen.all += 1;
        if (record === null) return;
        seen.read += 1;
        // Who has no name has nothing of ours to say: only of runs that have one is the rest written down.
        const ours = record.producer === '' ? { replaces: [], beat: '', reason: '' } : {};
        expect(parseControl(formatControl(record), NAME)).toEqual({ ...record, ...ours });
      }),
      times(CONTROL_FILES),
    );
    expectFairShare('control files', seen);
  });

  it(`in a folder neither stops who looks nor who puts, and stops who reads by a FAILED alone: ${FOLDERS} folders`, async () => {
    const seen = { all: 0, read: 0 };
    const count = { all: 0, failed: 0 };
    const types = fc.array(fc.constantFrom('helo', 'done', 'failed'), { minLength: 1, maxLength: 40 });
    const folders = types.chain((all) =>
      fc.tuple(
        ...all.map((type, index) => {
          const name: ControlName = { ...NAME, type, pid: 100 + index };
          return changed(written(name)).map((text) => ({ name, text }));
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(folders, async (files) => {
        const read = files.filter(({ name, text }) => parseControl(text, name) !== null);
        seen.all += files.length;
        seen.read += read.length;
        const texts = files.map(({ name, text }) => [`/q/${formatControlName(name)}`, text] as const);
        const fileSystem = memoryDisk(Object.fromEntries(texts));
        const outbox = await WritableFolderQueue.open('/q', { fileSystem, clock: hastyClock() });
        await outbox.putText('a.tsv', 'rows');
        const status = await (await readFolder('/q', { fileSystem, clock: hastyClock() })).status();
        expect(status.counts.ready).toBe(1);
        await outbox.close();
        const inbox = await ReadableFolderQueue.open('/q', { fileSystem, clock: hastyClock(), watch: false });
        const answer = await inbox.tryGet().catch((error: unknown) => error);
        count.all += 1;
        if (answer instanceof UpstreamFailedError) {
          count.failed += 1;
          expect(read.map(({ name }) => name.type)).toContain('failed');
        } else expect(answer).toMatchObject({ name: 'a.tsv' });
        await inbox.dispose();
      }),
      times(FOLDERS),
    );
    expectFairShare('control files in folders', seen);
    console.log(`${count.all} folders: ${count.failed} of them failed`);
  }, 1_200_000);
});

describe('any report', () => {
  it(`is read, or is none, and what was read comes back: ${CONTROL_FILES} of them`, () => {
    const seen = { all: 0, read: 0 };
    fc.assert(
      fc.property(changed(REPORT), (text) => {
        const report = parseReport(text);
        seen.all += 1;
        if (report === null) return;
        seen.read += 1;
        expect(parseReport(formatReport(report))).toEqual(report);
      }),
      times(CONTROL_FILES),
    );
    expectFairShare('reports', seen);
  });
});
