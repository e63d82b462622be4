/**
 * The life of a task. Its status is one of five words, and each move from one to another is in the table.
 *
 *     pending ──start──▶ running ──succeed──▶ succeeded
 *     failed ───start──▶ running ──fail─────▶ failed, and due again after a while
 *     running ──expire─▶ running ──giveUp───▶ ignored: attempts used up, or a permanent error
 *     succeeded, failed, ignored ──reopen───▶ pending
 */

export const TASK_STATUSES = ['pending', 'running', 'succeeded', 'failed', 'ignored'] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

/** `expire`: whoever ran it is dead, and somebody starts it anew. */
const TASK_EVENTS = ['start', 'succeed', 'fail', 'giveUp', 'expire', 'reopen'] as const;

export type TaskEvent = (typeof TASK_EVENTS)[number];

/** Every move a task can make. A pair that is not here is refused. */
const MOVES: Record<TaskStatus, Partial<Record<TaskEvent, TaskStatus>>> = {
  pending: { start: 'running' },
  running: { succeed: 'succeeded', fail: 'failed', giveUp: 'ignored', expire: 'running' },
  failed: { start: 'running', reopen: 'pending' },
  succeeded: { reopen: 'pending' },
  ignored: { reopen: 'pending' },
};

/** Where an event leads; undefined if it can't happen in that status. */
export function move(status: TaskStatus, event: TaskEvent): TaskStatus | undefined {
  return MOVES[status][event];
}

/** All moves, for the drawing in the documentation. */
export function taskMoves(): { readonly from: TaskStatus; readonly event: TaskEvent; readonly to: TaskStatus }[] {
  return TASK_STATUSES.flatMap((from) =>
    TASK_EVENTS.flatMap((event) => {
      const to = move(from, event);
      return to === undefined ? [] : [{ from, event, to }];
    }),
  );
}

/** What a failed attempt makes of a task: again, or never again. */
export function afterFailedAttempt(failures: number, maxAttempts: number, permanent: boolean): 'fail' | 'giveUp' {
  return permanent || failures >= maxAttempts ? 'giveUp' : 'fail';
}
