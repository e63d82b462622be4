import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FormatVersionError, NotAQueueError, QueueNotFoundError } from '../../src/errors.ts';
import { FOLDER_MANIFEST_FORMAT } from '../../src/formats/folder-manifest.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { type FolderReader, readFolder } from '../../src/queues/folder-reader.ts';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { manualClock } from '../../src/testing/manual-clock.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { beatOf, folderOf, wordOf } from '../support/folder-scene.ts';
import { listed } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A reader of a disk on which nothing may be changed. */
function reading(files: Readonly<Record<string, string>> | CrashingDisk, clock = manualClock()): Promise<FolderReader> {
  const disk = files instanceof CrashingDisk ? files : new CrashingDisk(files);
  const fileSystem = disk.process({
    faults: [{ at: ({ changes, operation, to }) => changes || (operation === 'open' && to !== 'read'), errno: 'EROFS' }],
  });
  return readFolder('/q', { fileSystem, clock });
}

const USED = folderOf({
  'a.tsv': '',
  'b.tsv.0a2.again': '',
  'c.tsv.etl-1-7-aa-1a1.wip': '',
  'd.tsv.etl-2-8-bb-1a3.wip': '',
  'e.tsv.etl-3-9-cc-1a1.wip': '',
  '004711_0123456789_f.wip': '',
  'failed/x.tsv': '',
  'failed/x.tsv.error.json': '{}',
  'done/y.tsv': '',
  'done/y.tsv~12': '',
  'notes.txt': '',
  ...wordOf('helo', { beat: 'extract-7-dd', uuid: 'open' }),
  '.dibs/consumers/etl-1-7-aa': beatOf('gone'),
  '.dibs/consumers/etl-2-8-bb': beatOf('elsewhere'),
  '.dibs/producers/extract-7-dd': beatOf('here'),
});

