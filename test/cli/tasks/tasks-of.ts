import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, type Ended, jsonLines } from '../dibs.ts';

/** A store in a directory of its own, and the commands of tasks on it. */
export interface TasksAtHand {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  task(...words: string[]): Promise<Ended>;
  /** One as `show --json` prints it. */
  show(id: string): Promise<unknown>;
}

export async function tasksOf(...ids: readonly string[]): Promise<TasksAtHand> {
  const cwd = tempFolder();
  const env = { DIBS_STORE: 'file:./s' };
  const task = (...words: string[]): Promise<Ended> => dibs(['task', ...words], { cwd, env });
  if (ids.length > 0) await task('create', ...ids);
  return { cwd, env, task, show: async (id) => jsonLines(await task('show', id, '--json'))[0] };
}
