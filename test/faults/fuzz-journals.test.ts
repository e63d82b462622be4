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

/** So many bytes has the journal of which several bytes at once are changed, so often. */
const LARGE = 64 * 1024;
const CHANGES = DEEP ? 100_000 : 500;

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
    let cases = 0;
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
      cases += 1;
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
    console.log(`${cases} damaged journals: damage was told of in ${damaged}; the slowest took ${Math.round(slowest)} ms`);
    expect(cases).toBeGreaterThanOrEqual(CASES);
    expect(damaged).toBeGreaterThan(CASES / 3);
    expect(slowest).toBeLessThan(HANG_MS);
  }, 3_600_000);

  it(`Q-25 of ${LARGE} bytes with some of them changed at once cost the records they lie in, and are reported: ${CHANGES} times`, async () => {
    const files = await filesOf(async (queue) => {
      for (let n = 1; n <= LARGE / 36; n += 1) await queue.put(`1/${n}`);
    });
    const name = Object.keys(files).find((file) => file.endsWith('.put.tsv')) ?? '';
    const whole = files[name] ?? new Uint8Array();
    expect(whole.length).toBeGreaterThanOrEqual(LARGE);
    const before = (await glance(files)).outstanding;
    const records = recordsOf(whole);
    let looks = 0;
    for (; looks < CHANGES; looks += 1) {
      const random = randomNumbers(looks);
      const changed = Uint8Array.from(whole);
      const places = Array.from({ length: 2 + Math.floor(random() * 7) }, () => Math.floor(random() * whole.length));
      for (const at of places) changed[at] = (changed[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      const { outstanding, damage } = await glance({ ...files, [name]: changed });
      const touched = new Set(records.filter(({ start, end }) => places.some((at) => at >= start && at < end)));
      const context = `changed at ${places.join()}`;
      const found = new Set(outstanding);
      expect(outstanding.length, `twice: ${context}`).toBe(found.size);
      expect(before.filter((value) => !found.delete(value)).length, `lost: ${context}`).toBeLessThanOrEqual(touched.size);
      expect([...found], `from nowhere: ${context}`).toEqual([]);
      const isChanged = changed.some((byte, at) => byte !== whole[at]);
      if (isChanged) expect(damage.length, `not a word: ${context}`).toBeGreaterThan(0);
    }
    console.log(`${looks} times some bytes of a journal of ${whole.length} were changed at once`);
    expect(looks).toBeGreaterThanOrEqual(CHANGES);
  }, 3_600_000);
});
