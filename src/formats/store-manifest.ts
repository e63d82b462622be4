import type { RecordFormat } from './json-record.ts';

/** `store.json`: one record that says that a directory is a store, and in which version of the format. It says nothing else. */

export const STORE_MANIFEST_FILE = 'store.json';

export const STORE_MANIFEST_FORMAT: RecordFormat = { name: 'dibs/store', version: 1 };
