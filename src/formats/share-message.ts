import {
  DiskError,
  ItemSettledError,
  OwnerLostError,
  QueueBrokenError,
  QueueClosedError,
  QueueTimeoutError,
  UpstreamFailedError,
  WorkQueueError,
} from '../errors.ts';
import { describeFailure, type FailureReason } from './failure-reason.ts';

/** What a worker asks of the owner. `number` tells which reply is whose. */
export interface Request {
  readonly dibs: 'request';
  readonly number: number;
  /** `bye`: nothing of what was asked before is waited for, and what is held is to be taken back, uncounted. */
  readonly operation: 'get' | 'tryGet' | 'done' | 'release' | 'fail' | 'cancel' | 'bye';
  /** The item that is settled. */
  readonly id?: string;
  /** For `fail`: why, and whether trying again can't help. */
  readonly error?: FailureReason;
  readonly permanent?: boolean;
  /** For `cancel`: the number of the `get` that is not waited for any more. */
  readonly of?: number;
}

/** What it is told. */
export type Reply<T = unknown> =
  | { readonly dibs: 'reply'; readonly number: number; readonly item?: SentItem<T>; readonly error?: SentError }
  /** An item is not the worker's any more. */
  | { readonly dibs: 'lost'; readonly id: string; readonly reason: string }
  /** The owner shares the queue no longer. */
  | { readonly dibs: 'ended' };

export interface SentItem<T = unknown> {
  readonly id: string;
  readonly maxAttempts: number;
  readonly attempt: number;
  readonly value: T;
}

export interface SentError extends FailureReason {
  readonly code?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** How a `get` ends that its worker does not wait for any more. The worker knows it by its code; no caller sees it. */
export class GetCancelledError extends WorkQueueError {
  readonly code = 'ERR_GET_CANCELLED';

  constructor() {
    super('It is not waited for any more.');
  }
}

const OPERATIONS: readonly string[] = ['get', 'tryGet', 'done', 'release', 'fail', 'cancel', 'bye'];

/** The request in a message, or null for any other message: the channel may be used for more. */
export function parseRequest(message: unknown): Request | null {
  if (typeof message !== 'object' || message === null) return null;
  const { dibs, number, operation } = message as Partial<Record<keyof Request, unknown>>;
  return dibs === 'request' && typeof number === 'number' && OPERATIONS.includes(String(operation)) ? (message as Request) : null;
}

export function parseReply<T>(message: unknown): Reply<T> | null {
  if (typeof message !== 'object' || message === null) return null;
  const { dibs } = message as { dibs?: unknown };
  return dibs === 'reply' || dibs === 'lost' || dibs === 'ended' ? (message as Reply<T>) : null;
}

/** An error as it can be sent. */
export function describeError(error: unknown): SentError {
  if (!(error instanceof WorkQueueError)) return describeFailure(error);
  const facts: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(error)) if (typeof fact === 'string' || typeof fact === 'number') facts[name] = fact;
  return { ...describeFailure(error), code: error.code, facts };
}

/** The error in the worker: of the same class where a worker has a use for it, with the same code, message and facts anyhow. */
export function reviveError(sent: SentError): Error {
  const error = blankError(sent.code);
  Object.assign(error, sent.facts);
  error.message = sent.message;
  if (error.name !== sent.name) error.name = sent.name;
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}

function blankError(code: string | undefined): Error {
  switch (code) {
    case 'ERR_GET_CANCELLED':
      return new GetCancelledError();
    case 'ERR_QUEUE_TIMEOUT':
      return new QueueTimeoutError('get', '', 0);
    case 'ERR_UPSTREAM_FAILED':
      return new UpstreamFailedError('', '');
    case 'ERR_QUEUE_CLOSED':
      return new QueueClosedError('get', '', 'disposed');
    case 'ERR_ITEM_SETTLED':
      return new ItemSettledError('', '', 'done');
    case 'ERR_DISK':
      return new DiskError('', '', undefined);
    case 'ERR_QUEUE_BROKEN':
      return new QueueBrokenError('');
    case 'ERR_OWNER_LOST':
      return new OwnerLostError();
    default:
      // With a message, or that which it gets would be listed among its fields.
      return new Error('');
  }
}
