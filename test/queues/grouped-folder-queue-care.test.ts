import { describe, expect, it } from 'vitest';
import { ClaimLostError, QueueClosedError } from '../../src/errors.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { inFolder, messagesIn, said } from '../support/folder-ground.ts';
import { days, doAllGroups, nextGroup, openGroups } from '../support/grouped-ground.ts';

const ENDED = inFolder(said(1, 'helo', 'done'));

describe('a reader of groups', () => {
  it('F-33 counts, tells and puts back what was given up, file by file', async () => {
    const queue = await openGroups(memoryDisk({ ...days('mon', 'tue', 'wed'), ...ENDED }), { maxAttempts: 1 });
    expect(await queue.counts()).toEqual({ ready: 9, claimed: 0, failed: 0, done: 0 });
    await (await nextGroup(queue)).fail(new Error('no rows'));
    await (await nextGroup(queue)).done();
    const held = await nextGroup(queue);
    expect(await queue.counts()).toEqual({ ready: 0, claimed: 3, failed: 3, done: 3 });
    const failed: string[] = [];
    for await (const { name, attempts, error } of queue.failed()) failed.push(`${name} ${attempts} ${error?.message}`);
    expect(failed).toEqual(['mon_east.tsv 1 no rows', 'mon_north.tsv 1 no rows', 'mon_south.tsv 1 no rows']);
    expect(await queue.retry(['mon_east.tsv'])).toBe(1);
    expect(await queue.tryGet(), 'not yet whole').toBeUndefined();
    expect(await queue.retry()).toBe(2);
    await held.done();
    expect(await doAllGroups(queue)).toEqual(['mon#1']);
    await queue.dispose();
  });

  it('F-34 reset takes from it the group that it has in hands itself, and tells it so', async () => {
    const fs = memoryDisk({ ...days('mon'), ...ENDED });
    const queue = await openGroups(fs);
    const group = await nextGroup(queue);
    expect(await queue.reset()).toEqual({ claims: 3, controlFiles: 2 });
    await expect(group.done()).rejects.toThrow(ClaimLostError);
    expect(await queue.tryGet()).toMatchObject({ group: 'mon', attempt: 2 });
    expect(await queue.releaseClaims()).toBe(3);
    expect(await queue.clearControlFiles()).toBe(0);
    await expect(queue.reset(JSON.parse('{"hard":true}'))).rejects.toThrow(TypeError);
    expect(await messagesIn(fs)).toHaveLength(3);
    await queue.dispose();
  });

  it('F-34 is refused to clear up while another one lives, and purges the folder when it is alone', async () => {
    const fs = memoryDisk({ ...days('mon'), ...ENDED });
    const [first, second] = [await openGroups(fs), await openGroups(fs)];
    await expect(first.purge()).rejects.toMatchObject({ code: 'ERR_FOLDER_IN_USE', user: second.consumer });
    await expect(first.clearControlFiles()).rejects.toMatchObject({ code: 'ERR_FOLDER_IN_USE' });
    await second.dispose();
    await first.purge();
    expect(await messagesIn(fs)).toEqual([]);
    await expect(first.get()).rejects.toThrow(QueueClosedError);
    await expect(first.retry()).rejects.toThrow(QueueClosedError);
  });
});
