import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { PermanentError } from '../src/errors.ts';
import { parseAgainName, parseClaimName, parseReadyName } from '../src/formats/claim-name.ts';
import { parseControlName } from '../src/formats/control-file.ts';
import { isForeignClaim } from '../src/formats/foreign-claim.ts';
import type { FileSystem } from '../src/fs/file-system.ts';
import { readFolder } from '../src/queues/folder-reader.ts';
import { ReadableFolderQueue } from '../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../src/queues/writable-folder-queue.ts';
import { manualClock } from '../src/testing/manual-clock.ts';
import { memoryDisk } from '../src/testing/memory-disk.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', 'docs', 'on-disk.md'), 'utf8');
const FOLDER = '/sales';

type Files = Record<string, string>;

/** The files that the page shows of the folder: each name, and the fence behind it. */
function shown(): Files {
  const [, part = ''] = PAGE.split('<!-- the folder -->');
  return Object.fromEntries([...part.matchAll(/^`([^`\n]+)`\n\n```\w+\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]));
}

async function filesOf(fs: FileSystem, directory: string): Promise<Files> {
  const files: Files = {};
  const entries: [string, string][] = [];
  await fs.scan(directory, (name, kind) => void entries.push([name, kind]));
  for (const [name, kind] of entries) {
    const path = `${directory}/${name}`;
    if (kind === 'directory') Object.assign(files, await filesOf(fs, path));
    else files[path.slice(FOLDER.length + 1)] = await textOf(fs, path);
  }
  return files;
}

async function textOf(fs: FileSystem, path: string): Promise<string> {
  const file = await fs.open(path, 'read');
  const bytes = Buffer.alloc(file.size());
  file.read(bytes, 0, bytes.length, 0);
  file.close();
  return bytes.toString();
}

async function take(queue: ReadableFolderQueue): Promise<NonNullable<Awaited<ReturnType<typeof queue.tryGet>>>> {
  const file = await queue.tryGet();
  if (file === undefined) throw new Error('there is no file');
  return file;
}

/** What the page tells, with the library, up to the moment at which both processes are killed. */
async function tell(): Promise<{ disk: FileSystem; files: Files; consumer: string }> {
  const disk = memoryDisk();
  const clock = manualClock(new Date(Date.UTC(2026, 10, 21, 13, 4, 5, 123)));
  const options = { fileSystem: disk, clock };
  const reader = await ReadableFolderQueue.open(FOLDER, { ...options, order: 'strict' });
  const writer = await WritableFolderQueue.open(FOLDER, { ...options, producer: 'extract' });
  for (const name of ['east', 'north', 'south', 'west']) await writer.putText(`${name}.tsv`, `${name}\t1\n`);
  await (await take(reader)).done();
  const error = new PermanentError('no such region');
  delete error.stack;
  await (await take(reader)).fail(error);
  await (await take(reader)).fail(new Error('the database is away'));
  await take(reader);
  await writer.putText('zero.tsv', '');
  await writer.close();
  return { disk, files: await filesOf(disk, FOLDER), consumer: reader.consumer };
}

/** What differs from machine to machine and from run to run, each after a look at it, becomes what the page shows in its place. */
function asShown({ files, consumer }: { files: Files; consumer: string }): Files {
  const helo = Object.entries(files).find(([name]) => name.endsWith('.helo'))?.[1] ?? '';
  const [, beat = ''] = /"beat":"([a-z0-9-]{1,20}-\d+-[0-9a-f]{8})"/.exec(helo) ?? [];
  const [, uuid = ''] = /"uuid":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/.exec(helo) ?? [];
  expect([beat, uuid, consumer]).not.toContain('');
  const pid = String(process.pid);
  const asThere = (text: string): string =>
    text
      .replaceAll(consumer, 'etl-1-4711-9f3ac2d1')
      .replaceAll(beat, 'etl-1-4711-5c0e77aa')
      .replaceAll(uuid, 'a8271a78-9e76-4301-ba59-429bf4e99aa9')
      .replace(/(?<=\.tsv\.)[0-9a-f]{12}(?=[0-9a-z]+a\d+\.again$)/, 'b27278c5a6c5')
      .replaceAll(/(?<=__)\d{6,10}(?=\.(?:helo|done)$)/g, (found) => (found === pid.padStart(6, '0') ? '004711' : found))
      .replaceAll(`"pid":"${pid.padStart(6, '0')}"`, '"pid":"004711"')
      .replaceAll(`"pid":${pid},`, '"pid":4711,')
      .replaceAll(/(?<="(?:host|hostName|machineFQDN)":)"[^"]*"/g, (found) => (found === JSON.stringify(hostname()) ? '"etl-1"' : found))
      .replaceAll(/(?<="createdBy":)"[^"]*"/g, '"etl"')
      .replaceAll(/(?<="(?:bootId|pidNamespace|timeNamespace|startTime)":)"[^"]*"/g, '"…"')
      .replace(/^(\d{10}\n)[0-9a-f]{8}(?=\t)/, '$1…');
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [asThere(name), asThere(text)]));
}

describe('the folder in docs/on-disk.md', () => {
  let told: Awaited<ReturnType<typeof tell>>;
  beforeAll(async () => {
    told = await tell();
  });

  it('is what the library writes, byte for byte', () => {
    expect(shown()).toEqual(asShown(told));
  });

  it('is what the page says of it in words', async () => {
    const reader = await readFolder(FOLDER, { fileSystem: told.disk, clock: manualClock() });
    const outstanding: string[] = [];
    for await (const { name, attempts, consumer } of reader.outstanding())
      outstanding.push(`${name} ${attempts} ${consumer === undefined ? 'ready' : 'claimed'}`);
    expect(outstanding).toEqual(['south.tsv 1 ready', 'west.tsv 1 claimed', 'zero.tsv 0 ready']);
    const failed: string[] = [];
    for await (const { name, attempts, error } of reader.failed()) failed.push(`${name} ${attempts} ${error?.message}`);
    expect(failed).toEqual(['north.tsv 1 no such region']);
    const { counts, producers } = await reader.status();
    expect(counts).toEqual({ ready: 2, claimed: 1, done: 1, failed: 1 });
    expect(producers).toMatchObject([{ name: 'extract', state: 'done' }]);
  });
});

describe('what docs/on-disk.md says of the names in a folder', () => {
  it('is what the library takes them for', () => {
    const [, table = ''] = PAGE.split('| name in the folder | what it is |');
    const [names = ''] = table.split('\n\n');
    const kinds = [...names.matchAll(/^\| `([^`…]+)`(?:,[^|]*)? \| (\w+)/gm)].map(([, name = '', kind = '']) => [name, kind]);
    const seen = kinds.flatMap(([name = '', kind]) => (name.endsWith('/') ? [] : [[kindOf(name), kind]]));
    expect(seen).toEqual([
      ['message', 'a'],
      ['claim', 'claimed'],
      ['again', 'ready'],
      ['claim', 'held'],
      ['control', 'a'],
      ['foreign', 'claimed'],
    ]);
  });
});

function kindOf(name: string): string {
  if (parseAgainName(name, '.tsv') !== null) return 'again';
  if (parseReadyName(name, '.tsv') !== null) return 'message';
  if (parseClaimName(name, '.tsv') !== null) return 'claim';
  if (parseControlName(name) !== null) return 'control';
  return isForeignClaim(name) ? 'foreign' : 'none';
}
