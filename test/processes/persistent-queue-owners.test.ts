import { describe, expect, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { take } from '../support/queue-lives.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { ToldOwner } from '../support/told-owner.ts';

describe('Q-21 an owner in another process', () => {
  it('that is killed is succeeded at once, with all that it was told', async () => {
    const directory = tempFolder();
    const owner = new ToldOwner();
    await owner.ask('open', directory, { leaseMs: 600_000 });
    expect(await owner.ask('put', 'a')).toEqual({ put: true });
    expect(await owner.ask('put', 'b', { key: 'k' })).toEqual({ put: true });
    expect(await owner.ask('take')).toMatchObject({ value: 'a', attempt: 1 });
    await owner.process.kill();
    const queue = await PersistentQueue.open<string>(directory, { leaseMs: 600_000 });
    expect(queue.run).toBe(2);
    expect(await queue.put('b', { key: 'k' })).toBe(false);
    expect(await take(queue)).toMatchObject({ value: 'a', attempt: 2 });
    expect(await take(queue)).toMatchObject({ value: 'b', attempt: 1 });
    await queue.dispose();
  });
});
