import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createBatch } from '../../src/batches/open-batch.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import { DEEP } from '../support/sample.ts';
import { program } from '../support/programs.ts';
import { expectAllowedStates } from '../support/store-states.ts';
import { TalkingProcess } from '../support/talking-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCRIPT = program('batch-worker.mjs');
const WORKERS = 8;
const BATCHES = DEEP ? 1_000 : 40;
const LIMIT_MS = DEEP ? 1_800_000 : 300_000;

function reducedIn(directory: string): string[] {
  const path = `${directory}.reduced`;
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

async function make(directory: string, ids: readonly string[], parts: number): Promise<void> {
  const store = new FileStore(`file:${directory}`, { durability: 'process' });
  for (const id of ids) await (await createBatch(Array.from({ length: parts }, (_, index) => index), { store, id, durability: 'process' })).dispose(); // prettier-ignore
  await store.dispose();
}

it(
  'WB-08 WB-10 gives each of many batches exactly one reduce, however many processes race for its last part',
  async () => {
    const directory = join(tempFolder(), 'store');
    const ids = Array.from({ length: BATCHES }, (_, index) => `batch-${index}`);
    // As many parts as workers: each has the last one.
    await make(directory, ids, WORKERS);
    const workers = Array.from({ length: WORKERS }, () => new TalkingProcess(SCRIPT));
    for (const id of ids) {
      const answers = await Promise.all(workers.map((worker) => worker.ask(`${directory} ${id}`)));
      expect(answers.filter(({ reduced }) => reduced === true)).toHaveLength(1);
      expect(answers.reduce((sum, { done }) => sum + Number(done), 0)).toBe(WORKERS);
      expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['done']));
    }
    expect(reducedIn(directory)).toEqual(ids.map((id) => `${id} 56`));
    expectAllowedStates(directory);
  },
  LIMIT_MS,
);

it.each(['hold', 'reduce'])(
  'finds what was killed with SIGKILL at %s, and reduces once',
  async (halt) => {
    const directory = join(tempFolder(), 'store');
    await make(directory, ['load'], 3);
    const victim = new TalkingProcess(SCRIPT);
    expect(Object.keys(await victim.ask(`${directory} load ${halt}`))).toEqual([halt === 'hold' ? 'holds' : 'reduces']);
    const heirs = [new TalkingProcess(SCRIPT), new TalkingProcess(SCRIPT)];
    const answers = Promise.all(heirs.map((heir) => heir.ask(`${directory} load`)));
    await victim.kill();
    expect((await answers).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(reducedIn(directory)).toEqual(['load 6']);
    expectAllowedStates(directory);
  },
  LIMIT_MS,
);
