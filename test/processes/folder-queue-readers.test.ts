import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../src/formats/failure-report.ts';
import { said } from '../support/folder-ground.ts';
import { program } from '../support/programs.ts';
import { DEEP } from '../support/sample.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const READER = program('folder-queue-reader.mjs');
const DONE = said(1, 'helo', 'done');
const LEASE_MS = 1_000;

/** A process that reads a folder, and does as it is told. */
class Reader {
  readonly process = new TalkingProcess(READER);

  static async open(directory: string, options: Readonly<Record<string, unknown>> = {}): Promise<Reader> {
    const reader = new Reader();
    await reader.ask('open', directory, { leaseMs: 60_000, pollIntervalMs: 50, ...options });
    return reader;
  }

  ask(command: string, ...rest: unknown[]): Promise<Record<string, unknown>> {
    return this.process.ask(JSON.stringify([command, ...rest]));
  }
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(tempFolder(), 'inbox');
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ ...files, ...DONE })) writeFileSync(join(folder, name), text);
  return folder;
}

function messagesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.includes('.tsv'));
}

describe('F-15', () => {
  const files = DEEP ? 20_000 : 300;

  it.each(DEEP ? [2, 4, 8, 16] : [3])('%i processes handle each file once', async (count) => {
    const names = Array.from({ length: files }, (_, index) => `load-${String(index).padStart(5, '0')}.tsv`);
    const folder = folderOf(Object.fromEntries(names.map((name) => [name, ''])));
    const readers = await Promise.all(Array.from({ length: count }, () => Reader.open(folder, { durability: 'process' })));
    const answers = await Promise.all(readers.map((reader) => reader.ask('all')));
    const handled = answers.flatMap((answer) => (Array.isArray(answer['names']) ? answer['names'].map(String) : [JSON.stringify(answer)]));
    expect(handled.toSorted()).toEqual(names);
    expect(readdirSync(join(folder, 'done')).toSorted()).toEqual(names);
    expect(messagesIn(folder)).toEqual([]);
    // Nobody was left without work, and nobody leaves anything behind.
    for (const answer of answers) expect(answer['names']).not.toEqual([]);
    expect(readdirSync(join(folder, '.dibs', 'consumers'))).toEqual([]);
    expect(readdirSync(join(folder, '.dibs', 'stages'))).toEqual([]);
  });

  it('consume in two processes works off a folder in which every third file fails once', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `${index}.tsv`);
    const folder = folderOf(Object.fromEntries(names.map((name) => [name, ''])));
    const readers = await Promise.all([Reader.open(folder), Reader.open(folder)]);
    const answers = await Promise.all(readers.map((reader) => reader.ask('consume', 3)));
    const sum = (what: string): number => answers.reduce((total, answer) => total + Number(answer[what]), 0);
    expect([sum('done'), sum('retried'), sum('lost')]).toEqual([90, 30, 0]);
    expect(readdirSync(join(folder, 'done'))).toHaveLength(90);
  });
});

it('F-16 what a SIGKILLed process held comes back at once to another one that waits', async () => {
  const folder = folderOf({ 'a.tsv': 'rows' });
  const [holder, other] = await Promise.all([Reader.open(folder), Reader.open(folder)]);
  expect(await holder.ask('get')).toMatchObject({ name: 'a.tsv', attempt: 1 });
  const getting = other.ask('get', { timeoutMs: 30_000 });
  await holder.process.kill();
  // At once is long before the lease, which is a minute.
  expect(await getting).toMatchObject({ name: 'a.tsv', attempt: 2 });
  expect(await other.ask('done')).toEqual({ settled: 'a.tsv' });
  expect(await other.ask('get')).toEqual({ name: null });
  expect(readdirSync(join(folder, 'done'))).toEqual(['a.tsv']);
});