describe('status', () => {
  it('says as one object of JSON how a folder stands, and changes nothing', async () => {
    const disk = new CrashingDisk(USED);
    const status = await (await reading(disk)).status();
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
    const since = '2026-11-21T13:04:05.123Z';
    expect(status).toMatchObject({
      kind: 'folder-queue',
      directory: '/q',
      version: 1,
      extension: '.tsv',
      maxAttempts: 3,
      counts: { ready: 2, claimed: 3, failed: 1, done: 2 },
      claims: [
        { name: 'c.tsv', path: '/q/c.tsv.etl-1-7-aa-1a1.wip', consumer: 'etl-1-7-aa', attempt: 1, standing: 'dead', since },
        { name: 'd.tsv', consumer: 'etl-2-8-bb', host: 'etl-2', attempt: 3, standing: 'silent', since },
        { name: 'e.tsv', consumer: 'etl-3-9-cc', host: null, pid: null, since: null, standing: 'silent' },
      ],
      consumers: [
        { name: 'etl-1-7-aa', standing: 'dead' },
        { name: 'etl-2-8-bb', standing: 'silent', host: 'etl-2' },
      ],
      producers: [{ name: 'extract', host: 'etl-1', pid: 4711, since, state: 'open', standing: 'alive', reason: null }],
      foreignClaims: 1,
    });
    expect(status.warnings.map(({ kind }) => kind)).toEqual(['claims-without-heartbeat', 'foreign-claims']);
    expect(disk.files()).toEqual(new CrashingDisk(USED).files());
  });

  it('tells who lives and who is dead when it is asked again', async () => {
    const clock = manualClock();
    const disk = new CrashingDisk(USED);
    const reader = await reading(disk, clock);
    const standings = async (): Promise<Record<string, string>> =>
      Object.fromEntries((await reader.status()).claims.map(({ name, standing }) => [name, standing]));
    expect(await standings()).toEqual({ 'c.tsv': 'dead', 'd.tsv': 'silent', 'e.tsv': 'silent' });
    const file = await disk.process().open('/q/.dibs/consumers/etl-2-8-bb', 'update');
    file.write(new TextEncoder().encode('0000000002'), 0, 10, 0);
    await clock.advance(10_000);
    expect(await standings()).toMatchObject({ 'd.tsv': 'alive', 'e.tsv': 'silent' });
    for (let i = 0; i < 2; i += 1) {
      await clock.advance(10_000);
      await reader.status();
    }
    await clock.advance(10_000);
    expect(await standings()).toMatchObject({ 'd.tsv': 'dead', 'e.tsv': 'dead' });
  });

  const warningsIn = async (files: Record<string, string>): Promise<string[]> =>
    (await (await reading(folderOf(files))).status()).warnings.map(({ kind, file, message }) => `${kind} ${file ?? '-'} ${message}`);

  it.each([
    ['a past run that is done', wordOf('done'), /^past-done - All producers are done and nothing is left/],
    [
      'a producer that failed',
      wordOf('failed', { reason: 'disk full' }),
      /^past-failed - extract \(process 4711 on etl-1\) failed: disk full/,
    ],
    [
      'a damaged control file',
      { '20261121_130405_123456__004711.done': '{"header"' },
      /^damaged-control-file 20261121_130405_123456__004711.done/,
    ],
    ['a strange file', { '.hidden.tsv': '' }, /^strange-file .hidden.tsv .*it is hidden/],
    ['a directory with the name of a message', { 'x.tsv/inner': '' }, /^strange-file x.tsv .*it is a directory/],
    ['a claim without a heartbeat', { 'a.tsv.etl-1-7-aa-1a1.wip': '' }, /^claims-without-heartbeat - etl-1-7-aa/],
    ['claims of PyMPX', { '004711_0123456789_f.wip': '' }, /^foreign-claims - PyMPX consumers have 1 files/],
  ])('warns of %s', async (_, files, warning) => {
    expect(await warningsIn(files)).toEqual([expect.stringMatching(warning)]);
  });

  it('warns of a producer that is gone without a last word, and of nothing while a run is worked off', async () => {
    const lost = { ...wordOf('helo', { beat: 'extract-7-dd' }), '.dibs/producers/extract-7-dd': beatOf('gone') };
    expect(await warningsIn(lost)).toEqual([expect.stringMatching(/^lost-producer/)]);
    const status = await (await reading(folderOf(lost))).status();
    expect(status.producers).toMatchObject([{ state: 'lost', standing: 'dead' }]);
    expect(await warningsIn({ ...wordOf('done'), 'a.tsv': '' })).toEqual([]);
  });

  it('counts more than it names', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1_500 }, (_, i) => [`m${String(i).padStart(4, '0')}.tsv.etl-1-7-aa-${i}a1.wip`, '']),
    );
    const odd = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`.odd${i}.tsv`, '']));
    const status = await (await reading(folderOf({ ...many, ...odd }))).status();
    expect(status.counts.claimed).toBe(1_500);
    expect(status.claims).toHaveLength(1_000);
    expect(status.claims[0]?.name).toBe('m0000.tsv');
    expect(status.warnings.at(-1)?.message).toContain('50 more files');
  });
});

describe('listings', () => {
  it('lists what is outstanding by name, with who has it', async () => {
    const found = await listed((await reading(USED)).outstanding());
    expect(found).toEqual([
      { name: 'a.tsv', path: '/q/a.tsv', attempts: 0, consumer: undefined },
      { name: 'b.tsv', path: '/q/b.tsv.0a2.again', attempts: 2, consumer: undefined },
      { name: 'c.tsv', path: '/q/c.tsv.etl-1-7-aa-1a1.wip', attempts: 1, consumer: 'etl-1-7-aa' },
      { name: 'd.tsv', path: '/q/d.tsv.etl-2-8-bb-1a3.wip', attempts: 3, consumer: 'etl-2-8-bb' },
      { name: 'e.tsv', path: '/q/e.tsv.etl-3-9-cc-1a1.wip', attempts: 1, consumer: 'etl-3-9-cc' },
    ]);
  });

  it('F-33 lists what was given up', async () => {
    expect(await listed((await reading(USED)).failed())).toMatchObject([{ name: 'x.tsv', path: '/q/failed/x.tsv', error: undefined }]);
    expect(await listed((await reading(folderOf())).failed())).toEqual([]);
    expect(await (await reading(USED)).counts()).toEqual({ ready: 2, claimed: 3, failed: 1, done: 2 });
  });
});

