export type { Publish } from './batches/announce.ts';
export type { Batch } from './batches/batch.ts';
export { BatchDamagedError, type DamagedPart } from './batches/batch-damaged-error.ts';
export { BatchExistsError, BatchFailedError, BatchNotFoundError, BatchNotReadyError, PartNotFoundError } from './batches/batch-errors.ts';
export type { BatchPlaceOptions, CreateBatchOptions, ListBatchesOptions, OpenBatchOptions, PartMessage } from './batches/batch-options.ts';
export { BATCH_STATES, type BatchState, type BatchStatus, type StrayTask } from './batches/batch-status.ts';
export type { BatchView } from './batches/batch-view.ts';
export type { BatchWorkOptions, BatchWorkReport, PartOptions } from './batches/batch-work.ts';
export { listBatches } from './batches/list-batches.ts';
export { createBatch, deleteBatch, openBatch } from './batches/open-batch.ts';
export type { PartResult } from './batches/part-results.ts';
export type { FailBatchOn, PartData, PartWork } from './batches/part-work.ts';
export type { RunningPart } from './batches/running-parts.ts';
export type { ReduceOptions, ReduceWork, Reduction } from './batches/reduce-work.ts';
export type { Fields } from './formats/json-record.ts';
export type { TaskError, TaskProgress } from './formats/task-record.ts';
export { TASK_STATUSES, type TaskStatus } from './machines/task-lifecycle.ts';
export type { TaskPlace } from './machines/task-place.ts';
export type { FileStoreOptions } from './stores/file-store.ts';
export { openStore, registerStore, type StoreOpener, type StoreOptions } from './stores/open-store.ts';
export type {
  Countdown,
  DamagedTask,
  SeenTask,
  Shelf,
  Store,
  StoreArea,
  TaskClaim,
  TaskClaimOptions,
  TaskHolder,
  TaskQuery,
  TaskStore,
  TaskStoreOptions,
} from './stores/store.ts';
export type { Attempt } from './tasks/attempt.ts';
export type { NewTask, TaskEntry } from './tasks/create-task.ts';
export type { LaterTask } from './tasks/later-tasks.ts';
export type { StatusCodes } from './tasks/status-codes.ts';
export type { DamagedTaskReport, Task } from './tasks/task.ts';
export {
  TaskIdError,
  TaskIgnoredError,
  TaskLockedError,
  TaskNotDueError,
  TaskNotFoundError,
  TaskNotReadyError,
  TaskRefusedError,
  TaskSucceededError,
  TaskUnsettledError,
} from './tasks/task-errors.ts';
export { TasksDamagedError } from './tasks/tasks-damaged-error.ts';
export type { TaskItem } from './tasks/task-item.ts';
export type { WorkOptions } from './tasks/task-runner.ts';
export type { ListOptions } from './tasks/list-tasks.ts';
export type { RetryStatus, Selection } from './tasks/retry-tasks.ts';
export type { RunOptions } from './tasks/run-options.ts';
export { TaskTracker } from './tasks/task-tracker.ts';
export type { StatusCount, TaskView } from './tasks/task-view.ts';
export type { TaskBackoff, TaskTrackerOptions } from './tasks/tracker-options.ts';
