import type { Surroundings } from '../command.ts';
import { EXIT, exitCodeOfError } from '../exit-code.ts';
import { describeError } from '../render/error-sentence.ts';

/** What became of ids of which each was to be done something with. */
export interface EachId {
  readonly done: number;
  /** Of those that had nothing to do. */
  readonly others: number;
  readonly errors: readonly unknown[];
}

/** Does it with each, whatever becomes of the others. */
export async function eachId(ids: Iterable<string>, act: (id: string) => Promise<boolean>): Promise<EachId> {
  let [done, others] = [0, 0];
  const errors: unknown[] = [];
  for (const id of ids) {
    try {
      if (await act(id)) done += 1;
      else others += 1;
    } catch (error) {
      errors.push(error);
    }
  }
  return { done, others, errors };
}

/** Tells of those that were refused. The exit code is that of the first. */
export async function tellRefused({ err }: Surroundings, { errors }: EachId): Promise<number> {
  for (const error of errors) await err.line(`dibs: ${describeError(error)}`);
  return errors.length === 0 ? EXIT.ok : exitCodeOfError(errors[0]);
}
