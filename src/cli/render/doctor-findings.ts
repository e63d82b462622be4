import type { SyncAnswer } from '../../doctor/directory-sync.ts';
import type { Findings } from '../../doctor/findings.ts';
import { millisecondsEach } from '../../doctor/pace.ts';
import type { Pace } from '../../doctor/pace.ts';
import { oddRefusals } from '../../doctor/race-finding.ts';
import type { RaceFinding } from '../../doctor/race-finding.ts';
import { formatCount, formatNumberOf, formatRate } from './quantity.ts';
import { formatDelay } from './delay.ts';

/** What was measured in a folder, a line each. */
export function renderFindings(findings: Findings): string[] {
  const { races, sync, throughput, links, listing, watch } = findings;
  const facts: readonly (readonly [string, string])[] = [
    ['rename race', describeRace(races.renames)],
    ['link race', races.links === null ? 'not run: there are no hard links' : describeRace(races.links)],
    ['directory sync', describeSync(sync.directory)],
    ['file sync', describeSync(sync.file)],
    ['renames', describePace(throughput.renames)],
    ['link + unlink', describePace(throughput.linksAndUnlinks)],
    ['new files', describePace(throughput.newFiles)],
    ['put, process', describePace(throughput.putsProcess)],
    ['put, power', describePace(throughput.putsPower)],
    ['listing', `${formatDelay(millisecondsEach(throughput.listedNames))} a name; ${listing.late} of ${listing.looks} late`],
    ['watch events', describeWatch(watch)],
    ['names', describeNames(findings)],
    ['hard links', describeRefusal(links.hardLinksRefused)],
    ['symbolic links', describeRefusal(links.symbolicLinksRefused)],
    ['file times', describeTimes(findings)],
  ];
  return facts.map(([name, text]) => `${name.padEnd(14)}  ${text}`);
}

function describeRace(race: RaceFinding): string {
  const bad = [
    [race.doubled, 'with two winners'],
    [race.lost, 'lost'],
    [race.untaken, 'not to be had'],
    [race.lied, 'won though told otherwise'],
  ] as const;
  const said = bad.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  const odd = oddRefusals(race);
  if (odd !== '') said.push(odd);
  const end = race.fair === race.files ? 'one winner each' : `${formatCount(race.fair)} with one winner`;
  return `${formatNumberOf(race.files, 'file')}, ${race.racers} processes: ${[end, ...said].join(', ')}; the lead changed ${formatNumberOf(race.turns, 'time')}`;
}

function describeSync({ refused, ms }: SyncAnswer): string {
  return refused === null ? `${formatDelay(ms ?? 0)}` : `refused (${refused})`;
}

function describePace(pace: Pace | null): string {
  if (pace === null) return 'not to be had';
  return pace.ms === 0 ? 'too fast to tell' : formatRate((pace.count * 1_000) / pace.ms);
}

function describeWatch({ wakeMs, tries, noticed, burst }: Findings['watch']): string {
  if (wakeMs === null) return 'none: the timer alone wakes';
  const single = `after ${formatDelay(wakeMs)}, ${noticed} of ${tries}`;
  return `${single}; of ${formatCount(burst.files)} files at once ${formatCount(burst.noticed)}, in ${formatNumberOf(burst.wakes, 'look')}`;
}

function describeNames({ folding, names }: Findings): string {
  const parts = [
    folding.ignoresCase ? 'case is ignored' : 'case counts',
    folding.ignoresNormalForm ? 'Unicode forms are one' : 'Unicode forms count',
    folding.keepsBytes ? 'kept as given' : 'changed in listings',
    `up to ${formatNumberOf(names.longestBytes, 'byte')}`,
  ];
  return parts.join(', ');
}

function describeRefusal(refused: string | null): string {
  return refused === null ? 'yes' : `no (${refused})`;
}

function describeTimes({ times }: Findings): string {
  const steps = times.granularityMs === null ? 'do not move' : `steps of ${formatDelay(times.granularityMs)}`;
  return `${steps}; ahead of this clock by ${times.fileClockAheadMs} ms (±${times.uncertaintyMs})`;
}
