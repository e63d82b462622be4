import { describe, expect, it } from 'vitest';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import { StepPlaces } from '../../src/tasks/status-codes.ts';
import { TaskNotReadyError } from '../../src/tasks/task-errors.ts';
import { hold, TrackerWorld } from '../support/tracker-world.ts';

const CODES = { pending: 10, running: 12, failed: 14, succeeded: 16, ignored: 18 };
const LATER = { pending: 20, running: 22, failed: 24, succeeded: 26, ignored: 28 };

describe('the codes of a step', () => {
  it.each([
    { ...CODES, ignored: 16 },
    { ...CODES, running: 10, failed: 10 },
  ])('TRK-01 are refused when two are one number: %j', (statuses) => {
    expect(() => new StepPlaces(statuses, [])).toThrow(RangeError);
  });

  it('TRK-01 are refused before anything is made', async () => {
    const world = new TrackerWorld('file:');
    await expect(world.open({ statuses: { ...CODES, ignored: 10 } })).rejects.toThrow('must differ');
    await expect(world.open({ statuses: { ...CODES, ignored: -1 } })).rejects.toThrow('each a whole number');
    expect(world.disk.exists('/store')).toBe(false);
  });

  it('TRK-02 lead from name to code and back, and are listed', async () => {
    const tracker = await new TrackerWorld('memory:').open({ statuses: CODES });
    for (const status of TASK_STATUSES) expect(tracker.statusOf(tracker.statusCode(status))).toBe(status);
    expect(tracker.statusCodes).toEqual(CODES);
    expect(() => tracker.statusOf(11)).toThrow('11 is no status of this step');
  });

  it('TRK-15 keep a later step from pulling a task out of one before, by reopen too', async () => {
    const world = new TrackerWorld('memory:');
    const [first, second] = [await world.open({ statuses: CODES }), await world.open({ statuses: LATER, startsFrom: CODES.succeeded })];
    await first.create('a', 1);
    await expect(second.reopen('a')).rejects.toBeInstanceOf(TaskNotReadyError);
    expect((await first.get('a'))?.code).toBe(CODES.pending);
    await first.run('a', () => undefined);
    await second.reopen('a');
    expect((await second.get('a'))?.code).toBe(LATER.pending);
  });

  it('begin anew in each step, also what died in it', async () => {
    const world = new TrackerWorld('file:');
    const first = await world.open({ statuses: CODES, backoff: false });
    await first.create('a', 1);
    for (let tries = 0; tries < 2; tries += 1) await first.run('a', () => Promise.reject(new Error('no'))).catch(() => undefined);
    const step = { statuses: LATER, startsFrom: CODES.failed, maxAttempts: 3 };
    const [doomed, second] = [await world.open(step), await world.open(step)];
    await hold(doomed, 'a');
    await world.kill(doomed);
    await world.passLease(second);
    await second.run('a', () => undefined);
    expect(await second.get('a')).toMatchObject({ code: LATER.succeeded, attempts: 4 });
  });

  it('TRK-02 are none where they were not asked for', async () => {
    const tracker = await new TrackerWorld('memory:').open();
    expect(tracker.statusCodes).toBeUndefined();
    expect(() => tracker.statusCode('failed')).toThrow(RangeError);
  });

  it('lead from another step’s success to this one, and from nothing else', () => {
    const second = new StepPlaces({ pending: 20, running: 22, failed: 24, succeeded: 26, ignored: 28 }, [16]);
    expect(second.isBefore('16-succeeded')).toBe(true);
    expect(second.isBefore('14-failed')).toBe(false);
    expect(second.isBefore('14-failed', [14])).toBe(true);
    expect(second.isBefore('26-succeeded', [26])).toBe(false);
    expect(second.isBefore('succeeded')).toBe(false);
  });
});
