/**
 * What is noted of a claim in `.dibs/stages`, for whoever finds the claim when its consumer is dead.
 *
 *     reason.etl-1-4711-9f3ac2d1-7      why the group is given up that was claimed so
 *     copy.1835042.b27278c5a6c52        a second name of the file with that inode: `.stage-b27278c5a6c52` is a copy of it,
 *                                       on the device where it is kept
 */

/** Whose claim it is, and its number. */
export interface NotedClaim {
  readonly consumer: string;
  readonly claim: number;
}

export interface CopyNote {
  /** That of the file which is copied. */
  readonly inode: bigint;
  /** What makes the name of the copy's stage unique. */
  readonly token: string;
}

const REASON = /^reason\.([a-z0-9]+(?:-[a-z0-9]+)*)-(0|[1-9]\d{0,14})$/;
const COPY = /^copy\.(\d{1,20})\.([a-z0-9]{1,32})$/;

export function formatReasonNote({ consumer, claim }: NotedClaim): string {
  return `reason.${consumer}-${claim}`;
}

/** Whose note it is; null for a file of any other name. */
export function parseReasonNote(file: string): NotedClaim | null {
  const [, consumer, claim] = REASON.exec(file) ?? [];
  return consumer === undefined ? null : { consumer, claim: Number(claim) };
}

export function formatCopyNote({ inode, token }: CopyNote): string {
  return `copy.${inode}.${token}`;
}

export function parseCopyNote(file: string): CopyNote | null {
  const [, inode, token] = COPY.exec(file) ?? [];
  return inode === undefined || token === undefined ? null : { inode: BigInt(inode), token };
}
