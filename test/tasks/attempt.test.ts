import { describe, expect, it } from 'vitest';
import { ClaimLostError, UnserialisableValueError } from '../../src/errors.ts';
import { gate } from '../support/gate.ts';
import { hold, LEASE_MS, STORES, TrackerWorld } from '../support/tracker-world.ts';

interface Load {
  done: number[];
}

describe.each(STORES)('an attempt in %s', (store) => {
  it('keeps what a checkpoint wrote, though it fails', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { done: [] });
    const running = tracker.run('a', async (attempt) => {
      attempt.data.done.push(1);
      await attempt.checkpoint();
      attempt.data.done.push(2);
      throw new Error('no');
    });
    await expect(running).rejects.toThrow('no');
    expect(await tracker.get('a')).toMatchObject({ status: 'failed', data: { done: [1] } });
  });

  it('shows others what a checkpoint wrote, and how far it is, while it runs', async () => {
    const world = new TrackerWorld(store);
    const [tracker, other] = [await world.open<Load>(), await world.open<Load>()];
    await tracker.create('a', { done: [] });
    const { attempt, end } = await hold(tracker, 'a');
    attempt.data.done.push(1);
    await attempt.progress(0.25);
    expect(await other.get('a')).toMatchObject({ data: { done: [] }, progress: { fraction: 0.25 } });
    await attempt.checkpoint();
    await attempt.progress(0.5, 'half of it');
    attempt.data.done.push(2);
    expect(await other.get('a')).toMatchObject({ status: 'running', data: { done: [1] }, progress: { fraction: 0.5, note: 'half of it' } });
    await end();
    const task = await other.get('a');
    expect(task).toMatchObject({ status: 'succeeded', data: { done: [1, 2] } });
    expect(task?.progress).toBeUndefined();
  });

  it('begins with what a checkpoint of one that died wrote, and keeps it, whatever it says of its progress', async () => {
    const world = new TrackerWorld(store);
    const [tracker, second, third] = [await world.open<Load>(), await world.open<Load>(), await world.open<Load>()];
    await tracker.create('a', { done: [] });
    const first = await hold(tracker, 'a');
    first.attempt.data.done.push(1);
    await first.attempt.checkpoint();
    await first.attempt.progress(0.9);
    await world.kill(tracker);
    await world.passLease(second);
    const held = await hold(second, 'a');
    expect(held.attempt.number).toBe(2);
    expect(held.attempt.data).toEqual({ done: [1] });
    expect((await second.get('a'))?.progress, 'that was the first attempt’s').toBeUndefined();
    await held.attempt.progress(0.1);
    expect(await third.get('a')).toMatchObject({ data: { done: [1] }, progress: { fraction: 0.1 } });
    await world.kill(second);
    await world.passLease(third);
    await third.run('a', (attempt) => void attempt.data.done.push(2));
    expect(await third.get('a')).toMatchObject({ status: 'succeeded', data: { done: [1, 2] }, attempts: 3, failures: 0 });
  });

  it('keeps what a checkpoint wrote when it is given back', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { done: [] });
    const item = await tracker.next();
    item?.current.data.done.push(1);
    await item?.current.checkpoint();
    item?.current.data.done.push(2);
    await item?.release();
    expect(await tracker.get('a')).toMatchObject({ status: 'pending', data: { done: [1] }, attempts: 0, failures: 0, errors: [] });
  });

  it('may write much at once, and end meanwhile: one comes after the other', async () => {
    const tracker = await new TrackerWorld(store).open<Load>();
    await tracker.create('a', { done: [] });
    const written: Promise<void>[] = [];
    await tracker.run('a', (attempt) => {
      for (let n = 1; n <= 5; n += 1) {
        attempt.data.done.push(n);
        written.push(attempt.checkpoint(), attempt.progress(n / 5));
      }
    });
    await Promise.all(written);
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', data: { done: [1, 2, 3, 4, 5] } });
  });

  it('refuses progress that is none', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    const { attempt, end } = await hold(tracker, 'a');
    for (const fraction of [-0.1, 1.1, Number.NaN]) await expect(attempt.progress(fraction)).rejects.toBeInstanceOf(RangeError);
    await end();
  });

  it('loses none of several changes that are begun at once', async () => {
    const tracker = await new TrackerWorld(store).open<{ n: number }>();
    await tracker.create('a', { n: 0 });
    await tracker.run('a', async (attempt) => {
      const add = async (data: { n: number }): Promise<void> => {
        await Promise.resolve();
        data.n += 1;
      };
      const fail = (): never => {
        throw new Error('no');
      };
      await Promise.allSettled([attempt.update(add), attempt.update(fail), attempt.update(add), attempt.update(add)]);
    });
    expect(await tracker.get('a')).toMatchObject({ data: { n: 3 } });
  });

  it('goes on after a checkpoint of what can’t be written', async () => {
    const tracker = await new TrackerWorld(store).open<unknown>();
    await tracker.create('a', 1);
    await tracker.run('a', async (attempt) => {
      attempt.data = 1n;
      await expect(attempt.checkpoint()).rejects.toBeInstanceOf(UnserialisableValueError);
      attempt.data = 2;
    });
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', data: 2 });
  });

  it('writes nothing once it has ended', async () => {
    const tracker = await new TrackerWorld(store).open();
    await tracker.create('a', 1);
    const { attempt, end } = await hold(tracker, 'a');
    await end();
    await expect(attempt.checkpoint()).rejects.toThrow('has ended');
    await expect(attempt.progress(1)).rejects.toThrow('has ended');
    await expect(attempt.output('/out/x')).rejects.toThrow('has ended');
  });
});

