import { CONTROL_FILE_BYTES, type ControlRecord, parseControl, parseControlName } from '../formats/control-file.ts';
import { isErrno } from '../fs/errno.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { hasHeir, type ProducerRun, type Roster, rosterOf } from '../machines/producer-roster.ts';
import type { FolderContext } from './folder-context.ts';
import type { StrangeFiles } from './strange-files.ts';

export interface UpstreamOptions {
  readonly leaseMs: number;
  /** How many producers are waited for. */
  readonly expected?: number | undefined;
  readonly strange: StrangeFiles;
}

/** What is known of who fills the folder. */
export interface UpstreamState extends Roster {
  /**
   * A producer that is gone without a last word: found dead before the look began in which it still had none, and no other
   * run of its name is at work.
   */
  readonly lost: ProducerRun | undefined;
  /** One was found dead now: what it said last may have been said after the look. Look again. */
  readonly isSuspicious: boolean;
}

/** The producers of a folder, as a reader hears them: through their control files alone. */
export class Upstream {
  readonly #context: FolderContext;
  readonly #options: UpstreamOptions;
  readonly #watch: LifeWatch;
  #heard = new Map<string, ControlRecord>();
  #dead = new Set<string>();
  readonly #old = new Set<string>();

  constructor(context: FolderContext, options: UpstreamOptions) {
    this.#context = context;
    this.#options = options;
    const { layout, fs, clock } = context;
    this.#watch = new LifeWatch(fs, { directory: layout.producers, clock, leaseMs: options.leaseMs });
  }

  /** What the control files say that a look at the folder found. */
  async hear(files: readonly string[]): Promise<UpstreamState> {
    const sayings = await this.#read(files);
    const roster = rosterOf(sayings, { expected: this.#options.expected, old: this.#old });
    const lives = await this.#watch.look(roster.open.map(({ beat }) => beat).filter((beat) => beat !== ''));
    const dead = roster.open.filter(({ beat }) => lives.get(beat)?.standing === 'dead');
    const known = this.#dead;
    this.#dead = new Set(dead.map(({ uuid }) => uuid));
    const lost = dead.find((run) => known.has(run.uuid) && !hasHeir(run, roster.open, this.#dead));
    const isSuspicious = dead.some(({ uuid }) => !known.has(uuid));
    return { ...roster, lost, isSuspicious };
  }

  /** All that is over now was over before this reader began: it is none of the producers that are waited for. */
  forgetWhatIsOver({ runs }: UpstreamState): void {
    for (const { uuid, state } of runs) if (state !== 'open') this.#old.add(uuid);
  }

  /** Each file is read once: it is whole from its first moment. One that is not may be somebody else's, who still writes it. */
  async #read(files: readonly string[]): Promise<ControlRecord[]> {
    const heard = new Map<string, ControlRecord>();
    for (const file of files) {
      const record = this.#heard.get(file) ?? (await this.#readOne(file));
      if (record !== undefined) heard.set(file, record);
    }
    this.#heard = heard;
    return [...heard.values()];
  }

  async #readOne(file: string): Promise<ControlRecord | undefined> {
    const record = await readControl(this.#context, file).catch((error: unknown) => {
      // Not for us to read: a file like any other that makes no sense.
      if (isErrno(error, 'EACCES', 'EPERM')) return null;
      throw error;
    });
    if (record === null) this.#options.strange.report(file, 'it is no whole control file');
    return record ?? undefined;
  }
}

/** What a control file says: null if it makes no sense, undefined if it is gone. */
export async function readControl({ fs, layout }: FolderContext, file: string): Promise<ControlRecord | null | undefined> {
  const name = parseControlName(file);
  if (name === null) return null;
  const found = await readSmallFile(fs, `${layout.directory}/${file}`, CONTROL_FILE_BYTES);
  if (found.kind === 'absent') return undefined;
  return found.kind === 'text' ? parseControl(found.text, name) : null;
}
