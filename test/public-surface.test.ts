import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { PackedProject } from './support/packed-project.ts';
import { bytesBelow, productionClosure } from './support/packed.ts';

/** Every name that `import … from 'dibs'` gives. A name that is added or gone is a change for every user: spell it out here. */
const VALUES = [
  'ClaimLostError',
  'DamagedRecordError',
  'DiskError',
  'FolderInUseError',
  'FolderOptionsError',
  'FolderReader',
  'FormatVersionError',
  'GroupedFolderQueue',
  'HandlerTimeoutError',
  'InvalidValueError',
  'ItemSettledError',
  'MessageExistsError',
  'MissingPeerError',
  'NotAClaimError',
  'NotAQueueError',
  'NotAStoreError',
  'OwnerLostError',
  'PermanentError',
  'PersistentQueue',
  'ProducerLostError',
  'QueueBrokenError',
  'QueueClosedError',
  'QueueLockedError',
  'QueueNotFoundError',
  'QueueTakenError',
  'QueueTimeoutError',
  'ReadOnlyQueueError',
  'ReadOnlyStoreError',
  'ReadableFolderQueue',
  'StoreUrlError',
  'UnserialisableValueError',
  'UnusableMessageError',
  'UpstreamFailedError',
  'WorkQueueError',
  'WritableFolderQueue',
  'clearFolderControlFiles',
  'consume',
  'purgeFolder',
  'readFolder',
  'readQueue',
  'releaseFolderClaims',
  'resetFolder',
  'retryFolder',
  'systemClock',
];
const TYPES = [
  'AttachablePort',
  'AttachedQueue',
  'BackoffOptions',
  'BeatingProcess',
  'ClaimOrder',
  'ClaimStatus',
  'ClaimedFile',
  'ClaimedGroup',
  'Clock',
  'Codec',
  'ConsumableQueue',
  'ConsumeCounts',
  'ConsumeError',
  'ConsumeOptions',
  'ConsumeProgress',
  'ConsumeReport',
  'ConsumerStatus',
  'Damage',
  'DoneOptions',
  'Durability',
  'EntryKind',
  'FailedFile',
  'FailedMessage',
  'FailureReason',
  'FileStat',
  'FileSystem',
  'FolderCounts',
  'FolderDamage',
  'FolderDurability',
  'FolderEvents',
  'FolderMaintenanceOptions',
  'FolderOptions',
  'FolderStatus',
  'FolderWarning',
  'GetOptions',
  'GroupRules',
  'GroupedFile',
  'GroupedFolderQueueOptions',
  'Handler',
  'HandlerContext',
  'IncompleteGroup',
  'Interruption',
  'Item',
  'Life',
  'MaintenanceOptions',
  'MessageStream',
  'OpenFile',
  'OpenMode',
  'OutstandingFile',
  'OutstandingMessage',
  'PayloadSchema',
  'PersistentQueueOptions',
  'ProducerState',
  'ProducerStatus',
  'PurgeReport',
  'PutFile',
  'PutFileOptions',
  'PutManyOptions',
  'PutOptions',
  'QueueCounts',
  'QueueHolder',
  'QueueReader',
  'QueueStatus',
  'ReadFolderOptions',
  'ReadQueueOptions',
  'ReadableFolderQueueOptions',
  'ResetReport',
  'SchemaResult',
  'SettleableItem',
  'SharedEnd',
  'ShutdownSignal',
  'Standing',
  'StrangeFile',
  'Visit',
  'WritableFolderQueueOptions',
];
const TASKS_VALUES = [
  'BATCH_STATES',
  'BatchDamagedError',
  'BatchExistsError',
  'BatchFailedError',
  'BatchNotFoundError',
  'BatchNotReadyError',
  'PartNotFoundError',
  'TASK_STATUSES',
  'TaskIdError',
  'TaskIgnoredError',
  'TaskLockedError',
  'TaskNotDueError',
  'TaskNotFoundError',
  'TaskNotReadyError',
  'TaskRefusedError',
  'TaskSucceededError',
  'TaskTracker',
  'TaskUnsettledError',
  'TasksDamagedError',
  'createBatch',
  'deleteBatch',
  'listBatches',
  'openBatch',
  'openStore',
  'registerStore',
];
const TASKS_TYPES = [
  'Attempt',
  'Batch',
  'BatchPlaceOptions',
  'BatchState',
  'BatchStatus',
  'BatchView',
  'BatchWorkOptions',
  'BatchWorkReport',
  'Countdown',
  'CreateBatchOptions',
  'DamagedPart',
  'DamagedTask',
  'DamagedTaskReport',
  'FailBatchOn',
  'Fields',
  'FileStoreOptions',
  'LaterTask',
  'ListBatchesOptions',
  'ListOptions',
  'NewTask',
  'OpenBatchOptions',
  'PartData',
  'PartMessage',
  'PartOptions',
  'PartResult',
  'PartWork',
  'Publish',
  'ReduceOptions',
  'ReduceWork',
  'Reduction',
  'RetryStatus',
  'RunOptions',
  'RunningPart',
  'SeenTask',
  'Selection',
  'Shelf',
  'StatusCodes',
  'StatusCount',
  'Store',
  'StoreArea',
  'StoreOpener',
  'StoreOptions',
  'StrayTask',
  'Task',
  'TaskBackoff',
  'TaskClaim',
  'TaskClaimOptions',
  'TaskEntry',
  'TaskError',
  'TaskHolder',
  'TaskItem',
  'TaskPlace',
  'TaskProgress',
  'TaskQuery',
  'TaskStatus',
  'TaskStore',
  'TaskStoreOptions',
  'TaskTrackerOptions',
  'TaskView',
  'WorkOptions',
];
const TESTING_VALUES = ['manualClock', 'memoryDisk'];
const TESTING_TYPES = ['ManualClock'];

