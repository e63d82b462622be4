import { PermanentError } from '../../errors.ts';

// As for an argument: a variable with its name and its closing NUL.
const LONGEST_VARIABLE = 131_071;

/** A variable that may be left out when it is too long, because what is in it comes on stdin too. */
export interface LongVariable {
  readonly name: string;
  readonly text: string;
  readonly isOnStdin: boolean;
}

/** The environment with a variable more. @throws PermanentError if no variable can carry it, and it is nowhere else */
export function withLongVariable(env: NodeJS.ProcessEnv, { name, text, isOnStdin }: LongVariable): NodeJS.ProcessEnv {
  if (Buffer.byteLength(`${name}=${text}`) < LONGEST_VARIABLE) return { ...env, [name]: text };
  if (isOnStdin) return env;
  throw new PermanentError(`${name} would be too long for the environment (128 KiB); use --stdin`);
}
