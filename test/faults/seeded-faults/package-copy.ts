import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CONFIG = 'test/faults/seeded-faults/vitest.config.ts';

/** A text in a file of `dist` that is put in the place of another, which is there once. */
export interface Change {
  readonly file: string;
  readonly search: string;
  readonly replacement: string;
}

export function change(file: string, search: string, replacement: string): Change {
  return { file, search, replacement };
}

/** What the tests of a copy said. */
export interface Outcome {
  /** The tests that were run to their end. */
  readonly passed: readonly string[];
  readonly failed: readonly { readonly test: string; readonly complaint: string }[];
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The built package with its tests in a folder of its own, where it may be spoilt. */
export class PackageCopy {
  readonly #folder: string;

  constructor(changes: readonly Change[] = []) {
    this.#folder = mkdtempSync(join(tmpdir(), 'dibs-seeded-'));
    for (const part of ['dist', 'test', 'package.json']) cpSync(join(ROOT, part), join(this.#folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'), 'dir');
    for (const change of changes) this.#change(change);
  }

  /** Runs those tests of a file whose names match, up to the first that fails if `bail`. */
  async run(file: string, names: RegExp, { bail }: { bail: boolean }): Promise<Outcome> {
    const report = join(this.#folder, 'report.json');
    const options = ['--root', this.#folder, '--config', CONFIG, '--reporter', 'json', '--outputFile', report, '-t', names.source];
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', file, ...options, ...(bail ? ['--bail', '1'] : [])], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
    await once(child, 'close');
    return readOutcome(report, said);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** @throws if the text is not there, or more than once: a fault that can't be seeded any more proves nothing */
  #change({ file, search, replacement }: Change): void {
    const path = join(this.#folder, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const places = text.split(search).length - 1;
    if (places !== 1) throw new Error(`${places} places instead of one in dist/${file} for ${search}`);
    writeFileSync(
      path,
      text.replace(search, () => replacement),
    );
  }
}

function readOutcome(report: string, said: string): Outcome {
  let results: Report['testResults'];
  try {
    const parsed: Report = JSON.parse(readFileSync(report, 'utf8'));
    results = parsed.testResults;
  } catch (cause) {
    throw new Error(`the tests of the copy were not run:\n${said}`, { cause });
  }
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const broken = results.filter(({ message, assertionResults }) => message !== '' && assertionResults.length === 0);
  if (broken.length > 0) throw new Error(`the tests of the copy could not be loaded:\n${broken.map(({ message }) => message).join('\n')}`);
  return {
    passed: tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName),
    failed: tests
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ test: fullName, complaint: failureMessages.join('\n') })),
  };
}
