import type { Clock } from '../clock.ts';
import type { FileSystem } from '../fs/file-system.ts';
import type { FolderProbe } from '../fs/folder-probe.ts';

/** What an examination works with. */
export interface Tools {
  readonly fs: FileSystem;
  readonly probe: FolderProbe;
  readonly clock: Clock;
  /** Ends the examination with its reason. */
  readonly signal: AbortSignal;
}
