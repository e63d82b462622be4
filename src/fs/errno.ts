import { constants } from 'node:os';

/**
 * What Linux may answer and `node:os` has no name for. EUCLEAN is a damaged file system, EREMOTEIO and ENOMEDIUM a
 * device that went away.
 */
const UNNAMED_ON_LINUX = { EUCLEAN: 117, EREMOTEIO: 121, ENOMEDIUM: 123, ESHUTDOWN: 108, EHOSTDOWN: 112 } as const;

const NAMES = namesByNumber();

/**
 * The system's name for what went wrong, as `ENOSPC`; `UNKNOWN` if `error` is not a refusal of the system. libuv has no
 * names for ESTALE, EDQUOT and others and says `Unknown system error -116`, so the number is asked when the name is none.
 */
export function errnoName(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'UNKNOWN';
  const code = 'code' in error ? error.code : undefined;
  const errno = 'errno' in error ? error.errno : undefined;
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return code;
  if (typeof errno === 'number') return NAMES.get(Math.abs(errno)) ?? `errno ${Math.abs(errno)}`;
  return 'UNKNOWN';
}

/** Whether `error` is one of these refusals of the system, by name or by number. */
export function isErrno(error: unknown, ...names: readonly string[]): boolean {
  return names.includes(errnoName(error));
}

/** An error as the system would give it, for what is refused before the system is asked. */
export function errnoError(code: string, syscall: string, path: string): Error {
  const errno = new Map(Object.entries(constants.errno)).get(code);
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), {
    code,
    errno: errno === undefined ? undefined : -errno,
    syscall,
    path,
  });
}

function namesByNumber(): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const [name, number] of Object.entries(constants.errno)) if (!names.has(number)) names.set(number, name);
  if (process.platform === 'linux') for (const [name, number] of Object.entries(UNNAMED_ON_LINUX)) names.set(number, name);
  return names;
}
