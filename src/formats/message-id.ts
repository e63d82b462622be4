/** `00000003-0000000042`: the 42nd message of run 3. Fixed width, so that ids sort as the messages were put. */

/** Where a message was put: the run (one opening of the queue) and its place in it, from 1. */
export interface MessageId {
  readonly run: number;
  readonly sequence: number;
}

export const RUN_DIGITS = 8;
export const SEQUENCE_DIGITS = 10;
export const ID_LENGTH = RUN_DIGITS + 1 + SEQUENCE_DIGITS;

/** The highest run and sequence that can be written down. */
export const LAST_RUN = 10 ** RUN_DIGITS - 1;
export const LAST_SEQUENCE = 10 ** SEQUENCE_DIGITS - 1;

export function formatMessageId(run: number, sequence: number): string {
  return `${formatRun(run)}-${formatSequence(sequence)}`;
}

/** The id's parts, or null for any other text. */
export function parseMessageId(text: string): MessageId | null {
  const [, run, sequence] = /^(\d{8})-(\d{10})$/.exec(text) ?? [];
  return run === undefined ? null : { run: Number(run), sequence: Number(sequence) };
}

export function formatRun(run: number): string {
  return String(run).padStart(RUN_DIGITS, '0');
}

export function formatSequence(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

const ZERO = 48;

/** Writes a number as exactly `digits` decimal digits. */
export function writeDigits(bytes: Uint8Array, offset: number, digits: number, value: number): void {
  let rest = value;
  for (let i = offset + digits - 1; i >= offset; i--) {
    // Below 2^31 integer division is several times faster, and most numbers are.
    const tens = rest < 0x7fffffff ? (rest / 10) | 0 : Math.floor(rest / 10);
    bytes[i] = ZERO + (rest - tens * 10);
    rest = tens;
  }
}

/** The number written in exactly these digits, or -1 if one of them is none. */
export function readDigits(bytes: Uint8Array, offset: number, digits: number): number {
  let value = 0;
  for (let i = offset; i < offset + digits; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Which of two messages was put first: negative, zero or positive. */
export function compareIds(a: MessageId, b: MessageId): number {
  return a.run - b.run || a.sequence - b.sequence;
}
