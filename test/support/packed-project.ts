import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installPacked } from './packed.ts';

/** An empty project with this package in it, packed and installed, for all tests of a file. */
export class PackedProject {
  path = '';

  constructor() {
    beforeAll(() => {
      this.path = mkdtempSync(join(tmpdir(), 'dibs-packed-'));
      this.write('package.json', JSON.stringify({ name: 'empty-project', private: true }));
      installPacked(this.path);
    }, 120_000);
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  write(file: string, text: string | Uint8Array): void {
    writeFileSync(join(this.path, file), text);
  }

  /** What a program prints. */
  node(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
    return execFileSync(process.execPath, args, {
      cwd: this.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
  }

  /** The names that a script prints. */
  names(file: string, script: string): string[] {
    this.write(file, script);
    const names: string[] = JSON.parse(this.node([file]));
    return names.toSorted();
  }
}
