import { readFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';
import { ALLOWED_STATES, judgeStates, namesBelow } from './allowed-states.mjs';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'crashes.md'), 'utf8');
const [QUEUE = '', FOLDER = '', STORE = ''] = PAGE.split(/\n# (?:Folder queues|Tasks and batches)\n/);
const PARTS = { queue: QUEUE, folder: FOLDER, store: STORE } as const;

/** The cells of all tables that begin with this heading, without marks in the first and the last one. */
function rowsUnder(part: string, heading: string): string[][] {
  return part
    .split(/\n\n+/)
    .filter((block) => block.startsWith(`| ${heading} |`))
    .flatMap((block) => block.trim().split('\n').slice(2))
    .map((line) => line.replace(/^\| | \|$/g, '').split(' | '));
}

function plain(cell = ''): string {
  return cell.replaceAll('`', '');
}

const KINDS = ['queue', 'folder', 'store'] as const;

describe('docs/crashes.md', () => {
  it.each(KINDS)('shows the states that the checker of a %s allows, and no others, row by row', (kind) => {
    const shown = rowsUnder(PARTS[kind], 'state').map(([state, names, leftBy]) => [state, names, plain(leftBy).split(' · ')]);
    expect(shown.length).toBeGreaterThan(5);
    expect(shown).toEqual(ALLOWED_STATES[kind]);
  });

  it.each(KINDS)('says of each operation of a %s which state a stop in it leaves, and of no other operation', (kind) => {
    const rows = rowsUnder(PARTS[kind], 'operation');
    const leaving = new Set(ALLOWED_STATES[kind].flatMap(([, , leftBy]) => leftBy));
    expect(rows.map(([operation]) => plain(operation)).toSorted()).toEqual([...leaving].toSorted());
    for (const [operation, ...cells] of rows) {
      expect(cells, operation).toHaveLength(3);
      for (const cell of cells) expect(cell.trim(), operation).not.toBe('');
    }
  });
});

describe('the judge of what a stop left', () => {
  /** What it says of files that have these names each. */
  function judge(kind: (typeof KINDS)[number], ...files: readonly (readonly string[])[]): string[] {
    const found = files.flatMap((names, file) => names.map((path) => ({ path, file: String(file) })));
    return judgeStates(kind, found);
  }

  const claim = 'a.tsv.etl-1-4711-9f3ac2d1-7a2.wip';
  const stage = '.dibs/stages/stage.etl-1-4711-9f3ac2d1.1';

  it('has nothing to say of what the table allows', () => {
    expect(judge('folder', ['a.tsv', stage], [claim, 'done/b.tsv'], [claim, '../source/a.tsv'], ['c.tsv.b27278c5a6c52a1.again'])).toEqual(
      [],
    );
    expect(judge('queue', ['owner.1', 'stage.9f3ac2d1'], ['owner.2'], ['q.0000001.0000000001.put.tsv'])).toEqual([]);
  });

  it.each([
    ['a message that is ready twice', ['a.tsv', 'b.tsv']],
    ['one that is ready and claimed', ['a.tsv', claim]],
    ['one that was given back by a second name', [claim, 'a.tsv.b27278c5a6c52a1.again']],
    ['one that is done and given up', ['done/a.tsv', 'failed/a.tsv']],
    ['one that is done and ready', ['done/a.tsv', 'a.tsv']],
    ['one that has two stages', ['a.tsv', stage, `${stage}2`]],
    ['what is known to nobody', ['.dibs/a.tmp']],
    ['a group that is done and given up', ['a.tsv.etl-1-4711-9f3ac2d1-7a2.finished', 'failed/a.tsv']],
  ])('complains of %s', (_, names) => {
    expect(judge('folder', names)).toEqual([expect.stringContaining('no stop may leave a file under')]);
  });

  it.each([
    ['a journal under two names', ['q.1.1.put.tsv', 'q.2.1.put.tsv']],
    ['two owners in one file', ['owner.1', 'owner.2']],
    ['what is known to nobody', ['q.1.1.put.tsv.tmp']],
  ])('complains in a queue of %s', (_, names) => {
    expect(judge('queue', names)).toEqual([expect.stringContaining('no stop may leave a file under')]);
  });

  const running = (id: string, state: string): string => `tasks/load/running/${id}.json.etl-1-4711-9f3ac2d1-7a2.${state}`;
  const id = 'tasks/load/.dibs/ids/a.json';

  it('has nothing to say of what the table allows of a store', () => {
    expect(judge('store', [id, 'tasks/load/pending/a.json'])).toEqual([]);
    expect(judge('store', [id, running('a', 'settling')], ['tasks/load/succeeded/a.json'])).toEqual([]);
    expect(judge('store', [id], [running('a~k4f', 'wip')], ['tasks/load/.dibs/checkpoints/a.json.k4f'])).toEqual([]);
    expect(judge('store', ['batches/b/plan.json', 'batches/b/stage.8bd66c9d293686b8'], ['batches/b/left-c061/00/00/5a'])).toEqual([]);
  });

  it.each([
    ['a task that is under two ids', [[id, 'tasks/load/.dibs/ids/b.json']], 'no stop may leave'],
    ['one that is there twice by links', [[id, 'tasks/load/pending/a.json', 'tasks/load/failed/a.json']], 'no stop may leave'],
    ['one that is there twice', [[id], ['tasks/load/succeeded/a.json'], ['tasks/load/failed/a.json']], 'lies under'],
    ['one that is there and had by somebody', [[id], ['tasks/load/pending/a.json'], [running('a', 'wip')]], 'lies under'],
    ['one that is lost', [[id]], 'there is its id alone'],
    ['one whose id is free', [['tasks/load/pending/a.json']], 'has no id'],
    ['two verdicts that are one file', [['batches/b/verdict-c061.json', 'batches/b/verdict-c062.json']], 'no stop may leave'],
    ['what is known to nobody', [['tasks/load/a.json']], 'no stop may leave'],
  ])('complains in a store of %s', (_, files, complaint) => {
    expect(judge('store', ...files)).toContainEqual(expect.stringContaining(complaint));
  });

  it('knows a file by its inode, whatever it is called', () => {
    const folder = tempFolder();
    for (const directory of ['q/done', 'source']) mkdirSync(join(folder, directory), { recursive: true });
    for (const name of ['q/a.tsv', 'q/b.tsv', 'source/c.tsv']) writeFileSync(join(folder, name), '');
    linkSync(join(folder, 'source/c.tsv'), join(folder, 'q/c.tsv'));
    expect(judgeStates('folder', namesBelow(join(folder, 'q'), join(folder, 'source')))).toEqual([]);
    linkSync(join(folder, 'q/a.tsv'), join(folder, 'q/done/a.tsv'));
    expect(judgeStates('folder', namesBelow(join(folder, 'q'), join(folder, 'source')))).toHaveLength(1);
  });
});
