import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../src/errors.ts';
import type { Codec } from '../../src/formats/codec.ts';
import { doAll, listed, QueueLives, take, takeAll, valuesOf } from '../support/queue-lives.ts';

describe('Q-34 what fails', () => {
  it('comes again at its place until maxAttempts are used up, then it is listed with its reason', async () => {
    const queue = await new QueueLives<string>({ maxAttempts: 2 }).open();
    await queue.putMany(['a', 'b']);
    await (await take(queue)).fail(new TypeError('first'));
    const again = await take(queue);
    expect(again).toMatchObject({ value: 'a', attempt: 2 });
    await again.fail(new RangeError('second'));
    expect(await doAll(queue)).toEqual(['b']);
    const [failed, ...others] = await listed(queue.failed());
    expect(others).toEqual([]);
    expect(failed).toEqual({
      id: again.id,
      key: undefined,
      value: 'a',
      attempts: 2,
      error: { name: 'RangeError', message: 'second', stack: expect.stringContaining('persistent-queue-failing') },
    });
    expect(await queue.counts()).toEqual({ waiting: 0, taken: 0, done: 1, failed: 1, damaged: 0 });
  });

  it('with a PermanentError is given up at once', async () => {
    const queue = await new QueueLives<string>().open();
    await queue.put('a');
    await (await take(queue)).fail(new PermanentError('hopeless'));
    expect(await listed(queue.failed())).toMatchObject([
      { value: 'a', attempts: 1, error: { name: 'PermanentError', message: 'hopeless' } },
    ]);
  });

  it.each<[unknown, string]>([
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{ a: 1 }, '{"a":1}'],
    [new Error('tab\tnewline\n\ud800'), 'tab\tnewline\n\ud800'],
  ])('may fail with anything: %o', async (thrown, message) => {
    const lives = new QueueLives<string>({ maxAttempts: 1 });
    const queue = await lives.open();
    await queue.put('a');
    await (await take(queue)).fail(thrown);
    for (const each of [queue, await lives.open()]) expect(await listed(each.failed())).toMatchObject([{ error: { message } }]);
  });

  it('is done after a retry, and counts as given up no more, though a line says so and the journal it lay in is gone', async () => {
    const lives = new QueueLives<string>({ segmentBytes: 1024 });
    const queue = await lives.open();
    await queue.put('a');
    await (await take(queue)).fail(new PermanentError('no'));
    // Beside it, so that their journal goes only when this one is done, too.
    await queue.put(`beside ${'x'.repeat(1024)}`);
    let beside = await take(queue);
    await queue.put('b');
    await take(queue);
    await queue.put('c');
    // This fills the done journal that says that the first was given up, and keeps it.
    await (await take(queue)).fail(new PermanentError('z'.repeat(1000)));
    await queue.retry((await listed(queue.failed())).filter(({ value }) => value === 'a').map(({ id }) => id));
    await (await take(queue)).done();
    for (let again = 0; again < 40; again += 1) {
      await beside.release();
      beside = await take(queue);
    }
    await beside.done();
    await queue.dispose();
    const next = await lives.open();
    expect((await listed(next.failed())).map(({ value }) => value)).toEqual(['c']);
    expect(await next.counts()).toMatchObject({ waiting: 1, failed: 1 });
  });

  it('is put back to work by retry, all of it or some, in this run and later ones', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1, segmentBytes: 1024 });
    const first = await lives.open();
    await first.putMany(Array.from({ length: 30 }, (_, index) => `${index} ${'.'.repeat(60)}`));
    for (const item of await takeAll(first)) await (Number.parseInt(item.value) % 3 === 0 ? item.fail(new Error('no')) : item.done());
    const queue = await lives.open();
    const failed = await listed(queue.failed());
    expect(failed.map(({ value }) => Number.parseInt(value ?? ''))).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    expect(await queue.retry([failed[4]?.id ?? '', 'no such id', '00000009-0000000001'])).toBe(1);
    const again12 = await take(queue);
    expect([Number.parseInt(again12.value), again12.attempt]).toEqual([12, 1]);
    await again12.fail(new Error('no'));
    const next = await lives.open();
    expect(await next.retry()).toBe(10);
    const again = await takeAll(next);
    expect(again.map(({ value }) => Number.parseInt(value ?? ''))).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
    for (const item of again) await item.done();
    expect(await next.retry()).toBe(0);
    expect(await listed(next.failed())).toEqual([]);
  });

  it('is retried with all its attempts forgiven', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 2 });
    const queue = await lives.open();
    await queue.put('a');
    for (let round = 0; round < 3; round += 1) {
      for (const attempt of [1, 2]) {
        const item = await take(queue);
        expect(item.attempt).toBe(attempt);
        await item.fail(new Error(`round ${round}`));
      }
      expect(await queue.tryGet()).toBeUndefined();
      expect(await listed(queue.failed())).toMatchObject([{ attempts: 2, error: { message: `round ${round}` } }]);
      expect(await queue.retry()).toBe(1);
    }
    expect(await take(await lives.open())).toMatchObject({ attempt: 1 });
  });

  it('is listed in put order, though some of it outlived its journal', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 1, segmentBytes: 1024 });
    const wide = '.'.repeat(120);
    const first = await lives.open();
    await first.putMany([`a${wide}`, `stays${wide}`]);
    await (await take(first)).fail(new Error('no'));
    const second = await lives.open({ resume: false });
    await second.putMany(Array.from({ length: 30 }, (_, index) => `${index}${wide}`));
    for (const item of await takeAll(second)) await (item.value.startsWith('0') ? item.fail(new Error('no')) : item.done());
    const third = await lives.open({ resume: false });
    expect((await valuesOf(third.failed())).map((value) => value?.slice(0, 1))).toEqual(['a', '0']);
    await third.retry();
    expect((await valuesOf(third.outstanding())).map((value) => value?.slice(0, 1))).toEqual(['a', 's', '0']);
    expect((await takeAll(await lives.open())).map(({ value }) => value.slice(0, 1))).toEqual(['a', 's', '0']);
  });
});

