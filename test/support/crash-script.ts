import { CrashingDisk } from './crashing-disk.ts';
import { eachCrash } from './each-crash.ts';
import type { Crash, CrashCounts, CrashOptions } from './each-crash.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { judgeQueue } from './judge-queue.ts';
import type { Judgement, QueuePlace } from './judge-queue.ts';
import { QueueLedger } from './queue-ledger.ts';
import { WatchedQueue } from './watched-queue.ts';
import type { ScriptOptions } from './watched-queue.ts';

/** One program after another, each with its disk and the ledger of all of them. */
export class Program {
  readonly fs: FaultyDisk;
  readonly ledger: QueueLedger;
  readonly options: ScriptOptions;

  constructor(fs: FaultyDisk, ledger: QueueLedger, options: ScriptOptions) {
    this.fs = fs;
    this.ledger = ledger;
    this.options = options;
  }

  open(more: ScriptOptions & { readonly directory?: string } = {}): Promise<WatchedQueue> {
    const { directory = '/q', ...options } = more;
    return WatchedQueue.open(this.fs, this.ledger, directory, { ...this.options, ...options });
  }
}

export type Script = (program: Program) => Promise<unknown>;

type Place = Partial<QueuePlace>;

export interface CrashScript {
  /** Programs that ran before, each killed at its end. */
  readonly before?: readonly Script[];
  readonly script: Script;
  readonly options?: ScriptOptions;
  /** What is there from the start. @default an empty directory for the queue */
  readonly directories?: readonly string[];
  /** Where the next program opens the queue, and the one after it. @default both where this one did */
  readonly next?: (left: Readonly<Record<string, string>>) => readonly [next: Place, afterNext: Place];
}

/** The disk and the ledger after programs that were killed when they were through. */
export async function ran(
  scripts: readonly Script[],
  options: ScriptOptions,
  directories: readonly string[] = ['/q/'],
): Promise<{ disk: CrashingDisk; ledger: QueueLedger }> {
  const disk = new CrashingDisk(Object.fromEntries(directories.map((path) => [path, ''])));
  const ledger = new QueueLedger();
  for (const script of scripts) {
    const process = disk.process();
    ledger.hear(() => !process.stopped);
    await script(new Program(process, ledger, options));
    process.kill();
  }
  return { disk, ledger };
}

/** Stops a program at every call, and has the next one judged by the ledger. */
export async function eachScriptCrash(crashed: CrashScript, crashOptions: CrashOptions = {}): Promise<CrashCounts> {
  const { before = [], script, options = {}, directories } = crashed;
  const start = await ran(before, options, directories);
  return eachCrashFrom(start, script, crashed, judgeNext, crashOptions);
}

/**
 * Stops a program where `first` says, and the one after it at every call; then the third is judged. What the first left
 * unsynced is still unsafe when the power goes in the life of the second.
 */
export async function eachDoubleCrash(
  crashed: CrashScript & { readonly second: Script; readonly first: (crash: Crash) => boolean },
  crashOptions: CrashOptions = {},
): Promise<CrashCounts> {
  const { before = [], script, second, first, options = {}, directories } = crashed;
  const start = await ran(before, options, directories);
  const counts = { points: 0, stops: 0, states: 0, twins: 0 };
  const goOn = async (left: Left, ledger: QueueLedger, crash: Crash): Promise<void> => {
    if (!first(crash)) return;
    const middle = { disk: crash.disk, ledger: new QueueLedger() };
    middle.ledger.become(ledger, () => true);
    const judge: JudgeCrash = (more, of, last) => judgeNext(more, of, last, crashed, crash);
    const { points, stops, states, twins } = await eachCrashFrom(middle, second, crashed, judge, crashOptions);
    counts.points += points;
    counts.stops += stops;
    counts.states += states;
    counts.twins += twins;
  };
  await eachCrashFrom(start, script, crashed, goOn, crashOptions);
  return counts;
}

type Left = Readonly<Record<string, string>>;
type JudgeCrash = (left: Left, ledger: QueueLedger, crash: Crash, crashed: CrashScript) => Promise<void>;

async function eachCrashFrom(
  start: { readonly disk: CrashingDisk; readonly ledger: QueueLedger },
  script: Script,
  crashed: CrashScript,
  judge: JudgeCrash,
  crashOptions: CrashOptions,
): Promise<CrashCounts> {
  const ledger = new QueueLedger();
  const action = async (fs: FaultyDisk): Promise<void> => {
    ledger.become(start.ledger, () => !fs.stopped);
    await script(new Program(fs, ledger, crashed.options ?? {}));
  };
  const check = (left: Left, _: unknown, crash: Crash): Promise<void> => judge(left, ledger, crash, crashed);
  return eachCrash(start.disk, action, check, { ledger: () => ledger.text(), likeness: withoutChance, ...crashOptions });
}

async function judgeNext(
  left: Left,
  ledger: QueueLedger,
  crash: Crash,
  { options = {}, next }: CrashScript,
  earlier = crash,
): Promise<void> {
  const place = (other: Place = {}): QueuePlace => ({ directory: other.directory ?? '/q', options: { ...options, ...other.options } });
  const [first, second] = next?.(left) ?? [];
  const powerWent = { kind: earlier.kind === 'power' ? earlier.kind : crash.kind };
  const endings = earlier === crash ? 1 : 2;
  await judgeQueue(crash.disk.process(), ledger, {
    ...promised(powerWent, options),
    endings,
    next: place(first),
    afterNext: place(second),
  });
}

/** A queue's files without what differs from run to run: tokens, and the checksum of the record that has one. */
export function withoutChance(files: string): string {
  return files.replace(/\b[0-9a-f]{16}\b/g, '<token>').replace(/\n[0-9a-f]{8}\t\{"run"/g, '\n{"run"');
}

/** What the durability of a queue promises of such a crash. */
export function promised({ kind }: Pick<Crash, 'kind'>, { durability = 'power' }: ScriptOptions): Omit<Judgement, 'next' | 'afterNext'> {
  return {
    promise: kind === 'kill' || durability === 'power' ? 'all' : 'sane',
    attemptsMayBeLost: kind === 'power',
    refusedMayBeThere: kind === 'power',
    endings: 1,
  };
}
