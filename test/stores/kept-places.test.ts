import { describe, expect, it } from 'vitest';
import { TrackerWorld } from '../support/tracker-world.ts';

const ROOM = '/store/tasks/load';

describe('a status folder that somebody removes while a tracker is open', () => {
  it.each(['pending', 'running', 'succeeded', 'failed', 'ignored'])('%s is made anew when a task comes to lie in it', async (status) => {
    const world = new TrackerWorld('file:');
    const tracker = await world.open({ maxAttempts: 1 });
    const remove = () => world.disk.rmdir(`${ROOM}/${status}`);
    await remove();
    expect(await tracker.create('a', 1)).toBe(true);
    if (status === 'pending') return;
    await tracker.create('b', 1);
    await tracker.run('a', (attempt) => void (attempt.data = 2));
    await expect(tracker.run('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await tracker.counts()).toMatchObject({ running: 0, succeeded: 1, ignored: 1 });
    expect((await world.disk.readdir(`${ROOM}/running`)).filter((name) => name.includes('settling'))).toEqual([]);
  });

  it('is made anew for what is given back, too', async () => {
    const world = new TrackerWorld('file:');
    const tracker = await world.open();
    await tracker.create('a', 1);
    const item = await tracker.next();
    await world.disk.rmdir(`${ROOM}/pending`);
    await item?.release();
    expect(await tracker.get('a')).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('is not made anew where all was deleted: what somebody had is not there any more', async () => {
    const world = new TrackerWorld('file:');
    const [tracker, other] = [await world.open(), await world.open()];
    await tracker.create('a', 1);
    const item = await tracker.next();
    await other.deleteAll();
    await expect(item?.done()).rejects.toMatchObject({ code: 'ERR_CLAIM_LOST' });
    expect(world.disk.exists(`${ROOM}/running`)).toBe(false);
  });
});
