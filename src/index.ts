export { type Clock, systemClock } from './clock.ts';
export {
  DiskError,
  FormatVersionError,
  HandlerTimeoutError,
  InvalidValueError,
  ItemSettledError,
  MissingPeerError,
  NotAQueueError,
  OwnerLostError,
  PermanentError,
  QueueBrokenError,
  QueueClosedError,
  type QueueHolder,
  QueueLockedError,
  QueueNotFoundError,
  QueueTakenError,
  QueueTimeoutError,
  ReadOnlyQueueError,
  UnserialisableValueError,
  UpstreamFailedError,
  WorkQueueError,
} from './errors.ts';
export type { FailureReason } from './formats/failure-reason.ts';
export type { FileStat, FileSystem, OpenFile } from './fs/file-system.ts';
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