describe('F-17 a process that was stopped for longer than its lease', () => {
  it.each(DEEP ? ['done', 'release', 'fail'] : ['done'])('gets ClaimLostError for its %s, and changes nothing', async (how) => {
    const folder = folderOf({ 'a.tsv': 'rows' });
    const options = { leaseMs: LEASE_MS };
    const [sleeper, other] = await Promise.all([Reader.open(folder, options), Reader.open(folder, options)]);
    await sleeper.ask('get');
    sleeper.process.signal('SIGSTOP');
    expect(await other.ask('get', { timeoutMs: 30_000 })).toMatchObject({ name: 'a.tsv', attempt: 2 });
    const before = readdirSync(folder).toSorted();
    sleeper.process.signal('SIGCONT');
    expect(await sleeper.ask(how)).toMatchObject({ error: 'ClaimLostError', code: 'ERR_CLAIM_LOST' });
    expect(readdirSync(folder).toSorted()).toEqual(before);
    expect(await other.ask('done')).toEqual({ settled: 'a.tsv' });
    // It goes on as a consumer like any other.
    writeFileSync(join(folder, 'b.tsv'), '');
    expect(await sleeper.ask('get', { timeoutMs: 30_000 })).toMatchObject({ name: 'b.tsv', attempt: 1 });
    expect(await sleeper.ask('done')).toEqual({ settled: 'b.tsv' });
  });
});

it('F-18 a process whose event loop is blocked for three leases keeps its claim', async () => {
  const folder = folderOf({ 'a.tsv': 'rows' });
  const options = { leaseMs: LEASE_MS };
  const [busy, other] = await Promise.all([Reader.open(folder, options), Reader.open(folder, options)]);
  await busy.ask('get');
  const getting = other.ask('get', { timeoutMs: 30_000 });
  expect(await busy.ask('block', 3 * LEASE_MS)).toEqual({ blocked: 3 * LEASE_MS });
  expect(await busy.ask('lost')).toEqual({ aborted: false });
  expect(await busy.ask('done')).toEqual({ settled: 'a.tsv' });
  expect(await getting).toEqual({ name: null });
});

it('F-32 a file that kills three processes lies in failedDir, with its reason, and the fourth lives', async () => {
  const folder = folderOf({ 'poison.tsv': 'rows' });
  for (let life = 1; life <= 3; life += 1) {
    const victim = await Reader.open(folder);
    expect(await victim.ask('get', { timeoutMs: 30_000 })).toMatchObject({ name: 'poison.tsv', attempt: life });
    await victim.process.kill();
  }
  const survivor = await Reader.open(folder);
  expect(await survivor.ask('get', { timeoutMs: 30_000 })).toEqual({ name: null });
  expect(readdirSync(join(folder, 'failed')).toSorted()).toEqual(['poison.tsv', 'poison.tsv.error.json']);
  const report = parseReport(readFileSync(join(folder, 'failed', 'poison.tsv.error.json'), 'utf8'));
  expect(report).toMatchObject({ name: 'poison.tsv', attempt: 3, error: { name: 'KilledError' } });
  await survivor.ask('dispose');
});

it('F-46 a group of processes that is suspended for several leases wakes without stealing', async () => {
  const folder = folderOf({ 'a.tsv': '', 'b.tsv': '' });
  const options = { leaseMs: LEASE_MS };
  const readers = await Promise.all([Reader.open(folder, options), Reader.open(folder, options)]);
  for (const reader of readers) expect(await reader.ask('get')).toMatchObject({ attempt: 1 });
  // While they wait they watch each other.
  const waiting = readers.map((reader) => reader.ask('get', { timeoutMs: 10 }));
  await Promise.all(waiting);
  for (const reader of readers) reader.process.signal('SIGSTOP');
  await sleep(4 * LEASE_MS);
  for (const reader of readers) reader.process.signal('SIGCONT');
  for (const reader of readers) expect(await reader.ask('done')).toHaveProperty('settled');
  expect(readdirSync(join(folder, 'done')).toSorted()).toEqual(['a.tsv', 'b.tsv']);
});
