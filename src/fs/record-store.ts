import { dirname } from 'node:path';
import { formatRecord, parseRecord } from '../formats/json-record.ts';
import type { Fields, RecordFormat } from '../formats/json-record.ts';
import type { FileSystem } from './file-system.ts';
import { discardStage, publishFile, renameStage, stageFile, stagePath } from './publish.ts';
import { readSmallFile } from './small-file.ts';

/** What a record's file holds. It is never an error: a reader decides what an absent or damaged record means. */
export type StoredRecord =
  | { readonly kind: 'record'; readonly fields: Fields }
  | { readonly kind: 'absent' }
  /** Written by a newer version, and believed, since its checksum holds: not to be read, and not to be replaced. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string }
  /** Not one of these records at all: it is left alone. */
  | { readonly kind: 'foreign'; readonly reason: string };

export interface RecordOptions {
  /** Whether it is to survive a power cut once it is acknowledged. Without, one may leave it damaged. */
  readonly sync: boolean;
}

/** Longer than any record, in bytes. */
const LONGEST_RECORD = 16 * 1024 * 1024;

/** Reads one record. Only what the disk refuses is thrown. */
export async function readRecord(fs: FileSystem, path: string, format: RecordFormat): Promise<StoredRecord> {
  const size = (await fs.lstat(path))?.size;
  if (size === undefined) return { kind: 'absent' };
  if (size > LONGEST_RECORD) return { kind: 'damaged', reason: `it is longer than ${LONGEST_RECORD} bytes` };
  const file = await readSmallFile(fs, path, size);
  if (file.kind === 'absent') return file;
  if (file.kind === 'strange') return { kind: 'damaged', reason: file.reason };
  const parsed = parseRecord(format, file.text);
  if (parsed.kind !== 'record') return parsed;
  return parsed.version > format.version ? { kind: 'newer', version: parsed.version } : { kind: 'record', fields: parsed.fields };
}

/**
 * Creates a record if its name is free: false if it is not, and then nothing was changed. Of all who create it one does.
 * A stop at any point leaves no record or the whole one.
 */
export async function createRecord(
  fs: FileSystem,
  path: string,
  format: RecordFormat,
  fields: Fields,
  { sync }: RecordOptions,
): Promise<boolean> {
  const stage = await stageRecord(fs, path, format, fields, sync);
  let isCreated = false;
  try {
    isCreated = await publishFile(fs, stage, path, { syncDirectory: sync ? dirname(path) : null });
  } finally {
    if (!isCreated) await discardStage(fs, stage);
  }
  return isCreated;
}

/**
 * Replaces a record, or creates it, in one step. Only for a file that one process at a time writes: of two who replace it
 * at once, one would never know that it was overwritten. A stop at any point leaves the old record or the new one.
 */
export async function replaceRecord(
  fs: FileSystem,
  path: string,
  format: RecordFormat,
  fields: Fields,
  { sync }: RecordOptions,
): Promise<void> {
  const stage = await stageRecord(fs, path, format, fields, sync);
  try {
    await renameStage(fs, stage, path);
  } catch (error) {
    await discardStage(fs, stage);
    throw error;
  }
  if (sync) await fs.syncDirectory(dirname(path));
}

async function stageRecord(fs: FileSystem, path: string, format: RecordFormat, fields: Fields, sync: boolean): Promise<string> {
  const stage = stagePath(dirname(path));
  await stageFile(fs, stage, new TextEncoder().encode(formatRecord(format, fields)), { sync });
  return stage;
}
