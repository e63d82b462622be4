import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outputIn, storeDirectory, trackerIn, trackerProcess } from '../support/tracker-process.ts';
import { expectAllowedStates } from '../support/store-states.ts';

describe('a task whose process is killed with -9', () => {
  it('is unfinished and started again at once on this machine, from its checkpoint, and its file never appears', async () => {
    const directory = storeDirectory();
    const tracker = await trackerIn(directory);
    await tracker.create('a', null);
    const victim = await trackerProcess(directory);
    const output = outputIn(directory);
    expect(await victim.ask(`hold a ${output}`)).toEqual({ held: 'a', attempt: 1 });
    expect(await tracker.listUnfinished()).toEqual([]);
    await expect(tracker.run('a', () => expect.unreachable())).rejects.toMatchObject({ code: 'ERR_TASK_LOCKED' });
    await victim.kill();
    expectAllowedStates(directory);
    expect(await tracker.listUnfinished()).toMatchObject([{ id: 'a', status: 'running', holder: { standing: 'dead' }, failures: 1 }]);
    await tracker.run('a', (attempt) => expect(attempt).toMatchObject({ number: 2, data: { by: victim.pid } }));
    expect(await tracker.get('a')).toMatchObject({ status: 'succeeded', attempts: 2, errors: [{ name: 'KilledError' }] });
    expect(existsSync(output)).toBe(false);
  });
});
