import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEEP } from '../support/sample.ts';
import { producedFolder, ToldReader } from '../support/told-reader.ts';

function messagesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.includes('.tsv'));
}

describe('F-15', () => {
  const files = DEEP ? 20_000 : 300;

  it.each(DEEP ? [2, 4, 8, 16] : [3])('%i processes handle each file once', async (count) => {
    const names = Array.from({ length: files }, (_, index) => `load-${String(index).padStart(5, '0')}.tsv`);
    const folder = producedFolder(Object.fromEntries(names.map((name) => [name, ''])));
    const readers = await Promise.all(Array.from({ length: count }, () => ToldReader.open(folder, { durability: 'process' })));
    const answers = await Promise.all(readers.map((reader) => reader.ask('all')));
    const handled = answers.flatMap((answer) => (Array.isArray(answer['names']) ? answer['names'].map(String) : [JSON.stringify(answer)]));
    expect(handled.toSorted()).toEqual(names);
    expect(readdirSync(join(folder, 'done')).toSorted()).toEqual(names);
    expect(messagesIn(folder)).toEqual([]);
    // Nobody did all of it, and nobody leaves anything behind.
    for (const answer of answers) expect(answer['names']).not.toHaveLength(files);
    expect(readdirSync(join(folder, '.dibs', 'consumers'))).toEqual([]);
    expect(readdirSync(join(folder, '.dibs', 'stages'))).toEqual([]);
  });
});

it('F-16 what a SIGKILLed process held comes back at once to another one that waits', async () => {
  const folder = producedFolder({ 'a.tsv': 'rows' });
  const [holder, other] = await Promise.all([ToldReader.open(folder), ToldReader.open(folder)]);
  expect(await holder.ask('get')).toMatchObject({ name: 'a.tsv', attempt: 1 });
  const getting = other.ask('get', { timeoutMs: 30_000 });
  await holder.process.kill();
  // At once is long before the lease, which is a minute.
  expect(await getting).toMatchObject({ name: 'a.tsv', attempt: 2 });
  expect(await other.ask('done')).toEqual({ settled: 'a.tsv' });
  expect(await other.ask('get')).toEqual({ name: null });
  expect(readdirSync(join(folder, 'done'))).toEqual(['a.tsv']);
});
