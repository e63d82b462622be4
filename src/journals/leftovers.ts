import type { FileSystem } from '../fs/file-system.ts';
import type { Durability } from './batch.ts';
import type { QueueGuard } from './queue-guard.ts';
import { RecordFile } from './record-file.ts';

export interface LeftoversOptions {
  readonly name: string;
  readonly run: number;
  readonly durability: Durability;
  readonly guard: QueueGuard;
}

/** What outlives the journals it stood in: keys, and messages that were given up or carried over. A file each a run. */
export class Leftovers {
  readonly keys: RecordFile;
  readonly kept: RecordFile;

  constructor(fs: FileSystem, directory: string, { name, run, ...options }: LeftoversOptions) {
    this.keys = new RecordFile(fs, directory, { name, run, segment: 0, kind: 'keys' }, options);
    this.kept = new RecordFile(fs, directory, { name, run, segment: 0, kind: 'kept' }, options);
  }

  close(): void {
    this.keys.close();
    this.kept.close();
  }
}
