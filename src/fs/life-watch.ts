import type { Clock } from '../clock.ts';
import { BEATING_FILE_BYTES, type BeatingProcess, parseBeatingFile, parseBeatingProcess } from '../formats/beating-record.ts';
import { judge, look, type Sighting } from '../machines/liveness.ts';
import type { FileSystem } from './file-system.ts';
import { type ProcessIdentity, type ProcessStanding, standingOf } from './process-identity.ts';
import { readSmallFile } from './small-file.ts';

/** What the looks at one heartbeat say. */
export interface Life {
  /**
   * - `alive`: it was seen to beat, or its process runs on this machine
   * - `silent`: not seen to beat yet, or not there at all, but not for long enough to tell
   * - `dead`: silent for a whole lease, or `left`, or its process is no more
   */
  readonly standing: 'alive' | 'silent' | 'dead';
  /** Dead for certain, whatever was seen before: it will never do anything again. */
  readonly isFinal: boolean;
  /** Who it is; undefined if its file is gone or damaged. */
  readonly process: BeatingProcess | undefined;
}

export interface LifeWatchOptions {
  readonly directory: string;
  readonly clock: Clock;
  /** How long silence is tolerated, in milliseconds, where the other does not ask for longer. */
  readonly leaseMs: number;
  /** Whether a process lives. @default what this system says */
  readonly standing?: ((identity: ProcessIdentity) => ProcessStanding) | undefined;
}

/** Watches who beats in a directory. It tells as much as it is asked: at least five times a lease. */
export class LifeWatch {
  readonly #fs: FileSystem;
  readonly #options: LifeWatchOptions;
  #sightings = new Map<string, Sighting>();

  constructor(fs: FileSystem, options: LifeWatchOptions) {
    this.#fs = fs;
    this.#options = options;
  }

  /** One look at these. Those that are not asked for are forgotten. */
  async look(names: Iterable<string>): Promise<Map<string, Life>> {
    const lives = new Map<string, Life>();
    const sightings = new Map<string, Sighting>();
    for (const name of new Set(names)) lives.set(name, await this.#lookAt(name, sightings));
    this.#sightings = sightings;
    return lives;
  }

  async #lookAt(name: string, sightings: Map<string, Sighting>): Promise<Life> {
    const { directory, clock, standing = standingOf } = this.#options;
    const found = await readSmallFile(this.#fs, `${directory}/${name}`, BEATING_FILE_BYTES);
    const file = found.kind === 'text' ? parseBeatingFile(found.text) : null;
    const process = file ? (parseBeatingProcess(file.fields) ?? undefined) : undefined;
    if (file?.released || (process && standing(process) === 'dead')) return { standing: 'dead', isFinal: true, process };
    const beat = found.kind === 'text' ? found.text.slice(0, 10) : found.kind;
    const leaseMs = Math.max(this.#options.leaseMs, process?.leaseMs ?? 0);
    const seen = look(this.#sightings.get(name), beat, clock.monotonic(), leaseMs);
    sightings.set(name, seen);
    return { standing: judge(seen, leaseMs), isFinal: false, process };
  }
}
