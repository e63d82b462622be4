import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { program } from './programs.ts';
import { DEEP } from './sample.ts';

const MEMBERS = ['east', 'north', 'south'];
export const GROUPS = Array.from({ length: DEEP ? 300 : 60 }, (_, index) => `g${String(index).padStart(3, '0')}`);

interface Got {
  readonly group: string;
  readonly attempt: number;
  readonly texts: readonly string[];
}

/** A real process that reads groups, and what it said. */
export class GroupedReader {
  readonly got: Got[] = [];
  readonly done: string[] = [];
  incomplete: unknown;
  readonly opened: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  #open: () => void = () => undefined;

  constructor(directory: string, onGot: (reader: GroupedReader) => void = () => undefined) {
    const settings = { directory, members: MEMBERS, pollIntervalMs: 50 };
    this.#child = fork(program('grouped-reader.mjs'), [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }); // prettier-ignore
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    this.#ended = once(this.#child, 'exit');
    this.opened = new Promise((resolve) => (this.#open = resolve));
    this.#child.on(
      'message',
      (word: { open?: true; got?: string; attempt?: number; texts?: string[]; done?: string; incomplete?: unknown }) => {
        if (word.open) this.#open();
        if (word.done !== undefined) this.done.push(word.done);
        if ('incomplete' in word) this.incomplete = word.incomplete;
        if (word.got === undefined) return;
        this.got.push({ group: word.got, attempt: word.attempt ?? 0, texts: word.texts ?? [] });
        onGot(this);
      },
    );
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** How it ended: 0, or the signal. */
  async end(): Promise<unknown> {
    const [code, signal] = await this.#ended;
    return signal ?? code;
  }
}

/** All files but those of the last groups; the rest comes while readers are at work, the producer's last word last. */
export async function fillGroups(directory: string): Promise<() => Promise<void>> {
  const producer = await WritableFolderQueue.open(directory, { durability: 'process' });
  const files = GROUPS.flatMap((group) => MEMBERS.map((member) => `${group}_${member}.tsv`));
  const later = files.filter((_, index) => index % 7 === 0);
  for (const name of files) if (!later.includes(name)) writeFileSync(join(directory, name), name);
  return async () => {
    for (const name of later) await producer.putText(name, name);
    writeFileSync(join(directory, 'tail_east.tsv'), '');
    await producer.close();
    await producer.dispose();
  };
}

/** That each group came whole, and was done once; gives all that was handed out. */
export function judgeGroups(directory: string, readers: readonly GroupedReader[]): Got[] {
  const got = readers.flatMap((reader) => reader.got);
  for (const { group, texts } of got) expect(texts).toEqual(MEMBERS.map((member) => `${group}_${member}.tsv`));
  const done = readers.flatMap((reader) => reader.done);
  expect(new Set(done).size, 'nobody is told twice that it is done').toBe(done.length);
  expect(new Set(got.map(({ group }) => group))).toEqual(new Set(GROUPS));
  expect(readdirSync(join(directory, 'done')).toSorted()).toEqual(GROUPS.flatMap((group) => MEMBERS.map((member) => `${group}_${member}.tsv`))); // prettier-ignore
  expect(readdirSync(directory).filter((name) => /\.(tsv|wip|again|finished|failing)$/.test(name))).toEqual(['tail_east.tsv']);
  return got;
}
