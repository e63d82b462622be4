import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A file system allows so many names of one file, and some more. */
const MOST_NAMES = 30_000;

/** Puts something under a name that looks like a message's, or like one of the queue's own. */
type Animal = (folder: string, number: number, pen: Pen) => void;

const file =
  (nameOf: (number: number) => string | Buffer): Animal =>
  (folder, number) =>
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(nameOf(number))]), '');

const special =
  (kind: keyof Pen, nameOf: (number: number) => string): Animal =>
  (folder, number, pen) =>
    pen[kind](join(folder, nameOf(number)));

/** What is no message. */
const ANIMALS: readonly Animal[] = [
  (folder, number) => symlinkSync('../outside/secret.tsv', join(folder, `link-${number}.tsv`)),
  (folder, number) => symlinkSync('nowhere', join(folder, `dangling-${number}.tsv`)),
  special('fifo', (number) => `fifo-${number}.tsv`),
  special('fifo', (number) => `20261121_130405_${String(number % 1e6).padStart(6, '0')}__${String(number).padStart(6, '0')}.helo`),
  special('fifo', (number) => `load-${number}.tsv.someone-1-1a1.wip`),
  special('socket', (number) => `socket-${number}.tsv`),
  special('device', (number) => `device-${number}.tsv`),
  (folder, number) => mkdirSync(join(folder, `directory-${number}.tsv`)),
  (folder, number) => mkdirSync(join(folder, `directory-${number}.tsv.x${number}a1.again`)),
  file((number) => `new\nline-${number}.tsv`),
  file((number) => `bell\u0007-${number}.tsv`),
  file((number) => Buffer.concat([Buffer.from('bytes-'), Buffer.from([0xff, 0xfe]), Buffer.from(`-${number}.tsv`)])),
  file((number) => `${String(number).padStart(251, 'n')}.tsv`),
  file((number) => `${'ü'.repeat(90)}${number}.tsv`),
  file((number) => `exe-${number}.\u202evst.tsv`),
  file((number) => `.hidden-${number}.tsv`),
  file((number) => `back\\slash-${number}.tsv`),
  file((number) => `load-${number}.copying1`),
  (folder, number) => {
    const sparse = openSync(join(folder, `sparse-${number}.csv`), 'w');
    ftruncateSync(sparse, 1e9);
    closeSync(sparse);
  },
];

/** Where there is one of each, out of which the others are made: a second name of one is quickly given. */
interface Pen {
  fifo(path: string): void;
  socket(path: string): void;
  device(path: string): void;
}

export interface Zoo {
  /** All that has to be served. */
  readonly messages: readonly string[];
  readonly animals: number;
  /** Kinds that can't be had here. */
  readonly missing: readonly string[];
}

/** Fills a folder, which lies beside one called `outside`, with so many entries: one of twenty is a message. */
export async function fillZoo(folder: string, pen: string, entries: number): Promise<Zoo> {
  const { kept, missing } = await openPen(pen);
  const messages: string[] = [];
  for (let number = 0; number < entries; number += 1) {
    const animal = ANIMALS[(number % 20) - 1];
    if (animal === undefined) {
      messages.push(`load-${number}.tsv`);
      writeFileSync(join(folder, `load-${number}.tsv`), '');
    } else animal(folder, number, kept);
  }
  return { messages, animals: entries - messages.length, missing };
}

async function openPen(pen: string): Promise<{ readonly kept: Pen; readonly missing: readonly string[] }> {
  const fifo = breeder(pen, 'fifo', (path) => execFileSync('mkfifo', [path]));
  const socket = breeder(pen, 'socket', (path) => linkSync(join(pen, 'first-socket'), path));
  const server = createServer().listen(join(pen, 'first-socket'));
  await once(server, 'listening');
  // Closing removes its file: a second name stays.
  linkSync(join(pen, 'first-socket'), join(pen, 'kept-socket'));
  server.close();
  linkSync(join(pen, 'kept-socket'), join(pen, 'first-socket'));
  try {
    execFileSync('mknod', [join(pen, 'device'), 'c', '1', '3'], { stdio: 'ignore' });
  } catch {
    return { kept: { fifo, socket, device: fifo }, missing: ['device'] };
  }
  return { kept: { fifo, socket, device: breeder(pen, 'device', (path) => execFileSync('mknod', [path, 'c', '1', '3'])) }, missing: [] };
}

/** Gives names to the same thing, and makes another one when it has too many. */
function breeder(pen: string, kind: string, make: (path: string) => void): (path: string) => void {
  let made = 0;
  let names = MOST_NAMES;
  return (path) => {
    if (names === MOST_NAMES) {
      made += 1;
      names = 0;
      make(join(pen, `${kind}-${made}`));
    }
    names += 1;
    linkSync(join(pen, `${kind}-${made}`), path);
  };
}
