import { describe, expect, it } from 'vitest';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { mutated } from '../support/byte-mutator.ts';
import { filesOf, glance, type QueueFiles, recordsOf, survey } from '../support/journal-damage.ts';
import { take } from '../support/queue-lives.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';

/** So many damaged directories are looked at, and one of so many is opened and worked off as well. */
const CASES = DEEP ? 1_000_000 : 20_000;
const OPENED_EVERY = 40;

/** No file of a few kilobytes takes as long, unless something goes round and round. In milliseconds of the processor. */
const HANG_MS = 1_000;

/** Puts so many, and settles some of them in all the ways there are. */
const load =
  (seed: number) =>
  async (queue: PersistentQueue<string>): Promise<void> => {
    const random = randomNumbers(seed);
    const messages = 4 + Math.floor(random() * 30);
    for (let n = 1; n <= messages; n += 1) {
      const value = `${seed}/${n}${'.'.repeat(Math.floor(random() * random() * 300))}`;
      await queue.put(value, random() < 0.2 ? { key: `key ${n}` } : undefined);
    }
    for (let n = 1; n <= messages / 2; n += 1) {
      const item = await take(queue);
      const fate = random();
      if (fate < 0.5) await item.done();
      else if (fate < 0.7) await item.release();
      else if (fate < 0.9) await item.fail('no');
    }
  };

/** The values of the records that are whole in a damaged journal: they have to be there. */
function survivors(whole: Uint8Array, damaged: Uint8Array, values: readonly string[]): string[] {
  const haystack = Buffer.from(damaged);
  const kept: string[] = [];
  for (const { start, end } of recordsOf(whole)) {
    const record = Buffer.from(whole.subarray(start, end));
    const value = values.find((one) => record.includes(JSON.stringify(one)));
    if (haystack.includes(record) && value !== undefined) kept.push(value);
  }
  return kept;
}

const valueOf = (line: string): string => line.slice(0, line.lastIndexOf(' '));

describe('journals with any bytes in them', () => {
  it(`Q-25 never make a queue throw, hang, lose what is whole, or tell of what was never put: ${CASES} of them`, async () => {
    const bases: QueueFiles[] = [];
    for (let seed = 1; seed <= 12; seed += 1) bases.push(await filesOf(load(seed)));
    const before = await Promise.all(bases.map(async (files) => (await glance(files)).outstanding.map(valueOf)));
    let damaged = 0;
    let slowest = 0;
    for (let number = 0; number < CASES; number += 1) {
      const random = randomNumbers(number);
      const index = number % bases.length;
      const files = bases[index] ?? {};
      const names = Object.keys(files).filter((name) => /\.(put|done)\.tsv$/.test(name));
      const name = names[Math.floor(random() * names.length)] ?? '';
      const whole = files[name] ?? new Uint8Array();
      const changed = { ...files, [name]: mutated(whole, random, Object.values(files)) };
      const cpu = process.cpuUsage();
      const { outstanding, damage } = await glance(changed);
      const found = outstanding.map(valueOf);
      if (damage.length > 0) damaged += 1;
      const expected = before[index] ?? [];
      const kept = name.endsWith('.put.tsv') ? survivors(whole, changed[name] ?? whole, expected) : expected;
      const context = `case ${number}, ${name}`;
      expect(kept.filter((value) => !found.includes(value)), `lost: ${context}`).toEqual([]); // prettier-ignore
      expect(new Set(found).size, `twice: ${context}`).toBe(found.length);
      expect(found.filter((value) => !value.startsWith(`${index + 1}/`)), `from nowhere: ${context}`).toEqual([]); // prettier-ignore
      if (number % OPENED_EVERY === 0) {
        const opened = (await survey(changed)).outstanding.map(valueOf);
        expect(opened.toSorted(), `who opens it and who looks at it agree: ${context}`).toEqual(found.toSorted());
      }
      const { user, system } = process.cpuUsage(cpu);
      slowest = Math.max(slowest, (user + system) / 1_000);
    }
    console.log(`${CASES} damaged journals: damage was told of in ${damaged}; the slowest took ${Math.round(slowest)} ms`);
    expect(damaged).toBeGreaterThan(CASES / 3);
    expect(slowest).toBeLessThan(HANG_MS);
  }, 3_600_000);
});
