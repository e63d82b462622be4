import type { FolderCensus } from './folder-census.ts';
import type { FolderUser } from './folder-users.ts';
import type { ProducersStatus, Sayings } from './producer-status.ts';

/** Something about a folder that somebody should know of. */
export interface FolderWarning {
  readonly kind:
    | 'past-done'
    | 'past-failed'
    | 'lost-producer'
    | 'damaged-manifest'
    | 'damaged-control-file'
    | 'strange-file'
    | 'claims-without-heartbeat'
    | 'foreign-claims';
  /** The file that it is about, if it is one. */
  readonly file: string | null;
  /** What it is, what that means and what to do. */
  readonly message: string;
}

export interface WarningFacts {
  readonly census: FolderCensus;
  readonly sayings: Sayings;
  readonly told: ProducersStatus;
  readonly users: readonly FolderUser[];
  readonly isManifestDamaged: boolean;
}

/** As many control files are named. */
const MOST_NAMED = 100;

export function warningsOf(facts: WarningFacts): FolderWarning[] {
  return [...aboutProducers(facts), ...aboutConsumers(facts), ...aboutFiles(facts)];
}

/** What was said stays: a reader that begins today takes it for today's. */
function* aboutProducers({ census, told }: WarningFacts): Generator<FolderWarning> {
  const clear = 'Clear the control files, or reset the folder, before the next run.';
  for (const { name, host, pid, state, reason } of told.producers) {
    const who = `${name ?? 'A producer'} (process ${pid} on ${host})`;
    if (state === 'failed') {
      const why = reason === null ? '' : `: ${reason}`;
      yield {
        kind: 'past-failed',
        file: null,
        message: `${who} failed${why}. Each reader ends with that. Run it again, or clear the control files.`,
      };
    }
    if (state === 'lost')
      yield {
        kind: 'lost-producer',
        file: null,
        message: `${who} is gone without a last word. Readers end with that once nothing is ready.`,
      };
  }
  if (told.isDrained && census.ready + census.claimed === 0)
    yield { kind: 'past-done', file: null, message: `All producers are done and nothing is left: a reader ends at once. ${clear}` };
}

function* aboutConsumers({ census, users }: WarningFacts): Generator<FolderWarning> {
  const without = users.filter(({ role, hasHeartbeat }) => role === 'consumer' && !hasHeartbeat);
  for (const { name } of without.slice(0, MOST_NAMED)) {
    const message = `${name} has files and no heartbeat. They are taken back by any reader, a lease after it began.`;
    yield { kind: 'claims-without-heartbeat', file: null, message };
  }
  if (census.foreignClaims === 0) return;
  const message = `PyMPX consumers have ${census.foreignClaims} files. Nothing of ours takes them back.`;
  yield { kind: 'foreign-claims', file: null, message };
}

function* aboutFiles({ census, sayings, isManifestDamaged }: WarningFacts): Generator<FolderWarning> {
  if (isManifestDamaged)
    yield {
      kind: 'damaged-manifest',
      file: '.dibs/queue.json',
      message: 'It is damaged. The next opening mends it, by the options it is given.',
    };
  for (const file of sayings.damaged.slice(0, MOST_NAMED))
    yield { kind: 'damaged-control-file', file, message: 'It is no whole control file, and ends nobody. Remove it.' };
  for (const { file, reason } of census.strange)
    yield { kind: 'strange-file', file, message: `It looks like a message and is none: ${reason}. Rename or remove it.` };
  const more = census.strangeCount - census.strange.length;
  if (more > 0) yield { kind: 'strange-file', file: null, message: `${more} more files look like messages and are none.` };
}
