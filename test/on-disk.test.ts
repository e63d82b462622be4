import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PermanentError } from '../src/errors.ts';
import type { FileSystem } from '../src/fs/file-system.ts';
import { PersistentQueue } from '../src/queues/persistent-queue.ts';
import { readQueue } from '../src/queues/queue-reader.ts';
import { manualClock } from '../src/testing/manual-clock.ts';
import { memoryDisk } from '../src/testing/memory-disk.ts';
import { unfilled } from './support/journal-text.ts';
import { mortal } from './support/mortal.ts';
import { listed, take } from './support/queue-lives.ts';
import { parseSnippets } from './support/snippets.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', 'docs', 'on-disk.md'), 'utf8');
const FIRST_PUTS = 'queue.00000001.0000000001.put.tsv';

type Files = Record<string, string>;

/** The files that the page shows behind such a comment, up to the next one. */
function shown(when: string): Files {
  const [, behind = ''] = PAGE.split(`<!-- after the ${when} run -->`);
  const [part = ''] = behind.split(/<!-- after|^# A folder queue$/m);
  return Object.fromEntries([...part.matchAll(/^`([^`\n]+)`\n\n```\w+\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]));
}

async function filesOf(fs: FileSystem, directory: string): Promise<Files> {
  const files: Files = {};
  for (const name of await fs.readdir(directory)) {
    const file = await fs.open(`${directory}/${name}`, 'read');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0, bytes.length, 0);
    file.close();
    files[name] = bytes.toString();
  }
  return files;
}

/** An owner's file without what differs from machine to machine, after a look at that. */
function withoutMachine(files: Files): Files {
  const owner =
    /^(.{10}\n)([0-9a-f]{8})(\t.*"token":")([0-9a-f]{16})(","host":")([^"]*)(","bootId":")([^"]*)(","pidNamespace":")([^"]*)(","timeNamespace":")([^"]*)(","pid":)(\d+)(,"startTime":")(\d*)(",.*\n)$/;
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      name.startsWith('owner.')
        ? text.replace(owner, '$1…$3…$5…$7…$9…$11…$13…$15…$17').replace(/(,"thread":")\d+-\d+("}\n)$/, '$1…$2')
        : text,
    ]),
  );
}

function permanent(message: string): PermanentError {
  const error = new PermanentError(message);
  delete error.stack;
  return error;
}

/** What the page tells, with the library. */
async function tell(): Promise<{ disk: FileSystem; first: Files; second: Files }> {
  const disk = memoryDisk();
  const clock = manualClock(new Date(Date.UTC(2026, 9, 1, 6)));
  const open = (): Promise<PersistentQueue> => PersistentQueue.open('/orders', { fileSystem: mortal(disk), clock });

  const killed = await open();
  await killed.put({ order: 17 }, { key: 'a-17' });
  await killed.put({ order: 4, note: 'Grüße\tan alle' });
  await killed.put({ order: 99 });
  await (await take(killed)).done();
  await (await take(killed)).fail(permanent('no such customer'));
  await (await take(killed)).release();
  await take(killed);
  const found = Object.entries(await filesOf(disk, '/orders'));
  const first = Object.fromEntries(found.filter(([file]) => !file.startsWith('stage.')));
  expect(found.filter(([file]) => file.startsWith('stage.')).map(([, text]) => text)).toEqual([first['owner.1']]);

  const queue = await open();
  await queue.retry();
  await (await take(queue)).fail(permanent('still no such customer'));
  await (await take(queue)).done();
  while ((await disk.readdir('/orders')).includes(FIRST_PUTS)) await nextTurn();
  await queue.put({ order: 18 }, { key: 'a-18' });
  await queue.close();
  await queue.dispose();
  return { disk, first, second: await filesOf(disk, '/orders') };
}

describe('the example in docs/on-disk.md', () => {
  let told: Awaited<ReturnType<typeof tell>>;
  beforeAll(async () => {
    told = await tell();
  });

  it.each(['first', 'second'] as const)('is what the library writes, byte for byte, after the %s run', (when) => {
    expect(shown(when)).toEqual(withoutMachine(when === 'first' ? unfilled(told[when]) : told[when]));
  });

  it('is what the page says of it in words', async () => {
    const reader = await readQueue('/orders', { fileSystem: told.disk });
    expect(await listed(reader.outstanding())).toEqual([{ id: '00000002-0000000001', key: 'a-18', value: { order: 18 }, attempts: 0 }]);
    expect(await listed(reader.failed())).toMatchObject([{ id: '00000001-0000000002', error: { message: 'still no such customer' } }]);
    expect(await reader.status()).toMatchObject({
      closed: true,
      finished: false,
      holder: null,
      counts: { waiting: 1, done: 2, failed: 1, damaged: 0 },
    });
    expect(await listed(reader.verify())).toEqual([]);
    const next = await PersistentQueue.open('/orders', { fileSystem: told.disk, clock: manualClock() });
    expect(await next.put('again', { key: 'a-17' })).toBe(false);
    await next.dispose();
  });

  it('shows every kind of line that the page knows, or says what it looks like', () => {
    const table = PAGE.slice(PAGE.indexOf('A **done** journal'), PAGE.indexOf('A **kept** file'));
    const kinds = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, kind]) => kind);
    const lines = Object.entries({ ...told.first, ...told.second })
      .filter(([name]) => name.endsWith('.done.tsv'))
      .flatMap(([, text]) => text.split('\n').map((line) => line.split('\t')[1]));
    expect(new Set(lines.filter((kind) => kind !== undefined))).toEqual(new Set(kinds));
  });
});

describe('what docs/on-disk.md says of other programs', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'dibs-on-disk-'));
    mkdirSync(join(directory, 'q'));
    for (const [name, text] of Object.entries(shown('first'))) writeFileSync(join(directory, 'q', name), text);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const snippets = parseSnippets(PAGE);
  const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

  it('is true of ls, cut, awk, grep and jq', (context) => {
    if (!has('jq')) return context.skip('needs jq');
    const code = snippets.find(({ language }) => language === 'sh')?.code.replaceAll('/tmp/done', '../done') ?? '';
    const output = execFileSync('sh', ['-e', '-c', code], {
      cwd: join(directory, 'q'),
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [one, two, three] = ['00000001-0000000001', '00000001-0000000002', '00000001-0000000003'];
    const lines = output.split('\n').map((line) => line.trim());
    expect(lines.slice(4, -1)).toEqual([
      one,
      two,
      three,
      '17',
      '4',
      '99',
      'no such customer',
      '1 done',
      '1 failed',
      '1 released',
      '4 taken',
      two,
      three,
    ]);
  });

  it('is true of the reader in Python', (context) => {
    if (!has('python3')) return context.skip('needs python3');
    const code = snippets.find(({ language }) => language === 'python')?.code ?? '';
    const torn = join(directory, 'q', FIRST_PUTS);
    writeFileSync(torn, `${readFileSync(torn, 'utf8')}\n00000000\tdamaged\n\n0bad`);
    const output = execFileSync('python3', ['-c', code], { cwd: join(directory, 'q'), encoding: 'utf8' });
    expect(output).toBe('2 not done: 00000001-0000000002 00000001-0000000003\n');
  });
});
