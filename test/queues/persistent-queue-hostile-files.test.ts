import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { LineBuffer } from '../../src/formats/line-buffer.ts';
import type { Damage } from '../../src/journals/damage.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { filesOf, glance, type QueueFiles, survey } from '../support/journal-damage.ts';
import { doAll, QueueLives, take, takeAll } from '../support/queue-lives.ts';

const DEEP = process.env['DIBS_DEEP'] === '1';

/** A directory with every kind of file, of two runs; `a` to `f` are outstanding, and `failed` was given up. */
let files: QueueFiles;
const OUTSTANDING = ['a', 'b', 'c', 'd', 'e', 'f'];

beforeAll(async () => {
  const first = await filesOf(async (queue) => {
    await queue.put('failed', { key: 'of failed' });
    for (const value of OUTSTANDING.slice(0, 3)) await queue.put(value, { key: `of ${value}` });
    await (await take(queue)).fail('no');
  });
  files = await filesOf(async (queue) => {
    await queue.putMany(['done', ...OUTSTANDING.slice(3)]);
    for (const item of await takeAll(queue)) await (item.value === 'done' ? item.done() : item.release());
  }, first);
});

/** Whatever the files hold: it opens, gives nothing that was never put, in put order, and tells what is amiss. */
async function sane(changed: QueueFiles): Promise<readonly string[]> {
  const { outstanding } = await survey(changed);
  const values = outstanding.map((line) => line.split(' ')[0] ?? '');
  const known = ['failed', ...OUTSTANDING.slice(0, 3), 'done', ...OUTSTANDING.slice(3)];
  expect(known.filter((value) => values.includes(value))).toEqual(values);
  return values;
}

describe('Q-26 NULs', () => {
  it.each([1, 7, 512, 4096, 1_000_000])('%i of them behind any file are passed over', async (count) => {
    for (const name of Object.keys(files)) {
      const changed = { ...files, [name]: Buffer.concat([files[name] ?? new Uint8Array(), new Uint8Array(count)]) };
      expect(await sane(changed), name).toEqual(OUTSTANDING);
    }
  });

  it('in place of a file, or of its second half, cost what stood there alone', async () => {
    for (const [name, bytes] of Object.entries(files)) {
      for (const keep of [0, bytes.length / 2]) {
        const nulled = Uint8Array.from(bytes).fill(0, keep);
        const values = await sane({ ...files, [name]: nulled });
        if (name.includes('.put.')) expect(values.length, name).toBeGreaterThanOrEqual(3);
        else expect(values, name).toEqual(expect.arrayContaining(OUTSTANDING));
      }
    }
  });

  it('behind which the next run goes on lose nothing', async () => {
    const name = Object.keys(files).find((file) => file.includes('00000002') && file.includes('.put.')) ?? '';
    const torn = Buffer.concat([files[name]?.subarray(0, -10) ?? new Uint8Array(), new Uint8Array(300)]);
    const next = await filesOf((queue) => queue.put('g'), { ...files, [name]: torn });
    expect((await survey(next)).outstanding).toEqual(['a 0', 'b 0', 'c 0', 'd 0', 'e 0', 'g 0']);
  });
});

describe('whatever lies in the directory', () => {
  it('each file empty, absent, doubled or full of noise: it opens and gives nothing wrong', async () => {
    const noise = Uint8Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 251);
    for (const [name, bytes] of Object.entries(files)) {
      const { [name]: _, ...rest } = files;
      await sane(rest);
      for (const other of [
        new Uint8Array(),
        Buffer.concat([bytes, bytes]),
        noise,
        Buffer.concat([noise, bytes]),
        Buffer.from('\n'.repeat(10_000)),
      ]) {
        await sane({ ...files, [name]: other });
      }
    }
  });

  it('a journal of another run under this name is reported, and its messages are not ours', async () => {
    const [first, second] = Object.keys(files)
      .filter((name) => name.includes('.put.'))
      .toSorted();
    const changed = { ...files, [second ?? '']: files[first ?? ''] ?? new Uint8Array() };
    const { outstanding, damage } = await survey(changed);
    expect(outstanding).toEqual(['a 0', 'b 0', 'c 0']);
    expect(damage.filter(({ file }) => file === second)).toHaveLength(4);
  });

  it('a message that was copied into its journal again comes once', async () => {
    const name = Object.keys(files).find((file) => file.includes('00000002') && file.includes('.put.')) ?? '';
    const bytes = files[name] ?? new Uint8Array();
    expect((await survey({ ...files, [name]: Buffer.concat([bytes, bytes]) })).outstanding).toHaveLength(6);
  });

  it('what is no plain file is passed over and reported', async () => {
    const lives = new QueueLives<string>();
    await (await lives.open()).put('a');
    for (const name of [
      'queue.00000007.0000000001.put.tsv',
      'queue.00000007.0000000001.done.tsv',
      'queue.00000007.keys.tsv',
      'queue.00000007.kept.tsv',
    ]) {
      await lives.disk.mkdir(`/queue/${name}`);
    }
    const damage: Damage[] = [];
    const queue = await lives.open({ onDamage: (found) => damage.push(found) });
    expect(queue.run).toBe(8);
    await queue.put('b', { key: 'k' });
    expect(await doAll(queue)).toEqual(['a', 'b']);
    expect(new Set(damage.map(({ reason }) => reason))).toEqual(new Set(['no plain file: it is not read']));
  });

  it('a file with a run that nobody can have come to uses up no numbers, whatever it is', async () => {
    for (const name of [
      '99999999.0000000001.put',
      '99999998.0000000001.put',
      '99999998.0000000001.done',
      '99999998.keys',
      '99999998.kept',
    ]) {
      const lives = new QueueLives<string>();
      await (await lives.open()).put('a');
      (await lives.disk.open(`/queue/queue.${name}.tsv`, 'append')).close();
      for (const run of [2, 3, 4]) {
        const queue = await lives.open();
        expect(queue.run, name).toBe(run);
        await queue.put(`of ${run}`);
      }
      const last = await lives.open();
      expect(await doAll(last), name).toEqual(['a', 'of 2', 'of 3', 'of 4']);
      await last.close();
      await last.dispose();
      // A load that is closed and finished is cleared away all the same.
      expect(await (await lives.open()).counts(), name).toMatchObject({ waiting: 0, taken: 0, done: 0 });
    }
  });

  it('foreign files are let be', async () => {
    const disk = memoryDisk({
      '/queue/README': 'mine',
      '/queue/.hidden': '',
      '/queue/queue.put.tsv': 'x',
      '/queue/-rf': '',
      '/queue/owner.x': '',
    });
    for (const [name, bytes] of Object.entries(files)) {
      const file = await disk.open(`/queue/${name}`, 'append');
      file.write(bytes, 0, bytes.length);
      file.close();
    }
    const queue = await new QueueLives<string>({}, disk).open();
    expect(await doAll(queue)).toEqual(OUTSTANDING);
    await queue.close();
    await queue.dispose();
    await (await new QueueLives<string>({}, disk).open()).dispose();
    expect(
      (await disk.readdir('/queue')).filter((name) => ['README', '.hidden', 'queue.put.tsv', '-rf', 'owner.x'].includes(name)),
    ).toHaveLength(5);
  });
});

