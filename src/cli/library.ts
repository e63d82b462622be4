import { JSON_OR_FOREIGN } from './foreign-value.ts';
import type { WritableFolderQueueOptions, ReadableFolderQueueOptions } from '../queues/folder-options.ts';
import type { FolderReader, ReadFolderOptions } from '../queues/folder-reader.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { PersistentQueue } from '../queues/persistent-queue.ts';
import type { QueueReader } from '../queues/queue-reader.ts';
import type { PersistentQueueOptions } from '../queues/queue-options.ts';
import type { ReadableFolderQueue } from '../queues/readable-folder-queue.ts';
import type { WritableFolderQueue } from '../queues/writable-folder-queue.ts';
import type { StoreOptions } from '../stores/open-store.ts';
import type { Store } from '../stores/store.ts';
import type { TaskTracker } from '../tasks/task-tracker.ts';
import type { TaskTrackerOptions } from '../tasks/tracker-options.ts';

/**
 * The library, each part loaded when a command needs it: help, and a complaint about what was typed, come at once, and
 * who only reads does not load what writes.
 */

export async function readQueue(directory: string): Promise<QueueReader<unknown>> {
  const library = await import('../queues/queue-reader.ts');
  return library.readQueue(directory, { codec: JSON_OR_FOREIGN });
}

export async function openPersistentQueue(directory: string, options: PersistentQueueOptions<unknown>): Promise<PersistentQueue<unknown>> {
  const library = await import('../queues/persistent-queue.ts');
  return library.PersistentQueue.open<unknown>(directory, { ...options, codec: JSON_OR_FOREIGN });
}

export async function readFolder(directory: string, options: ReadFolderOptions): Promise<FolderReader> {
  const library = await import('../queues/folder-reader.ts');
  return library.readFolder(directory, options);
}

export async function openReadableFolder(directory: string, options: ReadableFolderQueueOptions): Promise<ReadableFolderQueue> {
  const library = await import('../queues/readable-folder-queue.ts');
  return library.ReadableFolderQueue.open(directory, options);
}

export async function openWritableFolder(directory: string, options: WritableFolderQueueOptions): Promise<WritableFolderQueue> {
  const library = await import('../queues/writable-folder-queue.ts');
  return library.WritableFolderQueue.open(directory, options);
}

export async function openStore(url: string, options: StoreOptions): Promise<Store> {
  const library = await import('../stores/open-store.ts');
  return library.openStore(url, options);
}

export async function openTracker(store: string | Store, options: TaskTrackerOptions<unknown>): Promise<TaskTracker<unknown>> {
  const library = await import('../tasks/task-tracker.ts');
  return library.TaskTracker.open<unknown>(store, options);
}

/** Making, opening and deleting batches. */
export function batchLibrary(): Promise<typeof import('../batches/open-batch.ts')> {
  return import('../batches/open-batch.ts');
}

/** Listing them. */
export function batchListing(): Promise<typeof import('../batches/list-batches.ts')> {
  return import('../batches/list-batches.ts');
}

export async function machineDisk(): Promise<FileSystem> {
  const library = await import('../fs/disk.ts');
  return library.disk;
}

/** Clearing a folder up, and putting back what was given up. */
export function folderMaintenance(): Promise<typeof import('../queues/folder-maintenance.ts')> {
  return import('../queues/folder-maintenance.ts');
}
