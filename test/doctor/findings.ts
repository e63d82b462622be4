import type { Findings } from '../../src/doctor/findings.ts';
import type { RaceFinding } from '../../src/doctor/race-finding.ts';
import type { OtherRun } from '../../src/doctor/seeing-others.ts';

const race: RaceFinding = { files: 100, racers: 4, fair: 100, doubled: 0, lost: 0, untaken: 0, lied: 0, odd: {}, turns: 9 };
const pace = { count: 1_000, ms: 20 };

/** What a sound folder shows. */
export const SOUND: Findings = {
  kind: { name: 'ext4', nature: 'local', options: [], cloud: null },
  sync: { directory: { refused: null, ms: 1 }, file: { refused: null, ms: 1 } },
  links: {
    hardLinksRefused: null,
    linksAreCounted: true,
    takenName: 'EEXIST',
    renameOntoItself: 'nothing',
    renameKeepsInode: true,
    goneName: 'ENOENT',
    secondFile: 'EEXIST',
    symbolicLinksRefused: null,
  },
  listing: { looks: 36, late: 0, directoryTimeMoves: true },
  times: { granularityMs: 4, fileClockAheadMs: 0, uncertaintyMs: 1 },
  folding: { ignoresCase: false, ignoresNormalForm: false, keepsBytes: true },
  names: { longestBytes: 255, refused: [], changed: [] },
  watch: { wakeMs: 3, tries: 5, noticed: 5, burst: { files: 1_000, noticed: 1_000, wakes: 6 } },
  throughput: { renames: pace, linksAndUnlinks: pace, putsProcess: pace, putsPower: pace, newFiles: pace, listedNames: pace },
  races: { runs: 1, renames: race, links: race },
  others: null,
};

/** What is seen of a run on a machine that keeps up. */
export const OTHER: OtherRun = {
  host: 'elsewhere',
  pid: 7,
  listingMs: 2,
  lookupMs: 2,
  beatMs: 3,
  eventMs: 4,
  clock: { aheadMs: 120, uncertaintyMs: 2 },
};
