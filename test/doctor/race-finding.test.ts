import { expect, it } from 'vitest';
import { judgeRace, oddRefusals } from '../../src/doctor/race-finding.ts';
import type { RaceTake } from '../../src/doctor/race.ts';

const take = (racer: string, won: readonly number[], more: Partial<RaceTake> = {}): RaceTake => ({
  racer,
  won,
  lied: [],
  odd: [],
  ...more,
});

it.each([
  ['its winner has it', [take('a', [0]), take('b', [])], ['a'], 'fair'],
  ['two think they won it', [take('a', [0]), take('b', [0])], ['a'], 'doubled'],
  ['it lies in two places', [take('a', [0]), take('b', [])], ['a', null], 'doubled'],
  ['it is nowhere', [take('a', [0]), take('b', [])], [], 'lost'],
  ['another has it', [take('a', [0]), take('b', [])], ['b'], 'lost'],
  ['nobody won it, and it is gone', [take('a', []), take('b', [])], [], 'lost'],
  ['nobody won it, and somebody has it', [take('a', []), take('b', [])], ['b'], 'lost'],
  ['nobody could take it', [take('a', []), take('b', [])], [null], 'untaken'],
] as const)('a file of which %s', (_what, takes, places, verdict) => {
  const none = { fair: 0, doubled: 0, lost: 0, untaken: 0 };
  expect(judgeRace(1, takes, new Map([[0, places]]))).toMatchObject({ ...none, [verdict]: 1 });
});

it('counts how often the lead changed, what lied, and what was refused', () => {
  const takes = [take('a', [0, 1, 4], { lied: [1], odd: ['EIO', 'EIO'] }), take('b', [2, 3], { odd: ['ESTALE'] })];
  const found = new Map([0, 1, 2, 3, 4].map((index) => [index, [index === 2 || index === 3 ? 'b' : 'a']]));
  const finding = judgeRace(5, takes, found);
  expect(finding).toEqual({
    files: 5,
    racers: 2,
    fair: 5,
    doubled: 0,
    lost: 0,
    untaken: 0,
    lied: 1,
    odd: { EIO: 2, ESTALE: 1 },
    turns: 2,
  });
  expect(oddRefusals(finding)).toBe('EIO (2 times), ESTALE');
  expect(oddRefusals({ odd: {} })).toBe('');
});
