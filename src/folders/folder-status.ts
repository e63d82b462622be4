import { FOLDER_MANIFEST_FORMAT } from '../formats/folder-manifest.ts';
import { type CountedClaim, takeCensus } from './folder-census.ts';
import type { FolderContext } from './folder-context.ts';
import { countKept, type FolderCounts } from './folder-counts.ts';
import type { FolderUser, FolderUsers, Standing } from './folder-users.ts';
import { type FolderWarning, warningsOf } from './folder-warnings.ts';
import { type ProducerStatus, producersOf, readSayings } from './producer-status.ts';

/** A file that somebody has. */
export interface ClaimStatus {
  /** The message's own name. */
  readonly name: string;
  readonly path: string;
  readonly consumer: string;
  /** Of its consumer, as far as its heartbeat tells; null else. */
  readonly host: string | null;
  readonly pid: number | null;
  readonly since: string | null;
  readonly attempt: number;
  readonly standing: Standing;
}

export interface ConsumerStatus {
  readonly name: string;
  readonly host: string | null;
  readonly pid: number | null;
  /** When it began, by its own clock, as ISO 8601. */
  readonly since: string | null;
  readonly standing: Standing;
}

/** How a folder queue stands, as one look through all of it tells while others may change it. */
export interface FolderStatus {
  readonly kind: 'folder-queue';
  readonly directory: string;
  /** Of the format. */
  readonly version: number;
  readonly extension: string;
  readonly maxAttempts: number;
  readonly counts: FolderCounts;
  /** The first thousand by name; `counts.claimed` tells how many there are. */
  readonly claims: readonly ClaimStatus[];
  readonly consumers: readonly ConsumerStatus[];
  readonly producers: readonly ProducerStatus[];
  /** Files that consumers of PyMPX have. */
  readonly foreignClaims: number;
  readonly warnings: readonly FolderWarning[];
}

/**
 * `silent` is who was not seen to beat yet and is not of this machine: asked again within a lease, it is told whether that one
 * lives.
 */
export async function readFolderStatus(context: FolderContext, watch: FolderUsers, isManifestDamaged: boolean): Promise<FolderStatus> {
  const { layout, rules } = context;
  const census = await takeCensus(context);
  const sayings = await readSayings(context, census.control);
  const users = await watch.look(census.claimants, sayings.beats);
  const told = producersOf(sayings, users);
  const consumers = new Map(users.filter(({ role }) => role === 'consumer').map((user) => [user.name, user]));
  return {
    kind: 'folder-queue',
    directory: layout.directory,
    version: FOLDER_MANIFEST_FORMAT.version,
    ...rules,
    counts: { ready: census.ready, claimed: census.claimed, ...(await countKept(context)) },
    claims: census.claims.map((claim) => claimStatus(layout.directory, claim, consumers.get(claim.consumer))),
    consumers: [...consumers.values()]
      .filter(({ hasHeartbeat }) => hasHeartbeat)
      .map(consumerStatus)
      .sort(byName),
    producers: told.producers,
    foreignClaims: census.foreignClaims,
    warnings: warningsOf({ census, sayings, told, users, isManifestDamaged }),
  };
}

function claimStatus(directory: string, { name, file, consumer, attempt }: CountedClaim, user: FolderUser | undefined): ClaimStatus {
  const { host = null, pid = null, since = null } = user?.process ?? {};
  return { name, path: `${directory}/${file}`, consumer, host, pid, since, attempt, standing: user?.standing ?? 'silent' };
}

function consumerStatus({ name, process, standing }: FolderUser): ConsumerStatus {
  const { host = null, pid = null, since = null } = process ?? {};
  return { name, host, pid, since, standing };
}

function byName(one: ConsumerStatus, other: ConsumerStatus): number {
  return one.name < other.name ? -1 : 1;
}
