/**
 * What the file of a task is called. An id may be any text; what a file name can't hold, or a shell would trip over, is
 * written as `%` and two digits a byte, so that equal names are equal ids.
 *
 *     load-2026-11-27.json                                      nobody has it
 *     load-2026-11-27.json.etl-1-4711-9f3ac2d1-7a2.wip          claim 7 of that consumer, the second since its record was written
 *     load-2026-11-27.json.etl-1-4711-9f3ac2d1-7a0.wip          taken aside, to be deleted or put back to work: no attempt
 *     load-2026-11-27~k4f.json.etl-1-4711-9f3ac2d1-7a2.wip      the same, and `k4f` is its checkpoint
 *     load-2026-11-27.json.etl-1-4711-9f3ac2d1-7a2.settling     its outcome is written, and on its way
 *     load-2026-11-27~2k9.json.etl-1-4711-9f3ac2d1-7a2.going    it is being deleted, and `2k9` says of which id: a newer one stays
 *     load-2026-11-27.json.back-9f3ac2d1k4-7a0.back             empty: it was aside, and is put back to where its record says
 */

import { type ClaimName, formatClaimName, parseClaimName } from './claim-name.ts';
import { LONGEST_MESSAGE_NAME } from './message-name.ts';

const EXTENSION = '.json';

/** Room for a checkpoint: `~` and its token. */
const CHECKPOINT_BYTES = 33;

/** As long as an id may be, in bytes as they are written. */
export const LONGEST_TASK_ID = LONGEST_MESSAGE_NAME - EXTENSION.length - CHECKPOINT_BYTES;

export type TaskClaimState = 'wip' | 'settling' | 'going' | 'back';

export interface TaskClaimName {
  readonly id: string;
  readonly checkpoint: string | undefined;
  readonly consumer: string;
  /** The how manieth claim of that consumer. */
  readonly claim: number;
  /** The how manieth since its record was written, this one included; 0 for one that is taken aside, and was not claimed before. */
  readonly claims: number;
  readonly state: TaskClaimState;
}

/** What Windows takes for a device, whatever it ends with. */
const OF_A_DEVICE = /^[acnlp](?=(?:on|ux|ul|rn|om\d|pt\d)(?:\.|$))/i;

/** What most ids are made of. */
const PLAIN = /^[A-Za-z0-9_=@-](?:[A-Za-z0-9 _.,+=@-]*[A-Za-z0-9_=@-])?$/;

/** An id as a part of a file name. */
export function encodeName(id: string): string {
  if (PLAIN.test(id)) return id.replace(OF_A_DEVICE, percent);
  // What is written in two ways by two systems would be two files here and one there.
  const text = id === id.normalize('NFC') ? id.replace(/[^\p{L}\p{N} _.,+=@-]/gu, percent) : id.replace(/[^A-Za-z0-9 _.,+=@-]/gu, percent);
  return text
    .replace(/^\.|\.$/g, '%2E')
    .replace(/^ | $/g, '%20')
    .replace(OF_A_DEVICE, percent);
}

/** The id; null if no id is written like this. */
export function decodeName(text: string): string | null {
  try {
    const id = decodeURIComponent(text);
    return id !== '' && encodeName(id) === text ? id : null;
  } catch {
    return null;
  }
}

/** Why a text can't be an id; null if it can. */
export function whyNoId(id: unknown): string | null {
  if (typeof id !== 'string') return 'it is no text';
  if (id === '') return 'it is empty';
  if (!id.isWellFormed()) return 'it is no Unicode';
  const { length } = new TextEncoder().encode(encodeName(id));
  return length > LONGEST_TASK_ID ? `it takes ${length} bytes as it is written, and ${LONGEST_TASK_ID} is the most` : null;
}

export function formatTaskFile(id: string): string {
  return `${encodeName(id)}${EXTENSION}`;
}

/** The id of a task that nobody has; null for any other file. */
export function parseTaskFile(file: string): string | null {
  return file.endsWith(EXTENSION) ? decodeName(file.slice(0, -EXTENSION.length)) : null;
}

export function formatTaskClaim({ id, checkpoint, consumer, claim, claims, state }: TaskClaimName): string {
  const name = `${encodeName(id)}${checkpoint === undefined ? '' : `~${checkpoint}`}${EXTENSION}`;
  return `${formatClaimName({ name, consumer, claim, attempt: claims, state: 'wip' }).slice(0, -'wip'.length)}${state}`;
}

/** The parts of the name of a task that somebody has; null for any other file. */
export function parseTaskClaim(file: string): TaskClaimName | null {
  const [, stem, state] = /^(.+)\.(wip|settling|going|back)$/.exec(file) ?? [];
  const claimed: ClaimName | null = stem === undefined ? null : parseClaimName(`${stem}.wip`, EXTENSION, 0);
  if (claimed === null) return null;
  const [, text = '', checkpoint] = /^(.*?)(?:~([a-z0-9]{1,32}))?$/s.exec(claimed.name.slice(0, -EXTENSION.length)) ?? [];
  const id = decodeName(text);
  if (id === null) return null;
  const { consumer, claim, attempt } = claimed;
  return { id, checkpoint, consumer, claim, claims: attempt, state: state as TaskClaimState };
}

/** What tells one file of a name from any later one, as a part of a name. */
export function formatStamp({ inode, modifiedMs }: { readonly inode: bigint; readonly modifiedMs: number }): string {
  return `${inode.toString(36)}${Math.floor(modifiedMs).toString(36)}`;
}

/** What a checkpoint's file is called: `token` makes it this one. */
export function formatCheckpoint(id: string, token: string): string {
  return `${formatTaskFile(id)}.${token}`;
}

/** The parts of the name of a checkpoint, or of a record that is being created, which is called alike; null for any other file. */
export function parseCheckpoint(file: string): { readonly id: string; readonly token: string } | null {
  const [, name = '', token] = /^(.+)\.([a-z0-9]{1,32})$/.exec(file) ?? [];
  const id = parseTaskFile(name);
  return id === null || token === undefined ? null : { id, token };
}

function percent(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
