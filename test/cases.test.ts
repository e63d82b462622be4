import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caseIdsIn, testedCaseIds } from './support/case-ids.ts';

const TEST = import.meta.dirname;
/** The families whose every case has to have a test by now. */
const HELD = ['Q', 'W'];

function listed(): string[] {
  const lines = readFileSync(join(TEST, 'CASES.md'), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('- ')).flatMap(caseIdsIn);
}

let known: ReadonlySet<string> | undefined;

function tested(): ReadonlySet<string> {
  return (known ??= readAll());
}

function readAll(): ReadonlySet<string> {
  const files = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && name !== 'cases.test.ts');
  return new Set(files.flatMap((name) => testedCaseIds(name, readFileSync(join(TEST, name), 'utf8'))));
}

it('has a test for every case of the families that are held', () => {
  const there = tested();
  const missing = listed().filter((id) => !there.has(id));
  const open = new Map<string, number>();
  for (const id of missing) open.set(familyOf(id), (open.get(familyOf(id)) ?? 0) + 1);
  console.log(`Cases without a test yet: ${[...open].map(([family, count]) => `${family} ${count}`).join(', ') || 'none'}`);
  expect(missing.filter((id) => HELD.includes(familyOf(id)))).toEqual([]);
});

it('lists every case once, and knows every case that a test names', () => {
  const ids = listed();
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  expect([...tested()].filter((id) => !ids.includes(id))).toEqual([]);
  expect(ids.filter((id) => familyOf(id) === 'Q')).toHaveLength(37);
  expect(ids.filter((id) => familyOf(id) === 'W')).toHaveLength(8);
});

it('counts a case only by the name of a test that is run', () => {
  const text = [
    "describe('Q-01 all', () => { it.each([1])('Q-02 and Q-03 %s', () => {}); it(`W-01 ${x}`, () => {}); });",
    "// it('Q-04')",
    "it.skip('Q-05', () => {}); it.todo('Q-06'); describe.skip.each([1])('Q-07', () => {}); expect('Q-08');",
    "it.skipIf(root)('Q-09', () => {});",
  ].join('\n');
  expect(testedCaseIds('x.test.ts', text)).toEqual(['Q-01', 'Q-02', 'Q-03', 'W-01', 'Q-09']);
});

function familyOf(id: string): string {
  return id.slice(0, id.indexOf('-'));
}
