import { expect, it } from 'vitest';
import { renderTask, renderTasks } from '../../../src/cli/render/task.ts';
import type { Task } from '../../../src/tasks/task.ts';

function task(change: Partial<Task> = {}): Task {
  const at = '2026-11-27T00:00:00.000Z';
  return {
    id: 'a',
    useCase: 'u',
    status: 'pending',
    data: null,
    attempts: 0,
    failures: 0,
    createdAt: at,
    updatedAt: at,
    errors: [],
    ...change,
  };
}

function statusOf(change: Partial<Task>): string | undefined {
  return renderTask(task(change))[1];
}

it('shows nothing for no tasks, and a head for some', () => {
  expect(renderTasks([])).toEqual([]);
  expect(renderTasks([task()])).toHaveLength(2);
});

it('says who has a task, and how far that is', () => {
  const holder = { consumer: 'host-1-4711-9f', standing: 'silent' } as const;
  expect(statusOf({ status: 'running', holder })).toBe('status    running, host-1-4711-9f has it (silent)');
  expect(statusOf({ status: 'running', holder, progress: { fraction: 0.999, note: 'a\nb' } })).toBe(
    'status    running, host-1-4711-9f has it (silent), 99 %: a b',
  );
});

it('says when a task is due, if it ever comes to be', () => {
  const notBefore = '2026-11-28T00:00:00.000Z';
  expect(statusOf({ notBefore })).toBe(`status    pending, due at ${notBefore}`);
  expect(statusOf({ status: 'failed', notBefore })).toBe(`status    failed, due at ${notBefore}`);
  expect(statusOf({ status: 'ignored', notBefore })).toBe('status    ignored');
});

it('is safe on a terminal, whatever data and errors are', () => {
  const error = { name: 'Error', message: 'a\u001b[2J\nb', attempt: 1, at: 'then' };
  const lines = renderTask(task({ data: 'x\u0007', errors: [error] }));
  expect(lines[2]).toBe('data      "x\\u0007"');
  expect(lines.at(-1)).toBe('error     at attempt 1, then: a\\u001b[2J b');
});
