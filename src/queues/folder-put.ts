import { basename, resolve } from 'node:path';
import { UnusableMessageError } from '../folders/folder-errors.ts';
import { copyIn, streamIn, writeIn } from '../folders/copy-in.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import { goneError, moveIn } from '../folders/move-in.ts';
import type { Source } from '../folders/published.ts';
import { type MessageStream, streamBytes, wholeText } from '../folders/stream-bytes.ts';
import { checkOptions, type OptionRules, show } from './check-options.ts';
import type { PutWork } from './folder-putting.ts';

export interface PutFileOptions {
  /** Leaves the file where it is, and puts a copy. @default false: the file is moved */
  readonly copy?: boolean;
  /** What the message is called. @default the file's own name */
  readonly name?: string;
}

const PUT_FILE_RULES: OptionRules = {
  copy: { wants: 'a boolean', test: (value) => typeof value === 'boolean' },
  name: { wants: 'a file name', test: (value) => typeof value === 'string' },
};

/** Puts a file that is there. @throws TypeError */
export function fileWork(context: FolderContext, path: unknown, options: PutFileOptions | undefined): PutWork {
  if (typeof path !== 'string' || path === '') throw new TypeError(`put takes the path of a file, got ${show(path)}.`);
  checkOptions('put', options, PUT_FILE_RULES);
  const name = options?.name ?? basename(path);
  const from = resolve(path);
  const act = async (): Promise<void> => {
    const source = await findSource(context, from);
    await (options?.copy ? copyIn(context, source, name) : moveIn(context, source, name));
  };
  return { name, what: from, act };
}

/** Puts a text as UTF-8. @throws TypeError, UnusableMessageError */
export function textWork(context: FolderContext, name: unknown, text: unknown): PutWork {
  const checked = checkName('putText', name);
  if (typeof text !== 'string') throw new TypeError(`putText takes the text of ${checked}, got ${show(text)}.`);
  const whole = wholeText(text, checked);
  return { name: checked, what: pathOf(context, checked), act: () => writeIn(context, checked, new TextEncoder().encode(whole)) };
}

/** @param assertWanted throws once the stream is not to be put any more: it may never end by itself */
export function streamWork(context: FolderContext, name: unknown, stream: MessageStream, assertWanted: () => void): PutWork {
  const checked = checkName('putStream', name);
  if (!isStream(stream)) throw new TypeError(`putStream takes an iterable of strings or Uint8Arrays for ${checked}, got ${show(stream)}.`);
  let failure: { readonly error: unknown } | undefined;
  async function* watched(): MessageStream {
    try {
      yield* stream;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  async function* wanted(): AsyncGenerator<Uint8Array, void, void> {
    for await (const bytes of streamBytes(watched(), checked)) {
      assertWanted();
      yield bytes;
    }
    assertWanted();
  }
  const isForeign = (error: unknown): boolean => failure !== undefined && failure.error === error;
  return { name: checked, what: pathOf(context, checked), isStream: true, isForeign, act: () => streamIn(context, checked, wanted()) };
}

/** Only a plain file is put: a link might lead anywhere, and from a FIFO nothing may ever come. */
async function findSource({ fs }: FolderContext, path: string): Promise<Source> {
  const stat = await fs.lstat(path);
  if (stat === undefined) throw goneError(path);
  if (stat.kind === 'directory') throw new UnusableMessageError(path, 'it is a directory', 'Put the files in it, one by one.');
  if (stat.kind !== 'file')
    throw new UnusableMessageError(path, 'it is no plain file', 'Put the file that it leads to, or its content with putStream.');
  return { path, stat };
}

/** Where the message is to lie: what the disk refused is told with it. */
function pathOf({ layout }: FolderContext, name: string): string {
  return `${layout.directory}/${name}`;
}

function checkName(operation: string, name: unknown): string {
  if (typeof name !== 'string') throw new TypeError(`${operation} takes the name of the message, got ${show(name)}.`);
  return name;
}

function isStream(stream: unknown): boolean {
  if (typeof stream !== 'object' || stream === null || stream instanceof Uint8Array) return false;
  return Symbol.asyncIterator in stream || Symbol.iterator in stream;
}
