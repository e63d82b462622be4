import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { taskMoves } from '../src/machines/task-lifecycle.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGE = linesOf(readFileSync(join(ROOT, 'docs', 'lifecycles.md'), 'utf8'));

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/^ ?\* ?/, '').trim());
}

it.each(['producer-roster', 'liveness', 'task-lifecycle'])('docs/lifecycles.md draws what machines/%s.ts draws', (machine) => {
  const source = linesOf(readFileSync(join(ROOT, 'src', 'machines', `${machine}.ts`), 'utf8'));
  const drawing = source.filter((line) => line.includes('──'));
  expect(drawing.length).toBeGreaterThan(1);
  const start = PAGE.indexOf(drawing[0] ?? '');
  expect(PAGE.slice(start, start + drawing.length)).toEqual(drawing);
});

it('docs/lifecycles.md tells each move that a task can make, and no other', () => {
  const rows = PAGE.flatMap((line) => {
    const [, from, event, to] = /^\| `(\w+)` \| `(\w+)` \| `(\w+)` \|$/.exec(line) ?? [];
    return from === undefined ? [] : [{ from, event, to }];
  });
  expect(rows.toSorted(byText)).toEqual(taskMoves().toSorted(byText));
});

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}
