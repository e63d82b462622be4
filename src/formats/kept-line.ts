import { type FailureReason, formatReason, parseReason } from './failure-reason.ts';
import { formatMessageId, parseMessageId, type MessageId } from './message-id.ts';
import { formatKey, parseKey } from './put-line.ts';

/**
 * A message that was carried over from journals that are gone: checksum, id, key, attempts so far, how many of those a
 * retry forgave, the error if it was given up (else nothing), message.
 */
export interface KeptLine extends MessageId {
  readonly key: string | undefined;
  readonly attempts: number;
  readonly forgiven: number;
  readonly error: FailureReason | undefined;
  readonly text: string;
}

export function formatKeptLine({ run, sequence, key, attempts, forgiven, error, text }: KeptLine): string {
  const reason = error === undefined ? '' : formatReason(error);
  return [formatMessageId(run, sequence), formatKey(key), attempts, forgiven, reason, text].join('\t');
}

/** What a body says, or null if it is no kept line. */
export function parseKeptLine(body: string): KeptLine | null {
  const fields = body.split('\t', 5);
  const [first = '', key = '', attempts = '', forgiven = '', error = ''] = fields;
  const id = parseMessageId(first);
  const head = fields.join('\t').length + 1;
  if (id === null || !isCount(attempts) || !isCount(forgiven) || body.length < head) return null;
  return {
    ...id,
    key: parseKey(key),
    attempts: Number(attempts),
    forgiven: Number(forgiven),
    error: error === '' ? undefined : parseReason(error),
    text: body.slice(head),
  };
}

function isCount(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}

/**
 * A file that carries the messages of another directory over says so first, and last that it has all of them. Without the
 * last line none of it counts: the other directory has them still.
 */
export type CarriedOver = { readonly kind: 'resumes'; readonly directory: string } | { readonly kind: 'resumed' };

export function formatCarriedOver(line: CarriedOver): string {
  return line.kind === 'resumed' ? 'resumed' : `resumes\t${JSON.stringify(line.directory)}`;
}

/** What a body says of where its file's messages come from, or null if it is about something else. */
export function parseCarriedOver(body: string): CarriedOver | null {
  if (body === 'resumed') return { kind: 'resumed' };
  const directory = body.startsWith('resumes\t') ? parseKey(body.slice('resumes\t'.length)) : undefined;
  return directory === undefined ? null : { kind: 'resumes', directory };
}
