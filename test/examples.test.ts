import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { example, MAIN, PACKAGE } from './support/programs.ts';
import { parseSnippets, promisedOutput, startsOurCommand } from './support/snippets.ts';
import type { Snippet } from './support/snippets.ts';
import { typeErrors } from './support/type-errors.ts';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLES = join(ROOT, 'examples');
const LIMIT_MS = 60_000;

let scratch: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'dibs-examples-'));
  makeCommands(join(scratch, 'bin'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('examples', () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs'));

  it.for(files)('%s runs and prints what it says', { timeout: LIMIT_MS }, async (name, context) => {
    const code = readFileSync(join(EXAMPLES, name), 'utf8');
    const missing = [...code.matchAll(/^\/\/ needs: (\S+)$/gm)].flatMap(([, command = '']) => (isThere(command) ? [] : command));
    if (missing.length > 0) return context.skip(`needs ${missing.join(', ')}`);
    await runAndCompare(mkdtempSync(join(scratch, 'example-')), process.execPath, [example(name)], code);
  });
});

describe.each(documents())('%s', (path) => {
  const snippets = snippetsOf(path);
  const skipped = snippets.flatMap((snippet) => whyNotRun(snippet) ?? []);
  let directory: string;

  // The snippets of a document are one session: they run in its order, in one directory.
  beforeAll(() => {
    directory = mkdtempSync(join(scratch, 'document-'));
    // What one reads first runs on the very files that one installs.
    installSelf(directory, path === 'README.md' ? ROOT : PACKAGE);
    if (skipped.length > 0)
      console.log(`${path}: ${snippets.length - skipped.length} snippets are run, ${skipped.length} are not: ${countEach(skipped)}`);
  });

  it('has links that lead somewhere', () => {
    const links = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  it('has a reason for each snippet that is not run', () => {
    expect(snippets.filter((snippet) => snippet.notRun === '')).toEqual([]);
  });

  for (const snippet of snippets.filter((one) => whyNotRun(one) === undefined)) {
    it(`line ${snippet.line} (${snippet.language}) runs and prints what it says`, { timeout: LIMIT_MS }, async () => {
      const [command, ...args] = writeSnippet(directory, snippet);
      await runAndCompare(directory, command, args, snippet.code);
    });
  }
});

it('compiles every snippet in TypeScript that is run', { timeout: LIMIT_MS }, () => {
  const directory = mkdtempSync(join(scratch, 'types-'));
  installSelf(directory, ROOT);
  const files = documents().flatMap((path) => {
    const snippets = snippetsOf(path).filter((one) => one.language === 'ts' && whyNotRun(one) === undefined);
    return snippets.map((snippet) => writeSource(join(directory, path), snippet));
  });
  expect(typeErrors(files, ROOT)).toEqual([]);
});

describe('the reading of snippets', () => {
  it('finds code by its fence, with its line, and the reason not to run it', () => {
    const text = [
      '# T',
      '```js',
      'a();',
      '```',
      '<!-- not run: signatures -->',
      '',
      '````ts',
      '```',
      '````',
      '<!-- not run: forgotten -->',
      'text',
      '```sh',
      'dibs status q',
      '```',
    ];
    expect(parseSnippets(text.join('\n'))).toEqual([
      { language: 'js', code: 'a();', line: 3, notRun: undefined },
      { language: 'ts', code: '```', line: 8, notRun: 'signatures' },
      { language: 'sh', code: 'dibs status q', line: 13, notRun: undefined },
    ]);
  });

  it('knows what is promised, and which commands are ours', () => {
    expect(promisedOutput('run(); // prints: 3 done\n# prints: ok')).toEqual(['3 done', 'ok']);
    expect(['dibs status q', '# first\nnpx dibs put q 1'].map(startsOurCommand)).toEqual([true, true]);
    expect(['npm install dibs', 'ls q', 'dibsy x', ''].map(startsOurCommand)).toEqual([false, false, false, false]);
  });

  it('fails by a wrong exit code and by a line that is not printed', async () => {
    const run = (code: string): Promise<void> => runAndCompare(scratch, process.execPath, ['-e', code], code);
    await expect(run('console.log(6 * 7) // prints: 42')).resolves.toBeUndefined();
    await expect(run('process.exit(3)')).rejects.toThrow('exit code 3');
    await expect(run('console.log(6 * 7) // prints: 43')).rejects.toThrow('43');
  });
});

function documents(): string[] {
  const docs = join(ROOT, 'docs');
  const names = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: 'utf8' }) : [];
  return ['README.md', 'CONTRIBUTING.md', ...names.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))].filter(
    (path) => existsSync(join(ROOT, path)),
  );
}

function snippetsOf(path: string): Snippet[] {
  return parseSnippets(readFileSync(join(ROOT, path), 'utf8'));
}

/** A reason, or undefined when it is to be run. */
function whyNotRun({ language, code, notRun }: Snippet): string | undefined {
  if (notRun !== undefined) return notRun;
  if (language === 'js' || language === 'ts') return undefined;
  if (language === 'sh') return startsOurCommand(code) ? undefined : 'no command of dibs';
  return `in ${language || 'no language'}`;
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

function writeSource(directory: string, { code, line }: Snippet): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `line-${line}.mts`);
  writeFileSync(file, code);
  return file;
}

/** `dibs` is this package, as if it were installed there. */
function installSelf(directory: string, self: string): void {
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(self, join(directory, 'node_modules', 'dibs'), 'junction');
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }');
}

/** `dibs` and `npx dibs`, as a shell finds them after an install. */
function makeCommands(bin: string): void {
  mkdirSync(bin);
  writeFileSync(join(bin, 'dibs'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\nexec "$@"\n');
  for (const name of ['dibs', 'npx']) chmodSync(join(bin, name), 0o755);
}

async function runAndCompare(directory: string, command: string, args: readonly string[], code: string): Promise<void> {
  const { status, output } = await run(directory, command, args);
  const shown = `${[relative(ROOT, command), ...args].join(' ').slice(0, 200)}\n${output}`;
  expect(status, `exit code ${status} of ${shown}`).toBe(0);
  for (const text of promisedOutput(code)) expect(output, shown).toContain(text);
}

function run(directory: string, command: string, args: readonly string[]): Promise<{ status: number | string | null; output: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', PATH: [join(scratch, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
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
