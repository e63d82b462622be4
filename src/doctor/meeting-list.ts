/** Who meets, and in how many files they race: written by the first of them, by name. */
export interface MeetingList {
  readonly members: readonly string[];
  readonly files: number;
}

const PREFIX = 'list.';

export function formatListName(leader: string): string {
  return `${PREFIX}${leader}`;
}

/** Whose list it is, or null for any other name. */
export function parseListName(name: string): string | null {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : null;
}

export function formatList({ members, files }: MeetingList): string {
  return JSON.stringify({ members, files });
}

/** Null for what is anything else, or not all there. */
export function parseList(text: string): MeetingList | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('members' in value && 'files' in value)) return null;
  const { members, files } = value;
  if (!Array.isArray(members) || !members.every((member) => typeof member === 'string')) return null;
  return typeof files === 'number' && Number.isSafeInteger(files) && files > 0 ? { members, files } : null;
}
