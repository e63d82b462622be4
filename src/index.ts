export { type Clock, systemClock } from './clock.ts';
export {
  ClaimLostError,
  DiskError,
  FormatVersionError,
  ItemSettledError,
  NotAQueueError,
  OwnerLostError,
  PermanentError,
  QueueBrokenError,
  QueueClosedError,
  QueueNotFoundError,
  QueueTimeoutError,
  ReadOnlyQueueError,
  UnserialisableValueError,
  UpstreamFailedError,
  WorkQueueError,
} from './errors.ts';
export { type QueueHolder, QueueLockedError, QueueTakenError } from './fs/ownership-errors.ts';
export {
  FolderInUseError,
  FolderOptionsError,
  MessageExistsError,
  NotAClaimError,
  ProducerLostError,
  UnusableMessageError,
} from './folders/folder-errors.ts';
export { HandlerTimeoutError, InvalidValueError } from './queues/handler-errors.ts';
export { DamagedRecordError, NotAStoreError, ReadOnlyStoreError, StoreUrlError } from './stores/store-errors.ts';
export { MissingPeerError } from './testing/missing-peer-error.ts';
export type { BeatingProcess } from './formats/beating-record.ts';
export type { FailureReason } from './formats/failure-reason.ts';
export type { FolderEvents } from './fs/folder-watch.ts';
export type { EntryKind, FileStat, FileSystem, OpenFile, OpenMode, Visit } from './fs/file-system.ts';
export type { Life } from './fs/life-watch.ts';
export type { FolderDurability } from './folders/folder-context.ts';
export type { FailedFile } from './folders/failed-files.ts';
export type { FolderCounts } from './folders/folder-counts.ts';
export type { FolderDamage } from './folders/folder-damage.ts';
export type { ClaimStatus, ConsumerStatus, FolderStatus } from './folders/folder-status.ts';
export type { Standing } from './folders/folder-users.ts';
export type { FolderWarning } from './folders/folder-warnings.ts';
export type { MaintenanceOptions } from './folders/maintenance.ts';
export type { OutstandingFile } from './folders/outstanding-files.ts';
export type { ProducerState, ProducerStatus } from './folders/producer-status.ts';
export type { PurgeReport } from './folders/purge.ts';
export type { ClaimOrder } from './folders/ready-listing.ts';
export type { ResetReport } from './folders/reset.ts';
export type { MessageStream } from './folders/stream-bytes.ts';
export type { StrangeFile } from './folders/strange-files.ts';
export type { Codec } from './formats/codec.ts';
export type { Damage } from './journals/damage.ts';
export type { Durability } from './journals/batch.ts';
export type { AttachablePort, AttachedQueue } from './queues/attached-queue.ts';
export {
  type BackoffOptions,
  consume,
  type ConsumeCounts,
  type ConsumeError,
  type ConsumeOptions,
  type ConsumeProgress,
  type ConsumeReport,
  type Handler,
  type HandlerContext,
  type Interruption,
} from './queues/consume.ts';
export type { ShutdownSignal } from './queues/consume-signals.ts';
export type { ClaimedFile, DoneOptions } from './queues/claimed-file.ts';
export type { ClaimedGroup, GroupedFile } from './queues/claimed-group.ts';
export type {
  FolderOptions,
  GroupedFolderQueueOptions,
  ReadableFolderQueueOptions,
  WritableFolderQueueOptions,
} from './queues/folder-options.ts';
export {
  clearFolderControlFiles,
  type FolderMaintenanceOptions,
  purgeFolder,
  releaseFolderClaims,
  resetFolder,
  retryFolder,
} from './queues/folder-maintenance.ts';
export { FolderReader, readFolder, type ReadFolderOptions } from './queues/folder-reader.ts';
export { GroupedFolderQueue } from './queues/grouped-folder-queue.ts';
export type { PutFileOptions } from './queues/folder-put.ts';
export type { PutFile } from './queues/pending-put.ts';
export { ReadableFolderQueue } from './queues/readable-folder-queue.ts';
export type { GroupRules, IncompleteGroup } from './machines/file-groups.ts';
export type { FailedMessage, OutstandingMessage } from './queues/listing.ts';
export type { QueueCounts } from './queues/lifecycle.ts';
export { PersistentQueue } from './queues/persistent-queue.ts';
export type { PutManyOptions, PutOptions } from './queues/put-options.ts';
export type { ConsumableQueue, GetOptions, Item, SettleableItem } from './queues/queue.ts';
export type { PersistentQueueOptions } from './queues/queue-options.ts';
export { type QueueReader, readQueue, type ReadQueueOptions } from './queues/queue-reader.ts';
export type { QueueStatus } from './queues/queue-status.ts';
export type { PayloadSchema, SchemaResult } from './queues/schema.ts';
export type { SharedEnd } from './queues/shared-queue.ts';
export { WritableFolderQueue } from './queues/writable-folder-queue.ts';
