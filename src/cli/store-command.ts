import type { CommandOption, Surroundings } from './command.ts';
import { UsageError } from './usage-error.ts';

/** One verb below `dibs task` or `dibs batch`: it works on a store that an option or the environment names. */
export interface StoreCommand<Options> {
  readonly name: string;
  readonly summary: string;
  /** What is typed beside options, as `<id>` or `[id...]`. */
  readonly operands: readonly { readonly syntax: string; readonly description: string }[];
  readonly options: readonly CommandOption[];
  /** A command line and what it does, for `--help`. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Gives the exit code. */
  run(surroundings: Surroundings, call: StoreCall<Options>): Promise<number>;
}

/** What was typed. */
export interface StoreCall<Options> {
  /** The address of the store. */
  readonly store: string;
  /** All operands, one after the other. */
  readonly words: readonly string[];
  readonly options: Options;
}

export type DeclareStoreCommand = <O>(command: StoreCommand<O>) => void;

export const STORE_VARIABLE = 'DIBS_STORE';

export const STORE_OPTION: CommandOption = {
  flags: '--store <url>',
  description: `where they are, as file:./load (default: what ${STORE_VARIABLE} says)`,
};

/** The store that is meant. @throws UsageError if nothing names it */
export function storeNamed(given: unknown, env: Surroundings['env'], help: string): string {
  const url = typeof given === 'string' && given !== '' ? given : (env[STORE_VARIABLE] ?? '');
  if (url === '') throw new UsageError(`no store is named: give --store file:./load, or set ${STORE_VARIABLE}. Run: ${help}`);
  if (url.startsWith('memory:'))
    throw new UsageError(`${url} is gone when this command ends: name a directory, as file:./load. Run: ${help}`);
  return url;
}