describe('verify', () => {
  const damageIn = async (files: Record<string, string>): Promise<string[]> =>
    (await listed((await reading(folderOf(files))).verify())).map(({ file, reason }) => `${file}: ${reason}`);

  it('finds nothing wrong with a folder that is used', async () => {
    const whole = {
      'a.tsv': '',
      'b.tsv.etl-1-7-aa-1a1.wip': '',
      'notes.txt': '',
      ...wordOf('helo'),
      '.dibs/consumers/etl-1-7-aa': beatOf('here'),
      '.dibs/stages/stage.etl-1-7-aa.k1': 'half',
      '.dibs/stages/stage.0123456789abcdef': 'half',
    };
    expect(await damageIn(whole)).toEqual([]);
  });

  it.each([
    [
      'a damaged manifest',
      { '.dibs/queue.json': '{"format":"dibs/folder-queue","version":1,"exten' },
      '.dibs/queue.json: it is no whole manifest',
    ],
    ['a control file', { '20261121_130405_123456__004711.helo': 'x' }, '20261121_130405_123456__004711.helo: it is no whole control file'],
    ['a name that can not be served', { 'a\nb.tsv': '' }, 'a\nb.tsv: it holds a control character'],
    ['a directory in the place of a message', { 'x.tsv.0a1.again/y': '' }, 'x.tsv.0a1.again: it is a directory'],
    ['a damaged report', { 'failed/x.tsv': '', 'failed/x.tsv.error.json': '{' }, 'failed/x.tsv.error.json: it is no whole report'],
    [
      'a report of nothing',
      { 'failed/x.tsv.error.json': '{}' },
      'failed/x.tsv.error.json: it is a report of a file that is not there any more',
    ],
    [
      'the heartbeat of one who is dead',
      { '.dibs/consumers/etl-1-7-aa': beatOf('gone') },
      '.dibs/consumers/etl-1-7-aa: it is the heartbeat of a consumer that is dead',
    ],
    ['a damaged heartbeat', { '.dibs/producers/load-7-aa': 'x' }, '.dibs/producers/load-7-aa: it is no whole heartbeat'],
    [
      'a stage of one who is gone',
      { '.dibs/stages/stage.etl-1-7-aa.k1': '' },
      '.dibs/stages/stage.etl-1-7-aa.k1: somebody who is gone staged it',
    ],
    ['a stage of nobody', { 'done/.stage-k1': '' }, 'done/.stage-k1: somebody who is gone staged it'],
    ['what nobody finished to remove', { '.dibs/k1.gone': '' }, '.dibs/k1.gone: somebody who is gone staged it'],
  ])('finds %s', async (_, files, damage) => {
    expect(await damageIn(files)).toEqual([expect.stringContaining(damage)]);
  });
});

describe('readFolder', () => {
  it('says what else is there', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'empty'));
    await (await PersistentQueue.open(join(folder, 'values'))).dispose();
    const refusal = async (name: string): Promise<unknown> => readFolder(join(folder, name)).catch((error: unknown) => error);
    expect(await refusal('none')).toBeInstanceOf(QueueNotFoundError);
    for (const [name, why] of [
      ['file', 'it is a file'],
      ['values', 'it holds a queue of values'],
      ['empty', 'it has no .dibs/queue.json'],
    ] as const) {
      expect(await refusal(name)).toBeInstanceOf(NotAQueueError);
      expect(String(await refusal(name))).toContain(why);
    }
  });

  it('refuses a newer format, and says so when the folder changes while it is read', async () => {
    const newer = formatRecord({ ...FOLDER_MANIFEST_FORMAT, version: 2 }, {});
    await expect(reading({ '/q/.dibs/queue.json': newer })).rejects.toThrow(FormatVersionError);
    const disk = new CrashingDisk(USED);
    const reader = await reading(disk);
    await disk.process().rename('/q', '/away');
    await expect(reader.status()).rejects.toThrow(QueueNotFoundError);
    await expect(listed(reader.outstanding())).rejects.toThrow(QueueNotFoundError);
  });

  it('reads a folder with a damaged manifest by the rules it is given', async () => {
    const files = folderOf({ '.dibs/queue.json': '{"format":"dibs/folder-queue","version":1,"exten', 'a.csv': '' });
    const reader = await readFolder('/q', { fileSystem: new CrashingDisk(files).process(), extension: '.csv' });
    const status = await reader.status();
    expect(status).toMatchObject({ extension: '.csv', counts: { ready: 1 } });
    expect(status.warnings).toMatchObject([{ kind: 'damaged-manifest', file: '.dibs/queue.json' }]);
  });

  it('refuses options that can not be meant', async () => {
    await expect(readFolder('/q', JSON.parse('{"durability":"power"}'))).rejects.toThrow(TypeError);
    await expect(readFolder('')).rejects.toThrow(TypeError);
  });
});
