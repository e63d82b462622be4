import { describe, expect, it } from 'vitest';
import type { Findings } from '../../src/doctor/findings.ts';
import type { RaceFinding } from '../../src/doctor/race-finding.ts';
import { judgePromises } from '../../src/doctor/verdict.ts';
import { OTHER, SOUND } from './findings.ts';

const renames = (change: Partial<RaceFinding>): Partial<Findings> => ({
  races: { ...SOUND.races, renames: { ...SOUND.races.renames, ...change } },
});
const links = (change: Partial<Findings['links']>): Partial<Findings> => ({ links: { ...SOUND.links, ...change } });
const linkRace = (change: Partial<RaceFinding>): Partial<Findings> => ({
  races: { ...SOUND.races, links: { ...SOUND.races.renames, ...change } },
});
const other = (change: Partial<typeof OTHER>): Partial<Findings> => ({ others: [OTHER, { ...OTHER, ...change }] });

it('holds all promises in a sound folder, alone and with others', () => {
  for (const others of [null, [OTHER]]) {
    const verdict = judgePromises({ ...SOUND, others });
    expect(verdict.map(({ number, holds, reasons }) => [number, holds, reasons])).toEqual(
      [1, 2, 3, 4, 5, 6, 9, 11].map((number) => [number, true, []]),
    );
  }
});

describe('what breaks a promise', () => {
  it.each<[string, Partial<Findings>, number[], RegExp]>([
    [
      'a rename with two winners',
      renames({ doubled: 3 }),
      [2, 3, 4, 5],
      /^3 of 100 files that 4 processes renamed had more than one winner$/,
    ],
    ['a rename that loses', renames({ lost: 1 }), [1], /not where their winner put them/],
    ['a file nobody can take', renames({ untaken: 1 }), [1, 3], /nobody could take/],
    ['an odd answer to losers', renames({ odd: { EIO: 2 } }), [3], /told EIO \(2 times\) instead of ENOENT/],
    [
      'no hard links',
      { ...links({ hardLinksRefused: 'EPERM' }), races: { ...SOUND.races, links: null } },
      [3, 6],
      /no hard links \(EPERM\)/,
    ],
    ['a link that takes over', links({ takenName: 'overwritten' }), [1, 3, 6], /is not refused \(overwritten\)/],
    ['links that are copies', links({ linksAreCounted: false }), [2, 4], /do not show the same inode/],
    ['a link with two winners', linkRace({ doubled: 1 }), [1, 3, 11], /names that 4 processes linked to had more than one winner/],
    ['a link that loses', linkRace({ lost: 1 }), [1, 3], /do not hold their winner's file/],
    ['a name nobody gets', linkRace({ untaken: 1 }), [3], /nobody could take/],
    ['an odd answer to who links late', linkRace({ odd: { EIO: 1 } }), [3], /told EIO instead of EEXIST/],
    ['another inode after a rename', links({ renameKeepsInode: false }), [2, 4], /another inode/],
    ['a rename of nothing that works', links({ goneName: 'renamed' }), [5], /answered renamed, not ENOENT/],
    ['a file made over another', links({ secondFile: 'opened' }), [3], /made anew/],
    ['late listings', { listing: { ...SOUND.listing, late: 5 } }, [11], /^5 of 36 listings/],
    ['a directory whose time stands still', { listing: { ...SOUND.listing, directoryTimeMoves: false } }, [11], /does not move/],
    ['a disk in memory', { kind: { ...SOUND.kind, nature: 'memory' } }, [1], /in memory/],
    ['bytes that are not synced', { sync: { ...SOUND.sync, file: { refused: 'EIO', ms: null } } }, [1, 2], /bytes can't be synced \(EIO\)/],
    [
      'names that are not synced',
      { sync: { ...SOUND.sync, directory: { refused: 'EINVAL', ms: null } } },
      [1, 2],
      /killed process loses nothing/,
    ],
    ['files of others never listed', other({ listingMs: null }), [11], /process 7 on elsewhere was not seen in a listing in time/],
    ['files of others never found', other({ lookupMs: null }), [5], /not found by its name in time/],
    ['a beat that is never seen', other({ beatMs: null }), [9], /taken for dead while it lives/],
  ])('%s', (_what, change, broken, reason) => {
    const verdict = judgePromises({ ...SOUND, ...change });
    expect(verdict.filter(({ holds }) => !holds).map(({ number }) => number)).toEqual(broken);
    for (const { holds, reasons } of verdict) expect(reasons).toEqual(holds ? [] : [expect.stringMatching(reason)]);
  });

  it.each<[string, Partial<Findings>]>([
    ['replies that lie', renames({ lied: 50 })],
    ['events that do not come', { watch: { ...SOUND.watch, wakeMs: null } }],
    ['clocks that differ by years', other({ clock: { aheadMs: 1e12, uncertaintyMs: 1 } })],
    ['events of others that do not come', other({ eventMs: null })],
    ['names that fold', { folding: { ignoresCase: true, ignoresNormalForm: true, keepsBytes: false } }],
  ])('not %s', (_what, change) => {
    expect(judgePromises({ ...SOUND, ...change }).filter(({ holds }) => !holds)).toEqual([]);
  });
});
