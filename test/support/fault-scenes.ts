/** One scene of test/processes/fault-scene.mjs, what comes before it, and who works off what it leaves. */
export interface FaultScene {
  readonly kind: 'queue' | 'folder';
  readonly title: string;
  /** Played once, before anything fails. */
  readonly before: readonly string[];
  readonly scene: string;
  /** Played after the fault, by another process; finds everything that was promised. */
  readonly after: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Whether nothing is left of what is done, or of anything at all. @default 'kept' */
  readonly leaves?: 'kept' | 'nothing of what is done' | 'nothing';
  /** Its calls depend on time: a few of its points may not come. */
  readonly isTimed?: boolean;
}

const queue = (title: string, scene: string, before: readonly string[] = [], options: FaultScene['options'] = {}): FaultScene => ({
  kind: 'queue',
  title: `a queue: ${title}`,
  before,
  scene,
  after: 'work off',
  options: { maxAttempts: 10, ...options },
});

const folder = (title: string, scene: string, before: readonly string[] = [], rest: Partial<FaultScene> = {}): FaultScene => ({
  kind: 'folder',
  title: `a folder: ${title}`,
  before,
  scene,
  after: 'work off',
  ...rest,
  options: { maxAttempts: 10, ...rest.options },
});

const GROUPS = { after: 'work off groups' };
const REMOVED: Partial<FaultScene> = { options: { doneDir: null }, leaves: 'nothing of what is done' };
const PROCESS = { options: { durability: 'process' } };

export const FAULT_SCENES: readonly FaultScene[] = [
  queue('open, put, close', 'put'),
  queue("open, put, close at 'process'", 'put', [], { durability: 'process' }),
  queue('get, done', 'done', ['fill']),
  queue('fail, give up, release, retry', 'fail', ['fill']),
  queue('resume after a kill', 'resume', ['hold']),
  queue('journals roll and go', 'roll', [], { segmentBytes: 1024 }),
  queue('what was given up outlives its journal', 'roll', ['fill', 'fail'], { segmentBytes: 1024 }),
  queue('a load is finished', 'finish', ['fill']),
  { ...queue('heartbeats', 'beat', [], { leaseMs: 100 }), isTimed: true },
  folder('put a text', 'put a text'),
  folder("put a text at 'process'", 'put a text', [], PROCESS),
  folder('put a copy', 'put a copy', ['lay out']),
  folder('move', 'move', ['lay out'], { after: 'move the rest, work off' }),
  folder('a producer fails, the next replaces it', 'fail'),
  folder('claim, done', 'done', ['fill']),
  folder("claim, done at 'process'", 'done', ['fill'], PROCESS),
  folder('claim, done, removed', 'done', ['fill'], REMOVED),
  folder('fail, give up, release', 'give up', ['fill']),
  folder('fail for the last time', 'give up', ['fill'], { options: { maxAttempts: 2 } }),
  folder('take back from the dead', 'take back', ['fill', 'hold']),
  folder('groups: done, given up', 'finish groups', ['fill groups'], GROUPS),
  folder('groups: released, failed', 'release groups', ['fill groups'], GROUPS),
  folder('groups: taken back from the dead', 'finish groups', ['fill groups', 'hold groups'], GROUPS),
  folder('retry', 'retry', ['fill', 'give up']),
  folder('reset', 'reset', ['fill', 'hold']),
  folder('purge', 'purge', ['fill', 'give up', 'hold'], { after: 'purge', leaves: 'nothing' }),
  { ...folder('heartbeats', 'beat', ['fill'], { options: { leaseMs: 100 } }), isTimed: true },
];
