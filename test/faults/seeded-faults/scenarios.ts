/** Some tests, and where they are. */
export interface Scenario {
  readonly file: string;
  /** Their names. */
  readonly names: RegExp;
  /** So often at most: where real processes are killed, whether a fault shows is a matter of chance. */
  readonly rounds: number;
}

const scenario = (file: string, names: RegExp, rounds = 1): Scenario => ({ file: `test/${file}`, names, rounds });

const CRASH = 'queues/persistent-queue-crash.test.ts';
const READER = 'queues/readable-folder-queue-crash.test.ts';
const WRITER = 'queues/writable-folder-queue-crash.test.ts';
const TASKS = 'stores/file-task-store-crash.test.ts';
const GROUPS = 'queues/grouped-folder-queue-crash.test.ts';

/** Who is to catch the seeded faults: what the suite judges the library by, in those of its tests that are quick. */
export const SCENARIOS = {
  // Real processes that are killed and stopped, judged by the checkers.
  'killed runs of a queue': scenario('processes/persistent-queue-kills.slow.test.ts', /'process'/, 4),
  'an owner that sleeps': scenario('processes/persistent-queue-takeover.slow.test.ts', /\(process\)/, 4),
  'killed workers of a folder': scenario('faults/seeded-faults/folder-workers.scenario.ts', /judged by the checker/, 4),
  // Every call of a program, stopped there by a kill or a power cut, judged by what the next program finds.
  'a load, cut off': scenario(CRASH, /from its first put to its end: with durability 'power'/),
  'a load, killed': scenario(CRASH, /from its first put to its end: with durability 'process'/),
  'the removal of earlier journals, cut off': scenario(CRASH, /Q-37 removal of the journals.*'power'/),
  'the removal of journals, cut off': scenario(CRASH, /Q-37 removal_of_journals.*'power'/),
  'a move, cut off': scenario(WRITER, /a move on one device/),
  'a text, cut off': scenario(WRITER, /a text that is put/),
  'done, cut off': scenario(READER, /'power': F-42/),
  'done, killed': scenario(READER, /'process': F-42/),
  'a group, cut off when its end is decided': scenario(GROUPS, /F-43 decides nothing of a group/),
  'a group, killed': scenario(GROUPS, /'process', another reader F-43 completes a done, or/),
  // A process that stands still before one of its calls, while others go on.
  'an owner that sleeps before a call': scenario('queues/persistent-queue-takeover.test.ts', /what a killed run left/),
  'a group that is taken back from a sleeper': scenario(
    'queues/grouped-folder-queue-sleep.slow.test.ts',
    /only takes it back.*is told so, and changes nothing: done$/,
  ),
  // One call that fails, or is done in part, or whose answer is lost.
  'a disk that refuses': scenario('queues/persistent-queue-errors.test.ts', /half done/),
  'answers that are lost': scenario('queues/readable-folder-queue-errors.test.ts', /F-40.*all of them/),
  // Bytes that are changed.
  'a damaged journal': scenario('queues/persistent-queue-damage.test.ts', /Q-24|a damaged put journal/),
  // Others who come, go and end between any two looks.
  'the end of a folder': scenario('queues/readable-folder-queue-end.test.ts', /F-20|F-21/),
  'a producer, cut off': scenario(WRITER, /F-45.*is replaced by its next run/),
  // Tasks and batches, likewise.
  'the end of a task, cut off': scenario(TASKS, /in the end of a claim leaves it claimed or succeeded/),
  'a checkpoint, cut off': scenario(TASKS, /in a checkpoint leaves the last one/),
  'a deletion by who stands still': scenario('stores/file-task-store-stalls.slow.test.ts', /ends it, unless it is ended deletes the task/),
  'parts that are brought': scenario('batches/batch.test.ts', /WB-08 is one, of all who end the last parts/),
  // Every order in which some make their calls.
  'starters in all orders': scenario('model/task-claims.slow.test.ts', /the second comes later, a stall/),
  'creators in all orders': scenario('model/task-creation.slow.test.ts', /one creates and one deletes what is there/),
  'a verdict in all orders': scenario('model/batch-verdict.test.ts', /one who fails the batch/),
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;
