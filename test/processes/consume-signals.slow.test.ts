import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { program } from '../support/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = program('consume-load.mjs');
const ITEMS = Array.from({ length: 20 }, (_, index) => `item-${index}`);

/** The script of the load, running: its output line by line. */
class Load {
  readonly child: ChildProcess;
  readonly ended: Promise<readonly [code: number | null, signal: string | null]>;
  #said = '';
  #heard: () => void = () => {};

  constructor(folder: string, handler: 'waits' | 'deaf' | 'works') {
    const args = [SCRIPT, join(folder, 'queue'), join(folder, 'ledger'), handler];
    this.child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#heard();
    });
    this.ended = once(this.child, 'close').then(([code, signal]: unknown[]) => [
      typeof code === 'number' ? code : null,
      typeof signal === 'string' ? signal : null,
    ]);
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  get lines(): readonly string[] {
    return this.#said.split('\n').slice(0, -1);
  }

  /** Until so many lines begin like this. */
  async says(beginning: string, times = 1): Promise<void> {
    while (this.lines.filter((line) => line.startsWith(beginning)).length < times) {
      await Promise.race([
        new Promise<void>((resolve) => (this.#heard = resolve)),
        this.ended.then(() => Promise.reject(new Error(`it ended without saying ${beginning}`))),
      ]);
    }
  }

  get report(): unknown {
    const line = this.lines.find((said) => said.startsWith('report '));
    return line && JSON.parse(line.slice('report '.length));
  }
}

/** What was written down beside the queue: attempts begun, and work finished. */
function readLedger(folder: string): { readonly began: readonly string[]; readonly finished: readonly string[] } {
  const path = join(folder, 'ledger');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const those = (what: string): string[] => lines.filter((line) => line.startsWith(what)).map((line) => line.slice(what.length));
  return { began: those('began '), finished: those('finished ') };
}

/** Runs the same script again: it has to do what is missing, once. */
async function finish(folder: string): Promise<Load> {
  const load = new Load(folder, 'works');
  expect(await load.ended).toEqual([0, null]);
  expect(readLedger(folder).finished.toSorted()).toEqual(ITEMS.toSorted());
  return load;
}

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('W-04 %s drains: what runs is finished, nothing more is begun, the exit code is %i', async (signal, code) => {
  const folder = tempFolder();
  const load = new Load(folder, 'waits');
  await load.says('began', 3);
  load.child.kill(signal);
  await load.says('stopping');
  load.child.stdin?.write('go\n');
  expect(await load.ended).toEqual([code, null]);
  expect(load.report).toMatchObject({ taken: 3, done: 3, released: 0, interrupted: { how: 'drained', signal } });
  expect(readLedger(folder).finished.toSorted()).toEqual(['item-0', 'item-1', 'item-2']);

  const rest = await finish(folder);
  expect(rest.report).toMatchObject({ taken: 17, done: 17, interrupted: null });
});

it('W-05 a second signal forces: what runs is stopped and given back, nothing is lost and no attempt is counted', async () => {
  const folder = tempFolder();
  const load = new Load(folder, 'waits');
  await load.says('began', 3);
  load.child.kill('SIGTERM');
  await load.says('stopping');
  load.child.kill('SIGINT');
  expect(await load.ended).toEqual([143, null]);
  expect(load.report).toMatchObject({ taken: 3, done: 0, released: 3, interrupted: { how: 'forced', signal: 'SIGINT' } });
  expect(readLedger(folder).finished).toEqual([]);

  const rest = await finish(folder);
  expect(rest.report).toMatchObject({ taken: 20, done: 20 });
  expect(readLedger(folder).began.toSorted()).toEqual([...ITEMS, 'item-0', 'item-1', 'item-2'].map((item) => `${item} 1`).toSorted());
});

it('W-05 a second signal ends a process whose handlers do not listen, and loses nothing', async () => {
  const folder = tempFolder();
  const load = new Load(folder, 'deaf');
  await load.says('began', 3);
  load.child.kill('SIGINT');
  await load.says('stopping');
  load.child.kill('SIGTERM');
  expect(await load.ended).toEqual([130, null]);
  expect(load.report).toMatchObject({ taken: 3, released: 3, interrupted: { how: 'forced' } });
  await finish(folder);
});

it('W-05 a third signal ends the process at once, and loses nothing either', async () => {
  const folder = tempFolder();
  const load = new Load(folder, 'deaf');
  await load.says('began', 3);
  load.child.kill('SIGINT');
  await load.says('stopping');
  load.child.kill('SIGTERM');
  const again = setInterval(() => load.child.kill('SIGTERM'), 20); // the second must have arrived before the third is one
  onTestFinished(() => clearInterval(again));
  expect(await load.ended).toEqual([null, 'SIGTERM']);
  await finish(folder);
});
