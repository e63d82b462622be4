import { describe, expect, it } from 'vitest';
import { afterFailedAttempt, move, TASK_STATUSES, taskMoves } from '../../src/machines/task-lifecycle.ts';

describe('a task', () => {
  it('makes these moves, and no others', () => {
    expect(taskMoves().map(({ from, event, to }) => `${from} ${event} ${to}`)).toEqual([
      'pending start running',
      'running succeed succeeded',
      'running fail failed',
      'running giveUp ignored',
      'running expire running',
      'succeeded reopen pending',
      'failed start running',
      'failed reopen pending',
      'ignored reopen pending',
    ]);
  });

  it.each([
    ['succeeded', 'start'],
    ['ignored', 'start'],
    ['running', 'start'],
    ['pending', 'succeed'],
    ['pending', 'expire'],
    ['running', 'reopen'],
  ] as const)('that is %s refuses to %s', (status, event) => expect(move(status, event)).toBeUndefined());

  it('comes to rest only where it is told again, and is never stuck', () => {
    const left = new Set(taskMoves().map(({ from }) => from));
    expect([...left].toSorted()).toEqual(TASK_STATUSES.toSorted());
  });

  it.each([
    [1, 3, false, 'fail'],
    [2, 3, false, 'fail'],
    [3, 3, false, 'giveUp'],
    [4, 3, false, 'giveUp'],
    [1, 1, false, 'giveUp'],
    [1, 3, true, 'giveUp'],
  ] as const)('that failed %i times of %i at most, permanently: %s, comes to %s', (failures, most, permanent, event) =>
    expect(afterFailedAttempt(failures, most, permanent)).toBe(event),
  );
});
