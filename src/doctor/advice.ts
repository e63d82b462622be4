import type { KindFinding } from './file-system-kind.ts';
import type { Findings } from './findings.ts';
import { millisecondsEach } from './pace.ts';
import type { PromiseVerdict } from './verdict.ts';

/** A beat is to be seen three times in a lease, of which it is a fifth. */
const LEASE_PER_DELAY = 5;
const DEFAULT_LEASE_MS = 30_000;
/** On NFS a machine may look at what it remembers of a file for so long. */
const NFS_LEASE_MS = 60_000;

/** What to do about it, in plain words. */
export function adviseOn({ kind, sync, links, watch, others }: Findings, promises: readonly PromiseVerdict[]): string[] {
  const advice: string[] = [];
  const broken = promises.filter(({ holds }) => !holds).map(({ number }) => number);
  if (links.hardLinksRefused !== null || broken.some((number) => [3, 5, 6].includes(number)))
    advice.push('Keep queues in another folder: a local disk, or an NFS share. Files can be brought here when they are done.');
  if (sync.directory.refused !== null || sync.file.refused !== null || kind.nature === 'memory')
    advice.push("Here durability 'power' means no more than 'process'. For work that must survive a power cut use another disk.");
  advice.push(...aboutKind(kind, others !== null));
  const beatMs = slowestOf(others?.map((other) => other.beatMs));
  if (beatMs !== null && beatMs * LEASE_PER_DELAY > DEFAULT_LEASE_MS)
    advice.push(
      `Give leaseMs at least ${Math.ceil((beatMs * LEASE_PER_DELAY) / 1_000) * 1_000}: a heartbeat took ${seconds(beatMs)} to be seen.`,
    );
  if (broken.includes(9)) advice.push('Let only one machine at a time take work from this folder.');
  if (watch.wakeMs === null || others?.some(({ eventMs }) => eventMs === null))
    advice.push('Events do not tell of all changes here: waiting takes up to pollIntervalMs. Make that shorter if it matters.');
  return advice;
}

function aboutKind({ name, nature, cloud }: KindFinding, othersAsked: boolean): string[] {
  const advice: string[] = [];
  if (cloud !== null)
    advice.push(
      `The path looks like a folder of ${cloud}. Such a program copies files later, and makes second copies where two changed: let one machine alone use it, or another folder.`,
    );
  if (name?.startsWith('nfs'))
    advice.push(`On NFS give consumers a leaseMs of at least ${NFS_LEASE_MS}, and let each PersistentQueue be opened on one machine only.`);
  if (name !== null && /^(cifs|smb)/.test(name))
    advice.push('On SMB let one machine alone take work, unless this was run on all of them together.');
  if (nature === 'program')
    advice.push(
      `A program answers for this folder${name === null ? '' : ` (${name})`}: what holds now may not after its next version. Run this again then.`,
    );
  if (!othersAsked && (nature === 'network' || nature === 'program'))
    advice.push('Other machines were not asked. Run it on two of them at once: dibs doctor DIR --together 2');
  return advice;
}

/** What breaks no promise, and is good to know. */
export function noteOn(findings: Findings): string[] {
  const { links, folding, names, times, races, throughput, others } = findings;
  const notes = ["Whether the disk keeps its word at a power cut can't be seen from here."];
  if (others === null) notes.push('Only processes of this machine raced; other machines were not asked.');
  const callMs = millisecondsEach(throughput.renames);
  if (callMs > 1) notes.push(`A call takes ${callMs.toFixed(1)} ms, as over a network.`);
  const lied = races.renames.lied + (races.links?.lied ?? 0);
  if (lied > 0) notes.push(`${lied} calls succeeded and said that they had not. The library looks for itself, so that costs nothing.`);
  if (races.renames.racers > 1 && races.renames.turns === 0) notes.push('One process won every rename, so the race proved little.');
  if (links.renameOntoItself === 'removed')
    notes.push('Renaming one name of a file onto another removes the first; elsewhere it does nothing.');
  if (folding.ignoresCase) notes.push('Names that differ in case only are one name: the second file put is refused.');
  if (folding.ignoresNormalForm) notes.push('An accented letter and a letter with an accent are one name: the second file put is refused.');
  if (!folding.keepsBytes) notes.push('A listing does not give names back as they were given: compare names after normalising them.');
  if (names.refused.length > 0) notes.push(`Not in a name: ${names.refused.join('  ')}`);
  if (names.changed.length > 0) notes.push(`In a name, but come back as something else: ${names.changed.join('  ')}`);
  if (names.longestBytes < 255) notes.push(`Names have at most ${names.longestBytes} bytes.`);
  if ((times.granularityMs ?? 0) >= 1_000)
    notes.push(`File times move in steps of ${seconds(times.granularityMs ?? 0)}: the end of a folder is noticed that much later.`);
  const lookupMs = slowestOf(others?.map((other) => other.lookupMs));
  if (lookupMs !== null && lookupMs > 1_000)
    notes.push(`A new file of another machine was found by its name only after ${seconds(lookupMs)}.`);
  return notes;
}

function slowestOf(delays: readonly (number | null)[] = []): number | null {
  const known = delays.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
