import type { FileSystem } from '../fs/file-system.ts';
import type { Durability } from './batch.ts';
import { RecordFile } from './record-file.ts';

/** What outlives the journals it stood in: keys, and messages that were given up or carried over. A file each a run. */
export class Leftovers {
  readonly keys: RecordFile;
  readonly kept: RecordFile;

  constructor(fs: FileSystem, directory: string, { name, run, durability }: { name: string; run: number; durability: Durability }) {
    this.keys = new RecordFile(fs, directory, { name, run, segment: 0, kind: 'keys' }, durability);
    this.kept = new RecordFile(fs, directory, { name, run, segment: 0, kind: 'kept' }, durability);
  }

  close(): void {
    this.keys.close();
    this.kept.close();
  }
}
