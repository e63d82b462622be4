import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { whyNotAsRoot } from './missing-tools.ts';

/** What is wrong with a clock, as libfaketime is told. */
export const SHIFTS = ['+0', '+1h', '-1h', '+1d', '-1d', '+10y', '-10y'] as const;
export type Shift = (typeof SHIFTS)[number];

/** The clock on the wall of one process: another one than ours, and set while it runs. Its time since the boot stays right. */
export class WallClock {
  /** Starts a program that sees it. */
  readonly launcher: readonly string[];
  readonly #file: string;

  constructor(file: string, shift: Shift) {
    this.#file = file;
    this.set(shift);
    // Without the first Node stops at once: it trusts in that time never goes back.
    const settings = {
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      LD_PRELOAD: library() ?? '',
    };
    this.launcher = ['env', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)];
  }

  set(shift: Shift): void {
    writeFileSync(`${this.#file}.next`, shift);
    renameSync(`${this.#file}.next`, this.#file);
  }
}

/** Why no clock can be shifted here; undefined if it can. */
export function whyNoShiftedClocks(): string | undefined {
  return whyNotAsRoot() ?? (library() === undefined ? 'libfaketime is missing (the package is called faketime)' : undefined);
}

function library(): string | undefined {
  for (const place of ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']) {
    try {
      if (readdirSync(`${place}/faketime`).includes('libfaketimeMT.so.1')) return `${place}/faketime/libfaketimeMT.so.1`;
    } catch {
      // Another place has it, or none.
    }
  }
  return undefined;
}
