import type { Fields, RecordFormat } from './json-record.ts';

/** `queue.json`: one record that says what a directory holds. */

export const MANIFEST_FILE = 'queue.json';

/** The format of a queue of values, and its newest version. */
export const MANIFEST_FORMAT: RecordFormat = { name: 'dibs/persistent-queue', version: 1 };

export interface Manifest {
  /** What the queue's files are called. */
  readonly name: string;
  /** The directory whose messages are to be carried over into this one, if it was made for that. */
  readonly resumes?: string | undefined;
}

export function formatManifest({ name, resumes }: Manifest): Fields {
  return { name, resumes };
}

/** What a record of that format says; null if it lacks a name. */
export function parseManifest({ name, resumes }: Fields): Manifest | null {
  if (typeof name !== 'string') return null;
  return { name, resumes: typeof resumes === 'string' ? resumes : undefined };
}
