import type { Fields, RecordFormat } from './json-record.ts';
import { isExtension } from './message-name.ts';

/** `.dibs/queue.json`: one record that says by what rules a folder is used. */

export const FOLDER_MANIFEST_FILE = 'queue.json';

export const FOLDER_MANIFEST_FORMAT: RecordFormat = { name: 'dibs/folder-queue', version: 1 };

export interface FolderManifest {
  /** What messages end with. */
  readonly extension: string;
  /** So many times a message is handed out before it is given up. */
  readonly maxAttempts: number;
}

export function formatFolderManifest({ extension, maxAttempts }: FolderManifest): Fields {
  return { extension, maxAttempts };
}

/** What a record of that format says; null if it does not say all. */
export function parseFolderManifest({ extension, maxAttempts }: Fields): FolderManifest | null {
  if (typeof extension !== 'string' || !isExtension(extension)) return null;
  if (typeof maxAttempts !== 'number' || !Number.isSafeInteger(maxAttempts) || maxAttempts < 1) return null;
  return { extension, maxAttempts };
}
