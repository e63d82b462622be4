import { TASK_STATUSES, type TaskStatus } from './task-lifecycle.ts';

/**
 * Where a task lies: its status, and its code where those are numbered, so that steps which follow each other don't share
 * places.
 *
 *     pending   running   16-succeeded   22-running
 */
export type TaskPlace = TaskStatus | `${number}-${TaskStatus}`;

const PLACE = new RegExp(`^(?:(0|[1-9]\\d{0,8})-)?(${TASK_STATUSES.join('|')})$`);

export function formatPlace(status: TaskStatus, code?: number): TaskPlace {
  return code === undefined ? status : `${code}-${status}`;
}

/** The parts of a place; null for anything else. */
export function parsePlace(text: string): { readonly status: TaskStatus; readonly code: number | undefined } | null {
  const [, code, word] = PLACE.exec(text) ?? [];
  const status = TASK_STATUSES.find((one) => one === word);
  return status === undefined ? null : { status, code: code === undefined ? undefined : Number(code) };
}

export function isPlace(text: string): text is TaskPlace {
  return PLACE.test(text);
}

/** Where somebody has each task that is there. */
export function isRunning(place: TaskPlace): boolean {
  return parsePlace(place)?.status === 'running';
}
