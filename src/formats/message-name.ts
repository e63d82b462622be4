import { reportedFile } from './failure-report.ts';

/**
 * Names of files that are messages. A folder is open to everyone, so a name is taken for what it may be: something that was
 * meant to lead out of the folder, to look like another name, or to break what reads a list of names line by line.
 */

/**
 * As long as a message's name may be, in bytes: a claim adds up to 74 to it, and a file system ends at 255.
 */
export const LONGEST_MESSAGE_NAME = 180;

/** Endings that mean something in a folder: no message ends like this. */
const TAKEN = ['.wip', '.again', '.finished', '.failing', '.helo', '.done', '.failed'] as const;

/** What most names are like: nothing in them needs a second look. An extension alone, with its dot first, is not among them. */
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9_ .+=@,-]{0,99}$/;

/** What files end with that are messages: a dot and something that no name of ours ends with. */
export function isExtension(text: string): boolean {
  return /^(\.[A-Za-z0-9_-]{1,16}){1,3}$/.test(text) && !TAKEN.some((taken) => text.toLowerCase().endsWith(taken));
}

/**
 * Why a name that ends with the extension can't be a message's; null if it can.
 *
 * A name that is not UTF-8 was decoded with U+FFFD in it, and leads to no file. What turns the direction of writing makes
 * `gpj.exe` read `exe.jpg`.
 */
export function whyUnusable(name: string, extension: string): string | null {
  if (isReport(name, extension)) return 'it is what the report of a message that was given up is called';
  if (PLAIN.test(name)) return null;
  if (name === extension) return 'it is nothing but an extension';
  if (name.startsWith('.')) return 'it is hidden';
  if (/[/\\]/.test(name)) return 'it holds a slash';
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)) return 'it holds a control character';
  if (/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(name)) return 'it holds a mark that turns the direction of writing';
  if (/\ufffd/.test(name) || !name.isWellFormed()) return 'it is not UTF-8';
  if (byteLength(name) > LONGEST_MESSAGE_NAME) return `it is longer than ${LONGEST_MESSAGE_NAME} bytes`;
  return null;
}

/** Whether a file of that name is a message. */
export function isMessageName(name: string, extension: string): boolean {
  return name.endsWith(extension) && whyUnusable(name, extension) === null;
}

/** With `.json` for an extension a report looks like a message, and lies where that is kept: one would be taken for the other. */
function isReport(name: string, extension: string): boolean {
  const file = reportedFile(name);
  return file !== null && (file.endsWith(extension) || file.includes(`${extension}~`));
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