const project = new PackedProject();

describe('the packed package in an empty project', () => {
  it('gives exactly these names to import', () => {
    expect(project.names('main.mjs', "import * as all from 'dibs'; console.log(JSON.stringify(Object.keys(all)));")).toEqual(VALUES);
    expect(project.names('tasks.mjs', "import * as all from 'dibs/tasks'; console.log(JSON.stringify(Object.keys(all)));")).toEqual(
      TASKS_VALUES,
    );
  });

  it('gives the same names to require()', () => {
    expect(project.names('main.cjs', "console.log(JSON.stringify(Object.keys(require('dibs'))));")).toEqual(VALUES);
    expect(project.names('tasks.cjs', "console.log(JSON.stringify(Object.keys(require('dibs/tasks'))));")).toEqual(TASKS_VALUES);
  });

  it('gives exactly these types', () => {
    expect(declaredIn('dist/index.d.ts')).toEqual({ values: VALUES, types: TYPES });
    expect(declaredIn('dist/tasks.d.ts')).toEqual({ values: TASKS_VALUES, types: TASKS_TYPES });
    expect(declaredIn('dist/testing/index.d.ts')).toEqual({ values: TESTING_VALUES, types: TESTING_TYPES });
  });

  it('holds what a user needs and nothing else', () => {
    const files = readdirSync(join(project.path, 'node_modules', 'dibs'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.includes('.') || name === 'LICENSE',
    );
    expect(files).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'CHANGELOG.md',
        'LICENSE',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/tasks.js',
        'dist/tasks.d.ts',
      ]),
    );
    expect(files.filter((name) => !/^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/.+\.(js|d\.ts))$/.test(name))).toEqual([]);
  });

  it('brings a command that starts', () => {
    const main = join(project.path, 'node_modules', 'dibs', 'dist', 'cli', 'main.js');
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(statSync(main).mode & 0o111).toBe(0o111);
    const { version }: { version: string } = JSON.parse(readFileSync(join(project.path, 'node_modules', 'dibs', 'package.json'), 'utf8'));
    expect(project.node([main, '--version']).trim()).toBe(version);
  });

  it('has a core that weighs less than 1.5 MB installed, all dependencies included', () => {
    const sizes = [...productionClosure()].map(([name, directory]): [string, number] => [name, bytesBelow(directory)]);
    const whole = join(project.path, 'node_modules', 'dibs');
    // What a program that imports the queues never loads: the command line, the doctor, which only that calls, and tasks.
    const beyond = ['cli', 'doctor', 'stores', 'tasks', 'batches'].map((room) => bytesBelow(join(whole, 'dist', room)));
    sizes.push(['dibs', beyond.reduce((rest, bytes) => rest - bytes, bytesBelow(whole))]);
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    expect(total, sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', ')).toBeLessThan(1_500_000);
  });
});

/** The names a declaration file exports: those with a value, and those that are types alone. */
function declaredIn(file: string): { values: string[]; types: string[] } {
  const path = join(project.path, 'node_modules', 'dibs', file);
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: [], noLib: true };
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} exports nothing`);
  const names = { values: new Array<string>(), types: new Array<string>() };
  for (const symbol of checker.getExportsOfModule(module)) {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const isTypeOnly = symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration) ?? false;
    (real.flags & ts.SymbolFlags.Value && !isTypeOnly ? names.values : names.types).push(symbol.name);
  }
  return { values: names.values.toSorted(), types: names.types.toSorted() };
}
