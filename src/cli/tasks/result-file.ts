import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { isErrno } from '../../fs/errno.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import { removeIfThere } from '../../fs/publish.ts';
import { inexactNumber } from '../inexact-number.ts';
import { readBytes } from '../read-bytes.ts';

const LONGEST = 4 * 1024 * 1024;

/** A program wrote something that can't be the data of its task. */
export class BadResultError extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`what it wrote to the file DIBS_RESULT ${why}`, options);
    this.name = 'BadResultError';
  }
}

/** Where a program may write what becomes the data of its task. */
export class ResultFile {
  readonly path = `${tmpdir()}/dibs-result-${randomBytes(12).toString('hex')}.json`;
  readonly #fs: FileSystem;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** What it wrote; undefined if nothing. @throws BadResultError for what is no JSON */
  async read(): Promise<{ readonly data: unknown } | undefined> {
    const text = await this.#text();
    if (text === undefined) return undefined;
    const number = inexactNumber(text);
    try {
      const data: unknown = JSON.parse(text);
      if (number === undefined) return { data };
    } catch (error) {
      throw new BadResultError(`is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    throw new BadResultError(`holds the number ${number.slice(0, 60)}, which would become another one: write it as text, in quotes`);
  }

  remove(): Promise<void> {
    return removeIfThere(this.#fs, this.path);
  }

  async #text(): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const piece of readBytes(this.#fs, this.path)) {
        length += piece.length;
        if (length > LONGEST) throw new BadResultError('is longer than 4 MiB');
        pieces.push(piece);
      }
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
    } catch (error) {
      throw new BadResultError('is not UTF-8', { cause: error });
    }
  }
}
