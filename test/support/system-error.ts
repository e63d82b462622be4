import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

const NAMES_OF_LIBUV: ReadonlySet<string> = new Set([...getSystemErrorMap().values()].map(([name]) => name));
const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));

/** An error as Node gives it: with a number alone where libuv has no name for it, as for ESTALE and EDQUOT. */
export function systemError(name: string, syscall: string, path: string): Error {
  const number = NUMBERS.get(name);
  if (number === undefined) throw new TypeError(`${name} is no errno of this system`);
  const code = NAMES_OF_LIBUV.has(name) ? name : `Unknown system error -${number}`;
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { errno: -number, code, syscall, path });
}
