import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  documents,
  ExampleGround,
  examples,
  installSelf,
  ROOT,
  snippetsOf,
  testExamples,
  testSnippets,
  whyNotRun,
} from './support/examples.ts';
import type { Snippet } from './support/snippets.ts';
import { typeErrors } from './support/type-errors.ts';

const ground = new ExampleGround();

describe('examples', () => testExamples(ground, examples()));

testSnippets(ground, documents());

it('compiles every snippet in TypeScript that is run', { timeout: 60_000 }, () => {
  const directory = ground.directory('types-');
  installSelf(directory, ROOT);
  const files = documents().flatMap((path) => {
    const snippets = snippetsOf(path).filter((one) => one.language === 'ts' && whyNotRun(one) === undefined);
    return snippets.map((snippet) => writeSource(join(directory, path), snippet));
  });
  expect(typeErrors(files, ROOT)).toEqual([]);
});

function writeSource(directory: string, { code, line }: Snippet): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `line-${line}.mts`);
  writeFileSync(file, code);
  return file;
}
