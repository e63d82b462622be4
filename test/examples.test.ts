import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, ExampleGround, ROOT, testExamples, testSnippets } from './support/examples.ts';
import { parseSnippets, promisedOutput, startsOurCommand } from './support/snippets.ts';

const ground = new ExampleGround();

// What one tries first; all others are run by the slow suite.
describe('examples', () => testExamples(ground, ['first-queue.mjs', 'resume.mjs']));

testSnippets(ground, ['README.md']);

it.each(documents())('%s has links that lead somewhere', (path) => {
  const links = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) => link);
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
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
    const run = (code: string): Promise<void> => ground.runAndCompare(ground.path, process.execPath, ['-e', code], code);
    await expect(run('console.log(6 * 7) // prints: 42')).resolves.toBeUndefined();
    await expect(run('process.exit(3)')).rejects.toThrow('exit code 3');
    await expect(run('console.log(6 * 7) // prints: 43')).rejects.toThrow('43');
  });
});
