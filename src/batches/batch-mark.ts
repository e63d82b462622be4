import type { BatchGround } from './batch-ground.ts';

/**
 * What is written down once of a batch, beside its plan.
 *
 * - `announced`: each part can be worked on
 * - `published`: whoever was to be told of each part has been
 * - `verdict`: what becomes of it
 */
export type BatchMark = 'announced' | 'published' | 'verdict';

/** What a mark is called: somebody who is late, and does not know that the batch was deleted, says nothing of the next one of that id. */
export function markName(mark: BatchMark, { token }: { readonly token: string }): string {
  return `${mark}-${token}`;
}

export async function isMarked({ shelf, plan }: BatchGround, mark: BatchMark): Promise<boolean> {
  return (await shelf.read(markName(mark, plan))) !== undefined;
}

export async function setMark({ shelf, plan, clock }: BatchGround, mark: BatchMark): Promise<void> {
  await shelf.create(markName(mark, plan), { at: clock.wall().toISOString() });
}
