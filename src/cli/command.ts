import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Output } from './output.ts';

/** One verb of the command line: what it takes, what its help says, and what it does. */
export interface Command<Options> {
  readonly name: string;
  readonly summary: string;
  /** What comes after the directory, as `[value...]`. */
  readonly rest?: { readonly syntax: string; readonly description: string };
  readonly options: readonly CommandOption[];
  /** A command line and what it does, for `--help`. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Gives the exit code. */
  run(surroundings: Surroundings, call: Call<Options>): Promise<number>;
}

export interface CommandOption {
  /** As `-j, --concurrency <n>`. */
  readonly flags: string;
  readonly description: string;
  /** Turns what was typed into the value; throws a `UsageError`. */
  readonly parse?: (text: string) => unknown;
  readonly default?: unknown;
}

/** What was typed. */
export interface Call<Options> {
  readonly directory: string;
  readonly rest: readonly string[];
  readonly options: Options;
}

/** What a command may touch besides its queue. */
export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly stdin: Readable;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly clock: Clock;
}
