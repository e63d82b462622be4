import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example, MAIN, PACKAGE } from './programs.ts';
import { parseSnippets, promisedOutput, startsOurCommand } from './snippets.ts';
import type { Snippet } from './snippets.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples');
const LIMIT_MS = 60_000;

/** All examples, by name. */
export function examples(): string[] {
  return readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs'));
}

/** All documents, by path. */
export function documents(): string[] {
  const names = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  return ['README.md', 'CONTRIBUTING.md', ...names.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
}

export function snippetsOf(path: string): Snippet[] {
  return parseSnippets(readFileSync(join(ROOT, path), 'utf8'));
}

/** A reason, or undefined when it is to be run. */
export function whyNotRun({ language, code, notRun }: Snippet): string | undefined {
  if (notRun !== undefined) return notRun;
  if (language === 'js' || language === 'ts') return undefined;
  if (language === 'sh') return startsOurCommand(code) ? undefined : 'no command of dibs';
  return `in ${language || 'no language'}`;
}

/** `dibs` is this package, as if it were installed there. */
export function installSelf(directory: string, self: string): void {
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(self, join(directory, 'node_modules', 'dibs'), 'junction');
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
}

/** Where examples are run, with `dibs` and `npx dibs` as a shell finds them after an install; it goes after the last test. */
export class ExampleGround {
  path = '';

  constructor() {
    beforeAll(() => {
      this.path = mkdtempSync(join(tmpdir(), 'dibs-examples-'));
      const bin = join(this.path, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'dibs'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
      writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n');
      for (const name of ['dibs', 'npx']) chmodSync(join(bin, name), 0o755);
    });
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  directory(name: string): string {
    return mkdtempSync(join(this.path, name));
  }

  /** Fails by another exit code than 0, and by a line that `code` promises and that is not printed. */
  async runAndCompare(directory: string, command: string, args: readonly string[], code: string): Promise<void> {
    const { status, output } = await this.#run(directory, command, args);
    const shown = `${[relative(ROOT, command), ...args].join(' ').slice(0, 200)}\n${output}`;
    expect(status, `exit code ${status} of ${shown}`).toBe(0);
    for (const text of promisedOutput(code)) expect(output, shown).toContain(text);
  }

  #run(directory: string, command: string, args: readonly string[]): Promise<{ status: number | string | null; output: string }> {
    const env = { ...process.env, NODE_OPTIONS: '', PATH: [join(this.path, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
    const child = spawn(command, args, {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS - 5_000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ status: code ?? signal, output }));
    });
  }
}

/** Each of these examples is a test, in an empty directory. */
export function testExamples(ground: ExampleGround, names: readonly string[]): void {
  it.for(names)('%s runs and prints what it says', { timeout: LIMIT_MS }, async (name, context) => {
    const code = readFileSync(join(EXAMPLES, name), 'utf8');
    const missing = [...code.matchAll(/^\/\/ needs: (\S+)$/gm)].flatMap(([, command = '']) => (isThere(command) ? [] : command));
    if (missing.length > 0) return context.skip(`needs ${missing.join(', ')}`);
    await ground.runAndCompare(ground.directory('example-'), process.execPath, [example(name)], code);
  });
}

/** Each snippet of these documents is a test. Those of a document are one session: they run in its order, in one directory. */
export function testSnippets(ground: ExampleGround, paths: readonly string[]): void {
  describe.each(paths)('%s', (path) => {
    const snippets = snippetsOf(path);
    let directory: string;

    beforeAll(() => {
      directory = ground.directory('document-');
      // What one reads first runs on the very files that one installs.
      installSelf(directory, path === 'README.md' ? ROOT : PACKAGE);
    });

    it('has a reason for each snippet that is not run', () => {
      const skipped = snippets.flatMap((snippet) => whyNotRun(snippet) ?? []);
      if (skipped.length > 0)
        console.log(`${path}: ${snippets.length - skipped.length} snippets are run, ${skipped.length} are not: ${countEach(skipped)}`);
      expect(snippets.filter((snippet) => snippet.notRun === '')).toEqual([]);
    });

    for (const snippet of snippets.filter((one) => whyNotRun(one) === undefined)) {
      it(`line ${snippet.line} (${snippet.language}) runs and prints what it says`, { timeout: LIMIT_MS }, async () => {
        const [command, ...args] = writeSnippet(directory, snippet);
        await ground.runAndCompare(directory, command, args, snippet.code);
      });
    }
  });
}

function isThere(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0;
}

function countEach(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} × ${reason}`).join(', ');
}

/** Writes it where it can be run, and gives the command that runs it. */
function writeSnippet(directory: string, { language, code, line }: Snippet): [string, ...string[]] {
  if (language === 'sh') return ['sh', '-e', '-c', code];
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const file = join(directory, `line-${line}.mjs`);
  writeFileSync(file, language === 'ts' ? ts.transpile(code, options) : code);
  return [process.execPath, file];
}
