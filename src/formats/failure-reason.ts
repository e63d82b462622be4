import { WorkQueueError } from '../errors.ts';

/** Why an item was given up, as far as text can tell. */
export interface FailureReason {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** More than anyone reads; and writing it down must not need much of a disk that may be full. In characters. */
const LONGEST = 4_000;

/** What is written down of an error: any value can be thrown. */
export function describeFailure(error: unknown): FailureReason {
  try {
    if (!(error instanceof Error)) return { name: 'Error', message: clip(asText(error)) };
    const { name, message, stack } = error;
    return { name: clip(String(name)), message: clip(String(message)), ...(typeof stack === 'string' && { stack: clip(stack) }) };
  } catch {
    return { name: 'Error', message: 'an error that can not be described' };
  }
}

/** The reason as it stands in a line. */
export function formatReason(reason: FailureReason): string {
  return JSON.stringify(reason);
}

/** The reason in a line; of anything else the text itself is the message. */
export function parseReason(text: string): FailureReason {
  try {
    const { name, message, stack } = JSON.parse(text) as Partial<Record<keyof FailureReason, unknown>>;
    return { name: String(name), message: String(message), ...(typeof stack === 'string' && { stack }) };
  } catch {
    return { name: 'Error', message: text };
  }
}

/** Whether trying again can't help. */
export function isPermanent(error: unknown): boolean {
  return error instanceof WorkQueueError && error.isPermanent;
}

/** Whether nothing was tried. */
export function isNoAttempt(error: unknown): boolean {
  return error instanceof WorkQueueError && error.isNoAttempt;
}

/** Given up without its handler having said anything: it was delivered, and each time its process ended. */
export class KilledError extends Error {
  override readonly name = 'KilledError';

  constructor(attempts: number) {
    super(`delivered ${attempts} times, and each time its process ended before it was settled`);
    // It happened elsewhere: where this was made says nothing.
    delete this.stack;
  }
}

function asText(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function clip(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
