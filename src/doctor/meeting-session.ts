import { MeetingFailedError } from './doctor-errors.ts';
import { isErrno } from '../fs/errno.ts';
import { removeIfThere } from '../fs/publish.ts';
import { formatListName } from './meeting-list.ts';
import type { MeetingList } from './meeting-list.ts';
import { removeTree } from './remove-tree.ts';
import { parseRunToken } from './run-token.ts';
import { makeFile } from './small-files.ts';
import { until } from './waiting.ts';
import type { Workplace } from './workplace.ts';

/** How long one step may take on the slowest of the machines. */
const STEP = { limitMs: 180_000, everyMs: 3 } as const;
/** sshfs remembers a listing for 20 seconds. */
const REMOVAL = { limitMs: 25_000, everyMs: 500 } as const;
const GONE = 'gone.';

/** Runs that examine one folder together, step by step. */
export class MeetingSession {
  /** Tokens of all runs, this one too, in order. */
  readonly members: readonly string[];
  readonly files: number;
  /** A directory that all of them use. */
  readonly directory: string;
  readonly #place: Workplace;
  readonly #above: string;
  readonly #leader: string;

  constructor(place: Workplace, above: string, { members, files }: MeetingList) {
    this.#place = place;
    this.#above = above;
    this.members = members;
    this.files = files;
    this.#leader = members[0] ?? place.token;
    this.directory = `${above}/${this.#leader}`;
  }

  /** Whether it is this run that prepares what all use. */
  get leads(): boolean {
    return this.#leader === this.#place.token;
  }

  get others(): readonly string[] {
    return this.members.filter((member) => member !== this.#place.token);
  }

  /** Resolves when all have come to this step. @throws MeetingFailedError if one left, or takes for ever */
  async all(step: string): Promise<void> {
    const { fs } = this.#place;
    const wanted = this.members.map((member) => `at.${step}.${member}`);
    let missing: string[] = wanted;
    try {
      await this.#say(step);
      await until(this.#place, STEP, async () => {
        const names = new Set(await fs.readdir(this.directory));
        const gone = this.members.find((member) => names.has(`${GONE}${member}`));
        if (gone !== undefined) throw new MeetingFailedError(this.#place.folder, `${describe(gone)} left while all examined`);
        // A listing and a name may each be remembered for a while: whichever shows it first.
        missing = wanted.filter((name) => !names.has(name) && !fs.exists(`${this.directory}/${name}`));
        return missing.length === 0;
      });
    } catch (error) {
      throw this.explain(error);
    }
    const [late] = missing;
    if (late === undefined) return;
    throw new MeetingFailedError(this.#place.folder, `${describe(late.slice(`at.${step}.`.length))} was waited for in vain`);
  }

  /** The end: who leads waits until nobody needs it any more, and removes what all used. */
  async finish(): Promise<void> {
    if (!this.leads) return this.#say('end');
    await this.all('end');
    await this.#remove();
  }

  /** An end before the end: the others need not wait. */
  async abandon(): Promise<void> {
    await makeFile(this.#place.fs, `${this.directory}/${GONE}${this.#place.token}`).catch(() => undefined);
    // Nobody can go on without us, so whoever fails removes all; the others find that it is gone.
    await this.#remove();
  }

  /** Who leaves removes what all use: what is gone in the middle of an examination was not lost. */
  explain(error: unknown): unknown {
    if (!isErrno(error, 'ENOENT')) return error;
    return new MeetingFailedError(this.#place.folder, 'Another run left while all examined', { cause: error });
  }

  #say(step: string): Promise<void> {
    return makeFile(this.#place.fs, `${this.directory}/at.${step}.${this.#place.token}`);
  }

  async #remove(): Promise<void> {
    const { fs, probe } = this.#place;
    // A listing that is late hides what the others made last.
    await until(this.#place, REMOVAL, () => removeTree(this.#place, this.directory)).catch(() => null);
    await removeIfThere(fs, `${this.#above}/${formatListName(this.#leader)}`).catch(() => undefined);
    await probe.removeDirectory(this.#above).catch(() => undefined);
  }
}

function describe(token: string): string {
  const run = parseRunToken(token);
  return run === null ? token : `Process ${run.pid} on ${run.host}`;
}
