import { createHash } from 'node:crypto';

/**
 * Where a task writes a file that is to appear when it has succeeded: beside that place, hidden, and so that a later attempt
 * knows what an earlier one left.
 *
 *     .sales.tsv.3f2a91c0-2.9b1c22d4.staged    what attempt 2 of that task writes, for sales.tsv
 */
export interface OutputStage {
  /** Of the file that is to appear; the beginning of it, where it is long. */
  readonly name: string;
  /** What tells one task from others. */
  readonly task: string;
  readonly attempt: number;
  /** What makes the name unique. */
  readonly token: string;
}

/** So much of a name is kept: with the rest it must not be longer than a file's name may be, in any script. */
const LONGEST_NAME = 40;

export function formatOutputStage({ name, task, attempt, token }: OutputStage): string {
  return `.${beginningOf(name)}.${task}-${attempt}.${token}.staged`;
}

/** The parts of such a name; null for any other file. */
export function parseOutputStage(file: string): OutputStage | null {
  const [, name, task, attempt, token] = /^\.(.+)\.([0-9a-f]{8})-([1-9]\d*)\.([0-9a-f]{8})\.staged$/s.exec(file) ?? [];
  if (name === undefined || task === undefined || token === undefined) return null;
  return { name, task, attempt: Number(attempt), token };
}

/** Whether one may have been written for a file of that name. */
export function isOutputStageOf(stage: OutputStage, name: string): boolean {
  return stage.name === beginningOf(name);
}

/** What tells a task from others in such a name. */
export function outputStageTask(useCase: string, id: string): string {
  return createHash('sha256').update(`${useCase}\0${id}`).digest('hex').slice(0, 8);
}

function beginningOf(name: string): string {
  return Array.from(name).slice(0, LONGEST_NAME).join('');
}
