import type { Findings } from './findings.ts';
import { oddRefusals } from './race-finding.ts';
import type { RaceFinding } from './race-finding.ts';

/** One promise, and why it does not hold in this folder, in plain words. */
export interface PromiseVerdict {
  readonly number: number;
  readonly promise: string;
  readonly holds: boolean;
  readonly reasons: readonly string[];
}

/**
 * The promises that a folder can break. The others rest on nothing of the folder: damage is found by checksums, poison is
 * counted in names, and a format is known by its version, wherever the files lie.
 */
const PROMISES: readonly (readonly [number: number, promise: string])[] = [
  [1, 'Nothing acknowledged is lost'],
  [2, 'Done is done'],
  [3, 'One owner'],
  [4, 'Twice only with a reason'],
  [5, 'The late owner is stopped'],
  [6, 'Complete or absent'],
  [9, 'Clocks do not matter'],
  [11, 'A reader ends when, and only when, nothing is left'],
];

/** A reason, and the promises that it breaks. */
type Complaint = readonly [breaks: readonly number[], reason: string];

export function judgePromises(findings: Findings): PromiseVerdict[] {
  const complaints = [
    ...aboutRenames(findings.races.renames),
    ...aboutLinks(findings),
    ...aboutNames(findings),
    ...aboutSyncs(findings),
    ...aboutOthers(findings),
  ];
  return PROMISES.map(([number, promise]) => {
    const reasons = complaints.filter(([breaks]) => breaks.includes(number)).map(([, reason]) => reason);
    return { number, promise, holds: reasons.length === 0, reasons };
  });
}

function aboutRenames(race: RaceFinding): Complaint[] {
  const complaints: Complaint[] = [];
  const of = `of ${race.files} files that ${race.racers} processes renamed`;
  if (race.doubled > 0) complaints.push([[2, 3, 4, 5], `${race.doubled} ${of} had more than one winner`]);
  if (race.lost > 0) complaints.push([[1], `${race.lost} ${of} are not where their winner put them`]);
  if (race.untaken > 0) complaints.push([[1, 3], `${race.untaken} ${of} nobody could take`]);
  const odd = oddRefusals(race);
  if (odd !== '') complaints.push([[3], `who loses the race for a file is told ${odd} instead of ENOENT`]);
  return complaints;
}

function aboutLinks({ links, races }: Findings): Complaint[] {
  const complaints: Complaint[] = [];
  if (links.hardLinksRefused !== null)
    return [
      [[3, 6], `there are no hard links (${links.hardLinksRefused}), and nothing else makes a whole file appear under a free name only`],
    ];
  if (links.takenName !== 'EEXIST') complaints.push([[1, 3, 6], `a link to a name that is taken is not refused (${links.takenName})`]);
  if (links.linksAreCounted === false)
    complaints.push([[2, 4], 'two names of one file do not show the same inode, so what is finished is not known again']);
  if (races.links === null) return complaints;
  const { doubled, lost, untaken, files, racers } = races.links;
  const of = `of ${files} names that ${racers} processes linked to`;
  if (doubled > 0) complaints.push([[1, 3, 11], `${doubled} ${of} had more than one winner`]);
  if (lost > 0) complaints.push([[1, 3], `${lost} ${of} do not hold their winner's file`]);
  if (untaken > 0) complaints.push([[3], `${untaken} ${of} nobody could take`]);
  const odd = oddRefusals(races.links);
  if (odd !== '') complaints.push([[3], `who loses the race for a name is told ${odd} instead of EEXIST`]);
  return complaints;
}

function aboutNames({ links, listing }: Findings): Complaint[] {
  const complaints: Complaint[] = [];
  if (!links.renameKeepsInode) complaints.push([[2, 4], 'a file has another inode after a rename, so what is finished is not known again']);
  if (links.goneName !== 'ENOENT') complaints.push([[5], `a rename of a name that is gone is answered ${links.goneName}, not ENOENT`]);
  if (links.secondFile !== 'EEXIST') complaints.push([[3], `a file is made anew over one that is there (${links.secondFile})`]);
  if (listing.late > 0) complaints.push([[11], `${listing.late} of ${listing.looks} listings did not show what had just been changed`]);
  if (!listing.directoryTimeMoves) complaints.push([[11], 'the time of the folder does not move when a name in it changes']);
  return complaints;
}

function aboutSyncs({ kind, sync }: Findings): Complaint[] {
  const complaints: Complaint[] = [];
  if (kind.nature === 'memory') complaints.push([[1], 'it lies in memory: a power cut or a restart takes all of it, whatever was synced']);
  if (sync.file.refused !== null)
    complaints.push([[1, 2], `bytes can't be synced (${sync.file.refused}), so no put is acknowledged, or what was done comes again`]);
  if (sync.directory.refused !== null)
    complaints.push([
      [1, 2],
      `names can't be synced (${sync.directory.refused}): a power cut may undo the last ones; a killed process loses nothing`,
    ]);
  return complaints;
}

function aboutOthers({ others }: Findings): Complaint[] {
  return (others ?? []).flatMap(({ host, pid, listingMs, lookupMs, beatMs }) => {
    const run = `process ${pid} on ${host}`;
    const complaints: Complaint[] = [];
    if (listingMs === null) complaints.push([[11], `a new file of ${run} was not seen in a listing in time`]);
    if (lookupMs === null) complaints.push([[5], `a new file of ${run} was not found by its name in time`]);
    if (beatMs === null)
      complaints.push([[9], `the heartbeat of ${run} was not seen to move in time, so it would be taken for dead while it lives`]);
    return complaints;
  });
}
