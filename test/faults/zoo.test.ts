import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { said } from '../support/folder-ground.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { fillZoo } from '../support/zoo.ts';

const READER = join(import.meta.dirname, '..', 'processes', 'zoo-reader.mjs');

const SIZES = DEEP ? [100_000, 1_000_000] : [20_000];

/** What Node itself takes is some 50 of them. */
const MOST_MB = 200;

/** So few of what can't be served are told of by name. */
const MOST_TOLD = 1_000;

describe('a folder full of links, pipes, sockets, devices, directories and strange names', () => {
  it.each(SIZES)(
    'F-35 with %i entries: every message is served, in little memory, and all else stays where it is',
    async (entries) => {
      const place = tempFolder();
      const [folder, outside, pen] = ['inbox', 'outside', 'pen'].map((name) => join(place, name));
      if (folder === undefined || outside === undefined || pen === undefined) throw new Error('there are three');
      for (const directory of [folder, outside, pen]) mkdirSync(directory);
      writeFileSync(join(outside, 'secret.tsv'), 'secret');
      const control = said(1, 'helo', 'done');
      for (const [name, text] of Object.entries(control)) writeFileSync(join(folder, name), text);
      const { messages, animals, missing } = await fillZoo(folder, pen, entries);
      for (const kind of missing) console.warn(`There is no ${kind} in the zoo: only root can make one. Others stand in for it.`);
      const { status, stdout, stderr } = spawnSync(process.execPath, [READER, folder, join(place, 'ledger')], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      console.log(`${entries} entries: ${stdout.trim()}`);
      const answer: Record<string, number> = JSON.parse(stdout);
      const { peakMb, ...found } = answer;
      expect(found).toEqual({ got: messages.length, told: Math.min(animals, MOST_TOLD), ready: 0 });
      expect(peakMb).toBeLessThan(MOST_MB);
      const served = readFileSync(join(place, 'ledger'), 'utf8').split('\n').slice(0, -1);
      expect(served.toSorted()).toEqual(messages.toSorted());
      expect(readdirSync(join(folder, 'done')).toSorted()).toEqual(messages.toSorted());
      const own = Object.keys(control).length + ['.dibs', 'done', 'failed'].length;
      expect(readdirSync(folder, 'latin1').length).toBe(animals + own);
      expect([readdirSync(outside), readFileSync(join(outside, 'secret.tsv'), 'utf8')]).toEqual([['secret.tsv'], 'secret']);
    },
    1_200_000,
  );
});
