import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../src/formats/failure-report.ts';
import { DEEP } from '../support/sample.ts';
import { producedFolder, ToldReader } from '../support/told-reader.ts';

const LEASE_MS = 1_000;

describe('F-15', () => {
  it('consume in two processes works off a folder in which every third file fails once', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `${index}.tsv`);
    const folder = producedFolder(Object.fromEntries(names.map((name) => [name, ''])));
    const readers = await Promise.all([ToldReader.open(folder), ToldReader.open(folder)]);
    const answers = await Promise.all(readers.map((reader) => reader.ask('consume', 3)));
    const sum = (what: string): number => answers.reduce((total, answer) => total + Number(answer[what]), 0);
    expect([sum('done'), sum('retried'), sum('lost')]).toEqual([90, 30, 0]);
    expect(readdirSync(join(folder, 'done'))).toHaveLength(90);
  });
});

describe('F-17 a process that was stopped for longer than its lease', () => {
  it.each(DEEP ? ['done', 'release', 'fail'] : ['done'])('gets ClaimLostError for its %s, and changes nothing', async (how) => {
    const folder = producedFolder({ 'a.tsv': 'rows' });
    const options = { leaseMs: LEASE_MS };
    const [sleeper, other] = await Promise.all([ToldReader.open(folder, options), ToldReader.open(folder, options)]);
    await sleeper.ask('get');
    await sleeper.process.signal('SIGSTOP');
    expect(await other.ask('get', { timeoutMs: 30_000 })).toMatchObject({ name: 'a.tsv', attempt: 2 });
    const before = readdirSync(folder).toSorted();
    await sleeper.process.signal('SIGCONT');
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
  const folder = producedFolder({ 'a.tsv': 'rows' });
  const options = { leaseMs: LEASE_MS };
  const [busy, other] = await Promise.all([ToldReader.open(folder, options), ToldReader.open(folder, options)]);
  await busy.ask('get');
  const getting = other.ask('get', { timeoutMs: 30_000 });
  expect(await busy.ask('block', 3 * LEASE_MS)).toEqual({ blocked: 3 * LEASE_MS });
  expect(await busy.ask('lost')).toEqual({ aborted: false });
  expect(await busy.ask('done')).toEqual({ settled: 'a.tsv' });
  expect(await getting).toEqual({ name: null });
});

it('F-32 a file that kills three processes lies in failedDir, with its reason, and the fourth lives', async () => {
  const folder = producedFolder({ 'poison.tsv': 'rows' });
  for (let life = 1; life <= 3; life += 1) {
    const victim = await ToldReader.open(folder);
    expect(await victim.ask('get', { timeoutMs: 30_000 })).toMatchObject({ name: 'poison.tsv', attempt: life });
    await victim.process.kill();
  }
  const survivor = await ToldReader.open(folder);
  expect(await survivor.ask('get', { timeoutMs: 30_000 })).toEqual({ name: null });
  expect(readdirSync(join(folder, 'failed')).toSorted()).toEqual(['poison.tsv', 'poison.tsv.error.json']);
  const report = parseReport(readFileSync(join(folder, 'failed', 'poison.tsv.error.json'), 'utf8'));
  expect(report).toMatchObject({ name: 'poison.tsv', attempt: 3, error: { name: 'KilledError' } });
  await survivor.ask('dispose');
});

it('F-46 a group of processes that is suspended for several leases wakes without stealing', async () => {
  const folder = producedFolder({ 'a.tsv': '', 'b.tsv': '' });
  const options = { leaseMs: LEASE_MS };
  const readers = await Promise.all([ToldReader.open(folder, options), ToldReader.open(folder, options)]);
  for (const reader of readers) expect(await reader.ask('get')).toMatchObject({ attempt: 1 });
  // While they wait they watch each other.
  const waiting = readers.map((reader) => reader.ask('get', { timeoutMs: 10 }));
  await Promise.all(waiting);
  for (const reader of readers) await reader.process.signal('SIGSTOP');
  await sleep(4 * LEASE_MS);
  for (const reader of readers) await reader.process.signal('SIGCONT');
  for (const reader of readers) expect(await reader.ask('done')).toHaveProperty('settled');
  expect(readdirSync(join(folder, 'done')).toSorted()).toEqual(['a.tsv', 'b.tsv']);
});
