/**
 * Copies of files that are put back to work from another device, in `.dibs/stages`. The key tells which file it is a copy of.
 *
 *     retry.81d0c46ea8b3f5d2.b27278c5a6c52          put back if it has another name too
 *     retry.81d0c46ea8b3f5d2.b27278c5a6c52.judged   the same, and nobody can put it back any more
 *     retried.81d0c46ea8b3f5d2.b27278c5a6c52        put back, whatever became of it
 */
export interface RetryStage {
  readonly key: string;
  /** What makes the name unique. */
  readonly token: string;
  readonly state: 'copied' | 'judged' | 'back';
}

const RETRY = /^retr(y|ied)\.([0-9a-f]{16})\.([a-z0-9]{1,32})(\.judged)?$/;

export function formatRetryStage({ key, token, state }: RetryStage): string {
  return `${state === 'back' ? 'retried' : 'retry'}.${key}.${token}${state === 'judged' ? '.judged' : ''}`;
}

/** Null for a file of any other name. */
export function parseRetryStage(file: string): RetryStage | null {
  const [, kind, key, token, judged] = RETRY.exec(file) ?? [];
  if (key === undefined || token === undefined || (kind === 'ied' && judged !== undefined)) return null;
  return { key, token, state: judged !== undefined ? 'judged' : kind === 'ied' ? 'back' : 'copied' };
}
