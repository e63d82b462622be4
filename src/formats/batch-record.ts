import type { Fields } from './json-record.ts';

/** What a batch is made of, written before anybody can see it. */
export interface BatchPlan {
  readonly total: number;
  /** What makes it this very batch: its records carry it, and those of a try that came to nothing another one. */
  readonly token: string;
  /** How many of those there are. */
  readonly chunks: number;
  /** Equal for equal parts. */
  readonly digest: string;
  readonly metadata: unknown;
  readonly createdAt: string;
  readonly maxAttempts: number;
  readonly deleteWhenDone: boolean;
  /** Whether whoever made it was to tell somebody of each part. */
  readonly publishes: boolean;
}

/** What becomes of a batch: decided once. */
export type Verdict =
  { readonly kind: 'reduce'; readonly at: string } | { readonly kind: 'failed'; readonly at: string; readonly reason: string };

export function formatPlan(plan: BatchPlan): Fields {
  return { ...plan };
}

/** What a record says; null if it does not say all. */
export function parsePlan(fields: Fields): BatchPlan | null {
  const { total, token, chunks, digest, metadata, createdAt, maxAttempts, deleteWhenDone, publishes } = fields;
  if (!isCount(total) || !isCount(chunks) || !isCount(maxAttempts)) return null;
  if (typeof token !== 'string' || typeof digest !== 'string' || typeof createdAt !== 'string') return null;
  const facts = { total, token, chunks, digest, metadata, createdAt, maxAttempts };
  return { ...facts, deleteWhenDone: deleteWhenDone === true, publishes: publishes === true };
}

export function formatVerdict(verdict: Verdict): Fields {
  return { ...verdict };
}

/** A record of a verdict that makes no sense is one of failure: nothing is reduced that may not be whole. */
export function parseVerdict({ kind, at, reason }: Fields): Verdict {
  const when = typeof at === 'string' ? at : '';
  if (kind === 'reduce') return { kind, at: when };
  return { kind: 'failed', at: when, reason: typeof reason === 'string' ? reason : 'its verdict can not be read' };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
