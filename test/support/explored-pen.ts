import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import { withCalls } from '../../src/fs/with-calls.ts';
import type { Actor, Answer } from './explored-actor.ts';

/** What becomes of who writes, at one of the next writes to a journal. */
export interface Fate {
  readonly kind: 'lives' | 'dies' | 'sleeps';
  /** At the how manieth write from now. */
  readonly at: number;
}

export const LIVES: Fate = { kind: 'lives', at: 0 };

/** One deed makes so many: the head of a journal and its own line, or its own line and that a journal goes. */
const MOST_WRITES = 2;

/** What may happen to who writes next. */
export function fates(): Answer<Fate>[] {
  const numbers = Array.from({ length: MOST_WRITES }, (_, index) => index + 1);
  return [
    { label: 'goes on', act: () => LIVES },
    ...numbers.map((at): Answer<Fate> => ({
      label: `is killed right after write ${at}`,
      costs: 'kill',
      act: () => ({ kind: 'dies', at }),
    })),
    ...numbers.map((at): Answer<Fate> => ({ label: `sleeps before write ${at}`, costs: 'stall', act: () => ({ kind: 'sleeps', at }) })),
  ];
}

/**
 * The disk as an owner of a queue uses it. It writes and looks at once, and nobody acts in between; but between two such
 * calls a process may be stopped, too. So what becomes of it there is chosen before. Who is killed after a write does not
 * look. Who sleeps before one writes when it wakes, whatever happened meanwhile; then it finds out, and does no more: whether
 * anybody came meanwhile or not, that is what a kill leaves.
 */
export class Pen {
  readonly fs: FileSystem;
  fate = LIVES;
  /** Told of each write to a journal. */
  wrote: (file: string, text: string) => void = () => undefined;
  /** For what never changes: no step. */
  readonly #outside: FileSystem;
  #port: FileSystem;
  #self: Actor | undefined;
  #late: (() => void) | undefined;
  #calls = 0;

  constructor(port: FileSystem) {
    this.#outside = port;
    this.#port = port;
    const portFor = (path: string): FileSystem => (path.endsWith('/queue.json') ? this.#outside : this.#port);
    const calls = <T>(call: Promise<T>): Promise<T> => this.#calling(call);
    this.fs = withCalls(port, {
      mkdir: (path) => calls(this.#port.mkdir(path)),
      readdir: (path) => calls(this.#port.readdir(path)),
      lstat: (path) => calls(portFor(path).lstat(path)),
      exists: (path) => this.#port.exists(path),
      link: (from, to) => calls(this.#port.link(from, to)),
      rename: (from, to) => calls(this.#port.rename(from, to)),
      unlink: (path) => calls(this.#port.unlink(path)),
      open: async (path, mode) => this.#written(path, await calls(portFor(path).open(path, mode))),
    });
  }

  /** Whether it does no more. */
  get isDead(): boolean {
    return this.#self?.isDead ?? false;
  }

  /** From now on it acts in the play. */
  join(self: Actor, port: FileSystem): void {
    this.#self = self;
    this.#port = port;
  }

  /** Resolves when nothing is done beside that was begun. */
  async rest(): Promise<void> {
    for (let still = 0; still < TURNS_TO_REST; still = this.#calls > 0 ? 0 : still + 1)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets what was to be written when it slept be written. */
  async wakes(self: Actor, isOver: () => boolean): Promise<void> {
    const answers = (): Answer<void>[] => {
      const late = this.#late;
      if (late) return [{ label: 'wakes and writes', act: late }];
      return isOver() ? [{ label: 'has nothing to write', act: () => undefined }] : [];
    };
    await self.ask('wakes', answers, { key: () => String(this.#late !== undefined) });
  }

  async #calling<T>(call: Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await call;
    } finally {
      this.#calls -= 1;
    }
  }

  #written(path: string, file: OpenFile): OpenFile {
    const isJournal = path.endsWith('.tsv');
    return {
      write: (bytes, offset, length, position) => {
        if (this.isDead) return length;
        if (!isJournal) return file.write(bytes, offset, length, position);
        const copy = Uint8Array.from(bytes.subarray(offset, offset + length));
        const write = (): void => {
          file.write(copy, 0, length, position);
          this.wrote(path, Buffer.from(copy).toString());
        };
        const { kind, at } = this.fate;
        if (kind !== 'lives') this.fate = { kind, at: at - 1 };
        if (kind === 'sleeps' && at === 1) this.#late = write;
        else write();
        if (kind !== 'lives' && at === 1) this.#self?.die();
        return length;
      },
      truncate: (length) => {
        if (!this.isDead) file.truncate(length);
      },
      sync: async () => {
        if (isJournal) await this.#calling(this.#self?.step(`sync ${path}`) ?? Promise.resolve());
      },
      read: (bytes, offset, length, position) => file.read(bytes, offset, length, position),
      size: () => file.size(),
      links: () => file.links(),
      syncNow: () => undefined,
      close: () => file.close(),
    };
  }
}

/** In so many turns whatever was begun makes its next call, if there is one. */
const TURNS_TO_REST = 4;
