import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { parseRunToken } from './run-token.ts';
import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

const PREFIX = 'here.';
const DIGITS = 10;
/** Whoever was not seen to beat for so long has gone, or was killed. */
const SILENT_MS = 10_000;

interface Sighting {
  readonly beat: string;
  /** When it last changed, by our own time; undefined if it never did: then it may be years old. */
  readonly changedAt: number | undefined;
}

/** Who is in the meeting place: each run beats in a file of its own, and sees the others' beats move. No clocks are compared. */
export class Arrivals {
  readonly #place: Workplace;
  readonly #directory: string;
  readonly #path: string;
  readonly #seen = new Map<string, Sighting>();
  #beats = 0;

  private constructor(place: Workplace, directory: string) {
    this.#place = place;
    this.#directory = directory;
    this.#path = `${directory}/${PREFIX}${place.token}`;
  }

  static async enter(place: Workplace, directory: string): Promise<Arrivals> {
    const arrivals = new Arrivals(place, directory);
    await makeFile(place.fs, arrivals.#path, '0'.repeat(DIGITS));
    return arrivals;
  }

  /** Beats once, looks once, and gives the tokens of all who live, one's own too, in order. */
  async look(names: readonly string[]): Promise<string[]> {
    await this.#beat();
    const now = this.#place.clock.monotonic();
    const living = [this.#place.token];
    for (const name of names) {
      const token = name.slice(PREFIX.length);
      if (!name.startsWith(PREFIX) || token === this.#place.token || parseRunToken(token) === null) continue;
      if (await this.#isAlive(token, now)) living.push(token);
    }
    return living.toSorted();
  }

  /** Nobody is to wait for us any more. */
  leave(): Promise<void> {
    return removeIfThere(this.#place.fs, this.#path);
  }

  /** Closed each time: on a network that is what brings the bytes to the others. */
  async #beat(): Promise<void> {
    const file = await this.#place.fs.open(this.#path, 'update');
    try {
      const beat = String((this.#beats += 1)).padStart(DIGITS, '0');
      file.write(new TextEncoder().encode(beat), 0, DIGITS, 0);
    } finally {
      file.close();
    }
  }

  async #isAlive(token: string, now: number): Promise<boolean> {
    const beat = await this.#readBeat(token);
    if (beat === undefined) return false;
    const before = this.#seen.get(token);
    const changedAt = before !== undefined && before.beat !== beat ? now : before?.changedAt;
    this.#seen.set(token, { beat, changedAt });
    return changedAt !== undefined && now - changedAt < SILENT_MS;
  }

  async #readBeat(token: string): Promise<string | undefined> {
    try {
      const found = await readSmallFile(this.#place.fs, `${this.#directory}/${PREFIX}${token}`, DIGITS);
      return found.kind === 'text' ? found.text : undefined;
    } catch (error) {
      // What another machine removed while we looked.
      if (isErrno(error, 'ESTALE')) return undefined;
      throw error;
    }
  }
}
