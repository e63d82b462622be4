import { formatPlace } from '../../machines/task-place.ts';
import type { TaskProgress } from '../../formats/task-record.ts';
import type { TaskHolder } from '../../stores/store.ts';
import type { Task } from '../../tasks/task.ts';
import { formatNumberOf } from './quantity.ts';
import { formatReason } from './reason.ts';
import { renderTable } from './table.ts';
import { formatSentence, formatValue } from './visible-text.ts';

const COLUMNS = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'ATTEMPTS', align: 'right' },
  { title: 'CHANGED' },
  { title: 'NOW' },
] as const;

/** Tasks, a line each; nothing for none. */
export function renderTasks(tasks: readonly Task[]): string[] {
  if (tasks.length === 0) return [];
  const rows = tasks.map((task) => [
    formatSentence(task.id),
    formatPlace(task.status, task.code),
    String(task.attempts),
    task.updatedAt,
    nowOf(task),
  ]);
  return renderTable(COLUMNS, rows);
}

/** All that is known of one. */
export function renderTask(task: Task): string[] {
  const { id, useCase, status, code, data, attempts, failures, createdAt, updatedAt, errors } = task;
  const now = nowOf(task);
  const failed = failures > 0 ? `, ${failures} failed since it succeeded or was reopened last` : '';
  return [
    ['task', `${formatSentence(id)} of ${formatSentence(useCase)}`],
    ['status', `${formatPlace(status, code)}${now === '' ? '' : `, ${now}`}`],
    ['data', formatValue(data)],
    ['attempts', `${formatNumberOf(attempts, 'attempt')}${failed}`],
    ['created', createdAt],
    ['changed', updatedAt],
    ...errors.map((error) => ['error', `at attempt ${error.attempt}, ${error.at}: ${formatReason(error)}`]),
  ].map(([name = '', text]) => `${name.padEnd(8)}  ${text}`);
}

/** What its status leaves open. */
function nowOf({ status, holder, startedAt, progress, notBefore }: Task): string {
  if (holder !== undefined) return describeHolding({ holder, startedAt, progress });
  return notBefore !== undefined && (status === 'pending' || status === 'failed') ? `due at ${notBefore}` : '';
}

/** Who has something, since when, and how far it is. */
export function describeHolding({ holder, startedAt, progress }: Holding): string {
  const since = startedAt === undefined ? '' : ` since ${formatSentence(startedAt)}`;
  const share = progress === undefined ? '' : `, ${Math.floor(progress.fraction * 100)} %${noteOf(progress.note)}`;
  return `${formatSentence(holder.consumer)} has it (${holder.standing})${since}${share}`;
}

interface Holding {
  readonly holder: TaskHolder;
  readonly startedAt?: string | undefined;
  readonly progress?: TaskProgress | undefined;
}

function noteOf(note: string | undefined): string {
  return note === undefined ? '' : `: ${formatSentence(note)}`;
}