describe('Q-36 what kills its process', () => {
  it('maxAttempts times is failed and says so; what waits behind it is done', async () => {
    const lives = new QueueLives<string>({ maxAttempts: 3 });
    await (await lives.open()).putMany(['poison', 'food']);
    for (let kill = 1; kill <= 3; kill += 1) expect(await take(await lives.open())).toMatchObject({ value: 'poison', attempt: kill });
    const queue = await lives.open();
    expect(await doAll(queue)).toEqual(['food']);
    expect(await listed(queue.failed())).toMatchObject([
      { value: 'poison', attempts: 3, error: { name: 'KilledError', message: expect.stringContaining('3 times') } },
    ]);
    expect(await queue.retry()).toBe(1);
    expect(await take(queue)).toMatchObject({ value: 'poison', attempt: 1 });
  });
});

describe('what a codec can not read', () => {
  const codec: Codec<string> = {
    encode: (value) => value,
    decode(text) {
      if (text.startsWith('unreadable')) throw new SyntaxError(`what is ${text}`);
      return text;
    },
  };

  it('is given up with the error, and costs nothing else', async () => {
    const queue = await new QueueLives<string>({ codec }).open();
    await queue.putMany(['a', 'unreadable', 'b']);
    expect(await doAll(queue)).toEqual(['a', 'b']);
    expect(await queue.counts()).toMatchObject({ waiting: 0, done: 2, failed: 1 });
  });

  it('is listed among what failed, with its reason, and hides nothing else', async () => {
    const queue = await new QueueLives<string>({ codec, maxAttempts: 1 }).open();
    await queue.putMany(['unreadable', 'b']);
    await (await take(queue)).fail(new Error('no'));
    expect(await listed(queue.failed())).toMatchObject([
      { error: { name: 'SyntaxError', message: 'what is unreadable' } },
      { value: 'b', error: { message: 'no' } },
    ]);
  });

  it('is given up again after a retry', async () => {
    const queue = await new QueueLives<string>({ codec }).open();
    await queue.put('unreadable');
    for (let round = 0; round < 3; round += 1) {
      expect(await queue.tryGet()).toBeUndefined();
      expect(await queue.counts(), `round ${round}`).toMatchObject({ waiting: 0, failed: 1 });
      expect(await queue.retry(), `round ${round}`).toBe(1);
    }
  });
});