describe('an attempt on a disk that answers late', () => {
  it('is not taken for lost while its claim has a new name already, and nobody has said so', async () => {
    const world = new TrackerWorld('file:');
    const [asked, reply] = [gate(), gate()];
    const rename = async (from: string, to: string): Promise<void> => {
      await world.disk.rename(from, to);
      if (!to.includes('~')) return;
      asked.open();
      await reply.opened;
    };
    const tracker = await world.open<Load>({ fileSystem: { ...world.disk, rename } });
    await tracker.create('a', { done: [] });
    const { attempt, end } = await hold(tracker, 'a');
    const writing = attempt.checkpoint();
    await asked.opened;
    await world.clock.advance(LEASE_MS);
    expect(attempt.signal.aborted).toBe(false);
    reply.open();
    await writing;
    await end();
  });
});

describe('an attempt whose task another has taken over', () => {
  it('is told within a fifth of its lease, and refused whatever it writes', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open<Load>(), await world.open<Load>()];
    await tracker.create('a', { done: [] });
    const late = await hold(tracker, 'a');
    // Its beats end, as if its thread had been stopped, and nothing else of it.
    await world.kill(tracker);
    await world.passLease(other);
    const taken = await hold(other, 'a');
    await world.clock.advance(LEASE_MS / 5);
    expect(late.attempt.signal.reason).toBeInstanceOf(ClaimLostError);
    for (const call of [() => late.attempt.checkpoint(), () => late.attempt.progress(0.5), () => late.attempt.output('/out/x')])
      await expect(call()).rejects.toBeInstanceOf(ClaimLostError);
    late.attempt.data.done.push(1);
    await expect(late.end()).rejects.toBeInstanceOf(ClaimLostError);
    expect(await other.get('a')).toMatchObject({ status: 'running', data: { done: [] } });
    taken.attempt.data.done.push(2);
    await taken.end();
    expect(await other.get('a')).toMatchObject({ status: 'succeeded', data: { done: [2] }, attempts: 2 });
  });

  it('can’t end it, though it was not told yet, and its own error is the cause', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const late = await hold(tracker, 'a');
    await world.kill(tracker);
    await world.passLease(other);
    await other.run('a', () => undefined);
    const before = await other.get('a');
    const error = new Error('mine');
    await expect(late.end(error)).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST', cause: error });
    expect(await other.get('a')).toEqual(before);
  });
});
