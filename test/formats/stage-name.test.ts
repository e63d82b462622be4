import { expect, it } from 'vitest';
import {
  formatReportStage,
  formatStageName,
  isLifeStage,
  moveKey,
  parseReportStage,
  parseStageName,
} from '../../src/formats/stage-name.ts';

const OWNER = 'etl-1-4711-9f3ac2d1';
const FILE = { path: '/in/a.tsv', inode: 7n, size: 3, modifiedMs: 5.5, name: 'a.tsv' };

it('shows whose a stage is, and which file it is a copy of', () => {
  expect(parseStageName(formatStageName(`${OWNER}.k4`))).toEqual({ owner: OWNER, key: undefined });
  const key = moveKey(FILE);
  expect(formatStageName(`${OWNER}.k5`, key)).toBe(`stage.${OWNER}.k5.${key}`);
  expect(parseStageName(formatStageName(`${OWNER}.k5`, key))).toEqual({ owner: OWNER, key });
});

it.each([
  'stage.0011223344556677',
  `xstage.${OWNER}.k4`,
  `stage.${OWNER}.k4~`,
  'stage.',
  'stage..k4',
  `stage.${OWNER}`,
  `stage.${OWNER}.`,
  `stage.${OWNER}.k4.key`,
  `x.${OWNER}.k4`,
  'a.tsv',
])('belongs to nobody we know: %s', (file) => expect(parseStageName(file)).toBeNull());

it('knows a stage of a sign of life, and of nothing else', () => {
  expect(isLifeStage(`stage.${OWNER}`)).toBe(true);
  const others = [
    'stage.0011223344556677',
    `stage.${OWNER}.k4`,
    `stage.${OWNER}-`,
    'stage.',
    `xstage.${OWNER}`,
    `reason.${OWNER}-1`,
    'copy.7.x1',
  ];
  expect(others.filter(isLifeStage)).toEqual([]);
});

it('shows on whose claim a report is staged', () => {
  expect(parseReportStage(formatReportStage(OWNER, 'b27278c5a6c52'))).toBe(OWNER);
  const others = ['.stage-b27278c5a6c52', '.stage-b27278c5a6c52.judged', `.stage-${OWNER}`, `.stage-${OWNER}.`, `stage-${OWNER}.x1`];
  expect(others.filter((file) => parseReportStage(file) !== null)).toEqual([]);
});

it('knows the same move again, and no other', () => {
  expect(moveKey({ ...FILE })).toBe(moveKey(FILE));
  const others = [{ path: '/in/b.tsv' }, { inode: 8n }, { size: 4 }, { modifiedMs: 5.6 }, { name: 'b.tsv' }];
  expect(new Set([FILE, ...others.map((other) => ({ ...FILE, ...other }))].map(moveKey)).size).toBe(6);
});