/** One thing that a failing disk, a careless copy or a person does to the bytes of a file. */
const blow = fc.oneof(
  fc.record({
    how: fc.constant('overwrite' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    how: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    how: fc.constant('delete' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    how: fc.constant('repeat' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
);

function struck(
  bytes: Uint8Array,
  { how, at, bytes: other }: { how: 'overwrite' | 'insert' | 'delete' | 'repeat'; at: number; bytes: Uint8Array },
): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const end = Math.min(bytes.length, start + other.length);
  const middle = {
    overwrite: other,
    insert: Buffer.concat([other, bytes.subarray(start, end)]),
    delete: new Uint8Array(),
    repeat: Buffer.concat([bytes.subarray(start, end), bytes.subarray(start, end)]),
  }[how];
  return Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)]);
}

it('any blows to any files: it opens, ends, and gives nothing that was never put', async () => {
  const names = Object.keys(files);
  const blows = fc.array(fc.record({ file: fc.integer({ min: 0, max: names.length - 1 }), blow }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(blows, async (all) => {
      let changed = files;
      for (const { file, blow: one } of all)
        changed = { ...changed, [names[file] ?? '']: struck(changed[names[file] ?? ''] ?? new Uint8Array(), one) };
      await sane(changed);
    }),
    { numRuns: DEEP ? 20_000 : 80, seed: 20_261_122 },
  );
});

/** Lines that nobody wrote who was not out for trouble: their checksums hold. */
const evilLine = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('done', 'taken', 'released', 'failed', 'retried', 'read', 'gone', 'closed', 'other'),
      fc.array(
        fc.oneof(
          fc.constantFrom(
            '00000001-0000000001',
            '00000002-0000000002',
            '99999999-9999999999',
            '00000000-0000000000',
            'queue.00000001.0000000001.put.tsv',
            '-1',
            '1e9',
            '{}',
            'null',
            '999999999999999',
            '65536',
            '',
          ),
          fc.nat().map(String),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([kind, rest]) => [kind, ...rest].join('\t')),
  fc.string(),
);

it('lines with a checksum that say what can not be: it opens, ends, and gives nothing that was never put', async () => {
  const name = Object.keys(files).find((file) => file.includes('00000002') && file.includes('.done.')) ?? '';
  const written = (body: string): Uint8Array => {
    const lines = new LineBuffer();
    lines.append(body.replaceAll('\n', ' '));
    return Uint8Array.from(lines.bytes.subarray(0, lines.length));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(evilLine, { maxLength: 12 }), async (bodies) => {
      await sane({ ...files, [name]: Buffer.concat([files[name] ?? new Uint8Array(), ...bodies.map(written)]) });
    }),
    { numRuns: DEEP ? 20_000 : 60, seed: 20_261_122 },
  );
});

it('a small journal that claims millions of deliveries eats neither memory nor time', async () => {
  const name = Object.keys(files).find((file) => file.includes('00000002') && file.includes('.done.')) ?? '';
  const lines = new LineBuffer();
  for (let line = 0; line < 60; line += 1) lines.append(`taken\t00000002-${String(line * 65_536 + 100).padStart(10, '0')}\t1\t65536`);
  const before = process.memoryUsage().heapUsed;
  const { outstanding } = await glance({
    ...files,
    [name]: Buffer.concat([files[name] ?? new Uint8Array(), lines.bytes.subarray(0, lines.length)]),
  });
  expect(outstanding).toHaveLength(6);
  expect((process.memoryUsage().heapUsed - before) / 1024 / 1024).toBeLessThan(100);
});
