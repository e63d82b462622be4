import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UpstreamFailedError } from '../../src/errors.ts';
import { ReadableFolderQueue } from '../../src/queues/readable-folder-queue.ts';
import { WritableFolderQueue } from '../../src/queues/writable-folder-queue.ts';
import { program } from '../support/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.log('pympx.test.ts is skipped: there is no python3');

/** A program beside this file, and the names that it says it is through with. */
class Program {
  readonly names: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;

  constructor(command: string, script: string, ...args: string[]) {
    const child = spawn(command, [program(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(child.stdout).on('line', (line) => this.names.push(line));
    this.#child = child;
    this.#ended = once(child, 'close');
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  async end(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}

/** A folder that a dead consumer in Python left a claim in, and where those in Python put what they are through with. */
function grounds(): { folder: string; place: string } {
  const root = tempFolder();
  const [folder, place] = [join(root, 'folder'), join(root, 'done')];
  mkdirSync(folder);
  mkdirSync(place);
  writeFileSync(join(folder, '004711_0123456789_left.wip'), 'left\n');
  return { folder, place };
}

describe.skipIf(!hasPython)('programs in Python that know the layout of PyMPX', () => {
  it('F-38 produce and consume in one folder with ours: each file is handled once, and all of them end', async () => {
    const { folder, place } = grounds();
    const node = await WritableFolderQueue.open(folder, { producer: 'node' });
    const python = new Program('python3', 'pympx-producer.py', folder, 'python', '40', 'done');
    const consumers = [
      new Program('python3', 'pympx-consumer.py', folder, place),
      new Program(process.execPath, 'pympx-worker.mjs', folder),
      new Program(process.execPath, 'pympx-worker.mjs', folder),
    ];
    // Until each of them had something and the other producer has begun, however busy the machine is.
    let count = 0;
    const hasBegun = (): boolean => readdirSync(folder).filter((name) => name.endsWith('.helo')).length === 2;
    for (; count < 20 || !hasBegun() || consumers.some(({ names }) => names.length === 0); count += 1) {
      await node.putText(`node-${String(count).padStart(6, '0')}.tsv`, `node\t${count}\n`);
      await nextTurn();
    }
    await node.close();
    await node.dispose();
    expect(await Promise.all([python, ...consumers].map((program) => program.end()))).toEqual([0, 0, 0, 0]);

    const put = [
      ...Array.from({ length: count }, (_, n) => `node-${String(n).padStart(6, '0')}.tsv`),
      ...Array.from({ length: 40 }, (_, n) => `python-${String(n).padStart(3, '0')}.tsv`),
    ];
    expect(consumers.flatMap(({ names }) => names).sort()).toEqual(put.sort());
    expect([...readdirSync(place), ...readdirSync(join(folder, 'done'))].sort()).toEqual(put);
    const left = readdirSync(folder).filter((name) => !/\.(helo|done)$/.test(name));
    expect(left.sort()).toEqual(['.dibs', '004711_0123456789_left.wip', 'done', 'failed']);
    expect(readFileSync(join(folder, '004711_0123456789_left.wip'), 'utf8')).toBe('left\n');
  });

  it('end our readers by their FAILED', async () => {
    const { folder } = grounds();
    expect(await new Program('python3', 'pympx-producer.py', folder, 'python', '3', 'failed').end()).toBe(0);
    const queue = await ReadableFolderQueue.open(folder);
    const error: unknown = await queue.get().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UpstreamFailedError);
    await queue.dispose();
    expect(readdirSync(folder).filter((name) => name.endsWith('.tsv'))).toHaveLength(3);
  });
});
