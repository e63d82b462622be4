import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..', 'faults', 'shim', 'faultshim.c');

/** What happens at a call, in the words of faultshim.c. */
export interface ShimFault {
  readonly mode: 'kill' | 'killafter' | 'error' | 'after' | 'short' | 'lie';
  /** The how manieth call under the directory. */
  readonly at: number;
  readonly errno?: string;
}

/** One call that the shim saw. */
export interface ShimCall {
  readonly number: number;
  readonly name: string;
  readonly thread: string;
  readonly path: string;
}

/** Why the shim can't be made here; undefined if it can. */
export function whyNoShim(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  return spawnSync('gcc', ['--version']).status === 0 ? undefined : 'there is no gcc';
}

/** Compiles it into a folder, and gives where it is. */
export function compileShim(folder: string): string {
  const shim = join(folder, 'faultshim.so');
  const { status, stderr } = spawnSync('gcc', ['-Wall', '-shared', '-fPIC', '-O1', '-o', shim, SOURCE, '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`gcc: ${stderr}`);
  return shim;
}

/** The environment in which a program meets that fault, or none and is only watched. */
export function shimEnvironment(shim: string, directory: string, log: string, fault?: ShimFault): Record<string, string> {
  return {
    LD_PRELOAD: shim,
    FAULT_PATH: directory,
    FAULT_LOG: log,
    ...(fault && { FAULT_MODE: fault.mode, FAULT_AT: String(fault.at), FAULT_ERRNO: String(errnoNumber(fault.errno)) }),
  };
}

/** The calls that were made. */
export function readCalls(log: string): ShimCall[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [number, name = '', thread = '', path = ''] = line.split(' ');
    return { number: Number(number), name, thread, path };
  });
}

function errnoNumber(name: string | undefined): number {
  const numbers: Readonly<Record<string, number>> = constants.errno;
  return (name === undefined ? undefined : numbers[name]) ?? 0;
}
