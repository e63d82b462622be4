import { type FailureReason } from './failure-reason.ts';
import type { Fields } from './json-record.ts';

/** An attempt that failed, as it is kept with its task. */
export interface TaskError extends FailureReason {
  /** The how manieth attempt. */
  readonly attempt: number;
  /** When, by the clock of whoever wrote it, as ISO 8601. */
  readonly at: string;
  /** What the error named as its cause. */
  readonly cause?: FailureReason;
}

/** How far an attempt is, as far as it said. */
export interface TaskProgress {
  /** From 0 to 1. */
  readonly fraction: number;
  readonly note?: string;
}

/** Files that appear under their names when the task has succeeded: where they are written until then. */
export interface TaskOutput {
  readonly stage: string;
  readonly path: string;
}

/** What is known of a task, but for where it lies and who has it. */
export interface TaskRecord {
  readonly data: unknown;
  /** How often it was started, over all its life. */
  readonly attempts: number;
  /** How many attempts failed since it succeeded, or was reopened, last. */
  readonly failures: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Before that it is not started, as ISO 8601. */
  readonly notBefore?: string | undefined;
  /** The last of them, the newest last. */
  readonly errors: readonly TaskError[];
  /** How many older ones are not kept. */
  readonly errorsDropped: number;
  /** Of the success that this record tells of. */
  readonly outputs?: readonly TaskOutput[] | undefined;
}

/** More would make a record grow for ever. */
const MOST_ERRORS = 20;

/** A task that nobody has begun. */
export function newTaskRecord(data: unknown, createdAt: string): TaskRecord {
  return { data, attempts: 0, failures: 0, createdAt, updatedAt: createdAt, errors: [], errorsDropped: 0 };
}

export function formatTaskRecord(record: TaskRecord): Fields {
  const { notBefore, errorsDropped, outputs, errors, ...rest } = record;
  return {
    ...rest,
    ...(notBefore !== undefined && { notBefore }),
    errors,
    ...(errorsDropped > 0 && { errorsDropped }),
    ...(outputs !== undefined && outputs.length > 0 && { outputs }),
  };
}

/** What a record says. What it does not say, or says in another way, is as if it was never there: a task is harmed by none of it. */
export function parseTaskRecord(fields: Fields): TaskRecord {
  const { data, attempts, failures, createdAt, updatedAt, notBefore, errors, errorsDropped, outputs } = fields;
  return {
    data,
    attempts: countOf(attempts),
    failures: countOf(failures),
    createdAt: textOf(createdAt),
    updatedAt: textOf(updatedAt),
    notBefore: typeof notBefore === 'string' ? notBefore : undefined,
    errors: listOf(errors).flatMap((error) => parseTaskError(error) ?? []),
    errorsDropped: countOf(errorsDropped),
    outputs: listOf(outputs).flatMap((output) => parseOutput(output) ?? []),
  };
}

/** With one more error, and without those that are too old to be kept. */
export function withError(record: TaskRecord, error: TaskError): TaskRecord {
  const errors = [...record.errors, error];
  const dropped = Math.max(0, errors.length - MOST_ERRORS);
  return { ...record, errors: errors.slice(dropped), errorsDropped: record.errorsDropped + dropped };
}

function parseTaskError(value: unknown): TaskError | null {
  if (!isObject(value)) return null;
  const { name, message, stack, attempt, at, cause } = value;
  return {
    ...reasonOf(name, message, stack),
    attempt: countOf(attempt),
    at: textOf(at),
    ...(isObject(cause) && { cause: causeOf(cause) }),
  };
}

function causeOf({ name, message, stack }: Record<string, unknown>): FailureReason {
  return reasonOf(name, message, stack);
}

function reasonOf(name: unknown, message: unknown, stack: unknown): FailureReason {
  return { name: textOf(name), message: textOf(message), ...(typeof stack === 'string' && { stack }) };
}

function parseOutput(value: unknown): TaskOutput | null {
  if (!isObject(value)) return null;
  const { stage, path } = value;
  return typeof stage === 'string' && typeof path === 'string' ? { stage, path } : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The data as the type that it was written as: it was checked then. */
export function dataAs<T>(data: unknown): T {
  return data as T;
}
