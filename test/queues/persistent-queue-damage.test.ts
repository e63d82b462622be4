import { describe, expect, it } from 'vitest';
import type { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import {
  filesOf,
  type Found,
  glance,
  journalIn,
  type QueueFiles,
  recordsOf,
  type RecordPlace,
  survey,
  without,
} from '../support/journal-damage.ts';
import { QueueLives, take } from '../support/queue-lives.ts';
import { bySize, DEEP } from '../support/sample.ts';

/** So many of the directories that are glanced at are opened and worked off as well. */
const OPENED_EVERY = bySize({ quick: 64, slow: 64, deep: 4 });
/** Each look reads them all, and there are some for each byte. */
const RECORDS = bySize({ quick: 6, slow: 20, deep: 200 });
/** So many cuts of each kind of journal there are at least: each byte of its records, and in the deep run each tail there. */
const CUTS = bySize({ quick: 100, slow: 600, deep: 30_000 });
const LONG = DEEP ? 3_600_000 : 120_000;
const BYTES = bySize({ quick: 512, slow: 2048, deep: 64 * 1024 });

/** Puts so many messages, every seventh with a key, and settles half of them in all the ways there are. */
const load =
  (messages: number) =>
  async (queue: PersistentQueue<string>): Promise<void> => {
    for (let n = 1; n <= messages; n += 1) await queue.put(`${n}`, n % 7 === 0 ? { key: `key ${n}` } : undefined);
    for (let n = 1; n <= messages / 2; n += 1) {
      const item = await take(queue);
      if (n % 5 === 1) await item.fail('no');
      else if (n % 5 === 2) await item.release();
      else if (n % 5 !== 3) await item.done();
    }
  };

/** A directory with journals in which both kinds have at least so many bytes and records. */
function directory({ bytes, records }: { readonly bytes: number; readonly records: number }): Promise<QueueFiles> {
  return filesOf(load(Math.max(records, Math.ceil(bytes / 36))));
}

/** One bit of so many is flipped. */
const EACH = bySize({ quick: 7, slow: 1, deep: 1 });

/** One bit of every other record is flipped at a time: the records between them are whole, and are to stay it. */
const APART = 2;

/** Every bit of every record, or one of so many, flipped once. */
function* flips(bytes: Uint8Array): Generator<{ readonly touched: readonly RecordPlace[]; readonly flipped: Uint8Array }> {
  const records = recordsOf(bytes);
  const longest = Math.max(...records.map(({ start, end }) => end - start)) * 8;
  for (let first = 0; first < APART; first += 1) {
    for (let bit = 0; bit < longest; bit += EACH) {
      const touched = records.filter(({ start, end }, index) => index % APART === first && bit < (end - start) * 8);
      const flipped = Uint8Array.from(bytes);
      for (const { start } of touched) flipped[start + (bit >> 3)] = (flipped[start + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      if (touched.length > 0) yield { touched, flipped };
    }
  }
}

/** What is outstanding without these records, asked once for the same ones. */
function expectation(files: QueueFiles, name: string): (lost: readonly RecordPlace[]) => Promise<readonly string[]> {
  const known = new Map<string, Promise<Found>>();
  return async (lost) => {
    const key = lost.map(({ start }) => start).join();
    const found = known.get(key) ?? glance({ ...files, [name]: without(files[name] ?? new Uint8Array(), lost) });
    known.set(key, found);
    return (await found).outstanding;
  };
}

/** Glances at a directory, and opens it now and then: both have to find the same. */
function looker(): (files: QueueFiles) => Promise<Found> {
  let looks = 0;
  return async (files) => {
    const found = await glance(files);
    looks += 1;
    if (looks % OPENED_EVERY === 0) expect(await survey(files)).toMatchObject({ outstanding: found.outstanding, damage: found.damage });
    return found;
  };
}

describe.each(['put', 'done'] as const)('a damaged %s journal', (kind) => {
  it(`Q-25 every flipped bit of ${BYTES} bytes costs its own record at most, and is reported with file and offset`, async () => {
    const files = await directory({ bytes: BYTES, records: 0 });
    const name = journalIn(files, kind);
    const whole = files[name] ?? new Uint8Array();
    const [expected, look] = [expectation(files, name), looker()];
    let bits = 0;
    for (const { touched, flipped } of flips(whole)) {
      const { outstanding, damage } = await look({ ...files, [name]: flipped });
      const context = `flipped in the records at ${touched.map(({ start }) => start).join()}`;
      const without = await expected(touched);
      // What lacks only the newline at its end may be read all the same, but not without a word.
      const isReadable = flipped.at(-1) !== 10 && outstanding.join() !== without.join();
      expect(outstanding, context).toEqual(isReadable ? await expected(touched.slice(0, -1)) : without);
      const reportsOf = ({ start, end }: RecordPlace): number =>
        damage.filter(({ file, offset, length }) => file === name && offset >= start && offset + length <= end).length;
      for (const record of touched) expect(reportsOf(record), `reports of the record at ${record.start}, ${context}`).toBeGreaterThan(0);
      expect(damage.length, `reports of others, ${context}`).toBe(touched.reduce((sum, record) => sum + reportsOf(record), 0));
      bits += touched.length;
    }
    expect(whole.length).toBeGreaterThanOrEqual(BYTES);
    if (EACH === 1) expect(bits).toBe(whole.length * 8);
    else expect(bits).toBeGreaterThan(whole.length);
  });
});

/** What a queue leaves whose process is killed while its files are filled ahead. */
async function leftByKill(): Promise<QueueFiles> {
  const disk = new CrashingDisk({ '/queue/': '' });
  await load(6)(await new QueueLives<string>({ maxAttempts: 1 }, disk.process()).open());
  return Object.fromEntries([...disk.walk()].map(([path, file]) => [path.slice('/queue/'.length), Uint8Array.from(file.content())]));
}

describe.each(['put', 'done'] as const)('a %s journal that is filled ahead', (kind) => {
  it('Q-25 every flipped bit of its last record is reported, or costs nothing', async () => {
    const files = await leftByKill();
    const name = journalIn(files, kind);
    const filled = files[name] ?? new Uint8Array();
    const blank = filled.findLastIndex((byte) => byte !== 10) + 2;
    expect(filled.length - blank).toBeGreaterThan(3000);
    const records = recordsOf(filled.subarray(0, blank));
    const last = records.at(-1) ?? { start: 0, end: 0 };
    const whole = await glance(files);
    expect(whole.damage).toEqual([]);
    const expected = await expectation(files, name)([last]);
    for (let bit = last.start * 8; bit < last.end * 8; bit += 1) {
      const flipped = Uint8Array.from(filled);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = await glance({ ...files, [name]: flipped });
      const context = `bit ${bit & 7} of byte ${(bit >> 3) - last.start}`;
      if (found.damage.length === 0) expect(found.outstanding, context).toEqual(whole.outstanding);
      else expect(found.outstanding, context).toEqual(expected);
    }
  });
});

/** What may follow a torn record. */
const TAILS: Record<string, (next: Uint8Array) => Uint8Array> = {
  nothing: () => new Uint8Array(),
  'NULs, as after a power cut': () => new Uint8Array(4096),
  'a foreign fragment': () => Buffer.from('{"level":"info","msg":"not ours"}'),
  'a foreign line': () => Buffer.from('{"level":"info","msg":"not ours"}\n'),
  'blank lines that were filled ahead': () => Buffer.alloc(4096, '\n'),
  'the next record': (next) => next,
};

describe.each(['put', 'done'] as const)('a torn %s journal', (kind) => {
  it('Q-24 torn at every byte loses the torn record alone, whatever follows', { timeout: LONG }, async () => {
    const files = await directory({ bytes: 0, records: RECORDS });
    const name = journalIn(files, kind);
    const whole = files[name] ?? new Uint8Array();
    const records = recordsOf(whole);
    expect(records.length).toBeGreaterThanOrEqual(RECORDS);
    const last = records.at(-1) ?? { start: 0, end: 0 };
    const [expected, look] = [expectation(files, name), looker()];
    const tails = Object.entries(TAILS);
    let cuts = 0;
    for (let cut = 0; cut <= last.start; cut += 1) {
      // In the normal run each byte is followed by one of them, and so each part of a record by all of them.
      for (const [what, tail] of DEEP ? tails : tails.slice(cut % tails.length).slice(0, 1)) {
        const context = `torn at ${cut}, then ${what}`;
        cuts += 1;
        const isRecord = what === 'the next record';
        const { outstanding, damage } = await look({
          ...files,
          [name]: Buffer.concat([whole.subarray(0, cut), tail(whole.subarray(last.start))]),
        });
        const isBlank = what.startsWith('blank lines');
        // The newline that the next record begins with ends this one, too; so does a blank line.
        const endsAt = isRecord || isBlank ? cut + 1 : cut;
        const lost = records.filter(({ end }) => end > endsAt && (!isRecord || end !== last.end));
        expect(outstanding, context).toEqual(await expected(lost));
        const torn = records.find(({ start, end }) => start < cut && endsAt < end)?.start ?? cut;
        for (const { file, offset } of damage) expect([file, offset >= torn], context).toEqual([name, true]);
        // A torn tail is normal; what lies between whole lines is news.
        // What lacks one byte alone was not torn.
        const isChanged = isBlank && records.some(({ start, end }) => start === torn && cut === end - 2);
        const isNews = what === 'a foreign line' || isChanged || (isRecord && cut > torn + 1);
        expect(damage.length, context).toBe(isNews ? 1 : 0);
      }
    }
    if (bySize({ quick: false, slow: true, deep: true })) console.log(`a ${kind} journal of ${records.length} records: ${cuts} cuts`);
    expect(cuts).toBeGreaterThan(CUTS);
  });
});
