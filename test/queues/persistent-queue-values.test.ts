import { describe, expect, it } from 'vitest';
import { UnserialisableValueError } from '../../src/errors.ts';
import { InvalidValueError } from '../../src/queues/handler-errors.ts';
import type { Codec } from '../../src/formats/codec.ts';
import type { PayloadSchema } from '../../src/queues/schema.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';

describe('a value that can not be written down', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const hostile = {
    toJSON: () => {
      throw new Error('never');
    },
  };
  it.each<[string, unknown]>([
    ['a circle', circular],
    ['a BigInt', 1n],
    ['a nested BigInt', { a: [1n] }],
    ['undefined', undefined],
    ['a function', () => undefined],
    ['a symbol', Symbol('s')],
    ['what has no JSON', { toJSON: () => undefined }],
    ['what throws', hostile],
  ])('%s is rejected with a typed error, and the queue is as it was', async (_, value) => {
    const lives = new QueueLives<unknown>();
    const queue = await lives.open();
    await queue.put('before');
    for (const refused of [queue.put(value), queue.put(value, { key: 'k' }), queue.putMany([value])]) {
      await expect(refused).rejects.toBeInstanceOf(UnserialisableValueError);
    }
    await queue.flush().catch(() => undefined);
    expect(await queue.put('after', { key: 'k' })).toBe(true);
    for (const each of [queue, await lives.open()]) expect(await valuesOf(each.outstanding())).toEqual(['before', 'after']);
  });

  it.each([
    ['a line feed', 'a\nb'],
    ['half a surrogate pair', 'a\ud800b'],
    ['the other half', '\udc00'],
    ['no text', 5],
    ['nothing', undefined],
  ])('Q-32 a codec that gives %s is told so, and the queue is as it was', async (_, text) => {
    const codec: Codec<string> = { encode: (value) => (value === 'bad' ? (text as string) : value), decode: (written) => written };
    const lives = new QueueLives<string>({ codec });
    const queue = await lives.open();
    await queue.put('before');
    await expect(queue.put('bad')).rejects.toBeInstanceOf(UnserialisableValueError);
    await queue.put('after');
    for (const each of [queue, await lives.open()]) expect(await valuesOf(each.outstanding())).toEqual(['before', 'after']);
  });
});

it('Q-32 a codec of one’s own is used there and back, before and after a crash', async () => {
  const codec: Codec<Map<string, Date>> = {
    encode: (value) => [...value].map(([name, date]) => `${name}\t${date.toISOString()}`).join('\u2028\r'),
    decode: (text) =>
      new Map(text === '' ? [] : text.split('\u2028\r').map((entry) => [entry.split('\t')[0] ?? '', new Date(entry.split('\t')[1] ?? '')])),
  };
  const lives = new QueueLives<Map<string, Date>>({ codec });
  const values = [
    new Map(),
    new Map([['a', new Date(0)]]),
    new Map([
      ['ü', new Date(1)],
      ['😀', new Date(2)],
    ]),
  ];
  const queue = await lives.open();
  await queue.putMany(values);
  expect((await takeAll(queue)).map(({ value }) => value)).toEqual(values);
  const next = await lives.open();
  expect(await valuesOf(next.outstanding())).toEqual(values);
  expect(await doAll(next)).toEqual(values);
});

describe('a schema', () => {
  const evenNumbers: PayloadSchema<number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'number' && value % 2 === 0
          ? { value: value * 10 }
          : { issues: [{ message: 'not even', path: ['value', { key: 'deep' }] }] },
    },
  };

  it('refuses at the put what does not fit, and says why', async () => {
    const queue = await new QueueLives<number>({ schema: evenNumbers }).open();
    await expect(queue.put(3)).rejects.toBeInstanceOf(InvalidValueError);
    await expect(queue.put(3)).rejects.toMatchObject({
      issues: [{ message: 'not even', path: ['value', 'deep'] }],
      message: expect.stringContaining('value.deep: not even'),
    });
    await expect(queue.putMany([2, 4, 5, 6])).rejects.toBeInstanceOf(InvalidValueError);
    await queue.flush().catch(() => undefined);
    expect(await valuesOf(queue.outstanding())).toEqual([2, 4]);
    expect((await take(queue)).value).toBe(20);
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [{}, '{}'],
    [{ issues: 'bad' }, '{"issues":"bad"}'],
  ])('that answers %o is told so: nothing is put, and what was put is kept', async (answer, shown) => {
    const lives = new QueueLives<number>();
    await (await lives.open()).put(1);
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => answer } } as const;
    const message = `schema: validate must give { value } or { issues }, got ${shown}.`;
    // @ts-expect-error -- what JavaScript may give
    const queue = await lives.open({ schema });
    await expect(queue.put(2)).rejects.toThrow(new TypeError(message));
    expect(await doAll(queue)).toEqual([]);
    expect(await listed(queue.failed())).toMatchObject([{ value: 1, error: { name: 'TypeError', message } }]);
  });

  it('gives up at delivery what no longer fits', async () => {
    const lives = new QueueLives<number>();
    await (await lives.open()).putMany([2, 3, 4]);
    const queue = await lives.open({ schema: evenNumbers });
    expect(await doAll(queue)).toEqual([20, 40]);
    expect(await listed(queue.failed())).toMatchObject([{ value: 3, error: { name: 'InvalidValueError' } }]);
  });
});
