/** A message that a consumer of ours has. */
export interface Claim {
  /** Its own name. */
  readonly name: string;
  /** Where it lies now. */
  readonly path: string;
  readonly attempt: number;
  /** Its file, whatever name it gets: what lies elsewhere under this number is this very message. Undefined if nobody asked. */
  readonly inode: bigint | undefined;
  /** Where this process has shown it among what is kept: if the disk refuses what comes after that, a repeat goes on from there. */
  shown?: Shown | undefined;
  /** Where this process began to show it, and was not told whether that came to be: what is decided next looks there. */
  tried?: string | undefined;
  /** Where it lies since this process took it away: a repeat after a refusal goes on from there. */
  gone?: string | undefined;
}

/** A file among those that are kept. */
export interface Shown {
  readonly directory: string;
  /** What it is called there. */
  readonly kept: string;
  /** Set if it is a copy, on another device. */
  readonly copy?: KeptCopy;
  /** Set if there was no hard link: its claim went by that. */
  readonly isMoved?: boolean;
}

/** A copy on another device, and what tells of it. */
export interface KeptCopy {
  readonly stage: string;
  readonly note: string;
}
