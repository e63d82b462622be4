import { type ControlRecord, parseControlName } from '../formats/control-file.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import { standingOf } from '../fs/process-identity.ts';
import { removeIfThere } from '../fs/publish.ts';
import { type ProducerRun, rosterOf } from '../machines/producer-roster.ts';
import type { FolderContext } from './folder-context.ts';
import { readControl } from './upstream.ts';

export interface PredecessorOptions {
  /** Whose earlier runs. */
  readonly producer: string;
  readonly leaseMs: number;
}

interface Said {
  readonly file: string;
  readonly record: ControlRecord;
}

/** Five looks a lease are enough to tell who lives. */
const LOOKS_PER_LEASE = 5;

/**
 * The earlier runs of a producer. Those that are over, by their own word or by the end of their process, are replaced by the
 * next run. Of one whose process can't be seen from here, as after a reboot, only a lease of silence tells: it is watched
 * meanwhile. One that lives is let be: two producers of one name may run at once.
 */
export class Predecessors {
  readonly #context: FolderContext;
  readonly #options: PredecessorOptions;
  readonly #watch: LifeWatch;
  #said: readonly Said[];
  /** By uuid. */
  readonly #over = new Set<string>();
  /** Those of which it is not known yet. */
  #unsure: ProducerRun[] = [];
  #cancel: () => void = () => undefined;
  #isAwaited = false;
  #isLooking = false;
  #onSure: () => void = () => undefined;

  private constructor(context: FolderContext, options: PredecessorOptions, said: readonly Said[]) {
    const { fs, layout, clock } = context;
    this.#context = context;
    this.#options = options;
    this.#said = said;
    this.#watch = new LifeWatch(fs, { directory: layout.producers, clock, leaseMs: options.leaseMs });
  }

  /** Looks who there was. It costs one look through the folder. */
  static async look(context: FolderContext, options: PredecessorOptions): Promise<Predecessors> {
    const said: Said[] = [];
    for (const file of await controlFiles(context)) {
      const record = await readControl(context, file);
      if (record?.producer === options.producer) said.push({ file, record });
    }
    const predecessors = new Predecessors(context, options, said);
    await predecessors.#sortOut();
    return predecessors;
  }

  /** Those that are over, by uuid, as far as that is known now. */
  get over(): string[] {
    return [...this.#over];
  }

  async #sortOut(): Promise<void> {
    const records = this.#said.map(({ record }) => record);
    const uuids = new Set(records.map(({ uuid }) => uuid));
    // Those that one of them replaced and whose files are here still: it may be cleared away itself now, and they would count again.
    for (const { replaces } of records) for (const uuid of replaces) if (uuids.has(uuid)) this.#over.add(uuid);
    const { runs, open } = rosterOf(records);
    for (const { uuid, state } of runs) if (state !== 'open') this.#over.add(uuid);
    const beating = open.filter(({ beat }) => beat !== '');
    const lives = await this.#watch.look(beating.map(({ beat }) => beat));
    for (const run of beating) {
      const life = lives.get(run.beat);
      if (life?.isFinal) this.#over.add(run.uuid);
      else if (life?.process === undefined || standingOf(life.process) !== 'alive') this.#unsure.push(run);
    }
  }

  /** Goes on looking at those that are unsure. It keeps no process alive. */
  watch(): void {
    if (this.#unsure.length === 0) return this.#onSure();
    const everyMs = Math.max(1, Math.floor(this.#options.leaseMs / LOOKS_PER_LEASE));
    this.#cancel = this.#context.clock.after(everyMs, () => void this.#lookAgain(), { background: !this.#isAwaited });
  }

  /** Waits until it is known of each, which takes at most a lease since the first look. */
  async settled(): Promise<void> {
    if (this.#unsure.length === 0) return;
    this.#cancel();
    this.#isAwaited = true;
    await new Promise<void>((resolve) => {
      this.#onSure = resolve;
      if (!this.#isLooking) this.watch();
    });
  }

  /** Looks no more: those of which nothing is known are let be. */
  stop(): void {
    this.#cancel();
    this.#unsure = [];
    this.#onSure();
  }

  /**
   * Removes the files of those that are over, once the run that replaces them has said so, safely: readers take no notice of
   * them since. Who lists the folder meanwhile finds some of them, all or none, and each of that it could have found without
   * us: a run without its HELO is a whole run, one without its DONE an open one, and none at all is waited for; nobody ends
   * by it, since for that the folder has to be found unchanged. The last word goes last: what is left by a stop is
   * still over for the next run.
   */
  async clear(): Promise<void> {
    const { fs, layout } = this.#context;
    const files = this.#said.filter(({ record }) => this.#over.has(record.uuid));
    // Each once: by a clock that stands still, what this run says may get a name that was theirs.
    this.#said = this.#said.filter((one) => !files.includes(one));
    const [helos, lastWords] = [files.filter(({ record }) => record.type === 'helo'), files.filter(({ record }) => record.type !== 'helo')];
    for (const { file } of [...helos, ...lastWords]) await removeIfThere(fs, `${layout.directory}/${file}`);
  }

  async #lookAgain(): Promise<void> {
    this.#isLooking = true;
    try {
      const lives = await this.#watch.look(this.#unsure.map(({ beat }) => beat));
      for (const { uuid, beat } of this.#unsure) if (lives.get(beat)?.standing === 'dead') this.#over.add(uuid);
      this.#unsure = this.#unsure.filter(({ beat }) => lives.get(beat)?.standing === 'silent');
    } catch {
      // A disk that does not say who lives: they are let be.
      this.#unsure = [];
    }
    this.#isLooking = false;
    this.watch();
  }
}

/** The names of the control files in a folder. */
export async function controlFiles({ fs, layout }: FolderContext): Promise<string[]> {
  const files: string[] = [];
  await fs.scan(layout.directory, (file, kind) => {
    if (kind === 'file' && parseControlName(file) !== null) files.push(file);
  });
  return files;
}
