/**
 * Files that are not shown yet, in `.dibs/stages`. The name says whose they are, so that those of one that is gone can be
 * told from those of one that lives.
 *
 *     stage.etl-1-4711-9f3ac2d1                       the sign of life of that opening
 *     stage.etl-1-4711-9f3ac2d1.k4                    what that producer puts or says, its 724th name
 *     stage.etl-1-4711-9f3ac2d1.k5.81d0c46ea8b3f5d2   the copy of a file that is moved: the key tells which file
 *
 * And where files are kept that were given up:
 *
 *     .stage-etl-1-4711-9f3ac2d1.b27278c5a6c52        a report on what that consumer had
 */

import { createHash } from 'node:crypto';

export interface StageName {
  /** Whose it is: the name of what beats for it. */
  readonly owner: string;
  /** Which file it is a copy of, if that one is to go once it is shown. */
  readonly key: string | undefined;
}

/** The file that is moved, and the name that it gets. */
export interface MovedFile {
  readonly path: string;
  readonly inode: bigint;
  readonly size: number;
  readonly modifiedMs: number;
  readonly name: string;
}

const LIFE_STAGE = /^stage\.[a-z0-9]+(?:-[a-z0-9]+)+$/;
const REPORT_STAGE = /^\.stage-([a-z0-9]+(?:-[a-z0-9]+)+)\.[a-z0-9]+$/;
const STAGE = /^stage\.([a-z0-9]+(?:-[a-z0-9]+)*)\.[a-z0-9]+(?:\.([0-9a-f]{16}))?$/;

/** @param unique the owner, a dot, and a number that it never used before */
export function formatStageName(unique: string, key?: string): string {
  return key === undefined ? `stage.${unique}` : `stage.${unique}.${key}`;
}

/** Whose stage it is; null for a file of any other name. */
export function parseStageName(file: string): StageName | null {
  const [, owner, key] = STAGE.exec(file) ?? [];
  return owner === undefined ? null : { owner, key };
}

/** Whether somebody staged there what is to show that it lives. */
export function isLifeStage(file: string): boolean {
  return LIFE_STAGE.test(file);
}

export function formatReportStage(consumer: string, unique: string): string {
  return `.stage-${consumer}.${unique}`;
}

/** On whose claim it is a report; null for a file of any other name. */
export function parseReportStage(file: string): string | null {
  return REPORT_STAGE.exec(file)?.[1] ?? null;
}

/** Equal for a repeat of the same move alone: another file of that path has another number, size or time. */
export function moveKey({ path, inode, size, modifiedMs, name }: MovedFile): string {
  const facts = JSON.stringify([path, String(inode), size, modifiedMs, name]);
  return createHash('sha256').update(facts).digest('hex').slice(0, 16);
}
