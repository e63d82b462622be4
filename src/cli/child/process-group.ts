import type { ChildProcess } from 'node:child_process';

/**
 * Sends a signal to a program and all that it started. Programs are started as leaders of a group of their own, so the
 * terminal's Ctrl-C reaches us alone and they can finish. A group that is gone is fine.
 */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
