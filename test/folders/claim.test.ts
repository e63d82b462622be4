import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { takeFile } from '../../src/folders/claim.ts';
import type { FolderDurability } from '../../src/folders/folder-context.ts';
import { finish } from '../../src/folders/settle.ts';
import { disk } from '../../src/fs/disk.ts';
import { errnoName } from '../../src/fs/errno.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { ALL_ERRNOS } from '../support/each-error.ts';
import { FaultyDisk } from '../support/faulty-disk.ts';
import { inFolder, messagesIn, openActor } from '../support/folder-ground.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { twoDevices } from '../support/two-devices.ts';

describe('takeFile', () => {
  it.each(['power', 'process'] as const)(
    "F-35 hands out no link and no directory that came in a file's place since it was listed: '%s'",
    async (durability) => {
      const folder = tempFolder();
      writeFileSync(join(folder, 'secret'), 'elsewhere');
      const { context, consumer } = await openActor(disk, { clock: systemClock, directory: folder });
      symlinkSync(join(folder, 'secret'), join(folder, 'a.tsv'));
      mkdirSync(join(folder, 'b.tsv'));
      for (const [index, file] of ['a.tsv', 'b.tsv'].entries())
        expect(await takeFile({ ...context, durability }, file, { consumer: consumer.name, claim: index + 1 })).toEqual({ kind: 'over' });
      await consumer.end();
      expect(readdirSync(folder).filter((name) => name.endsWith('.wip'))).toEqual([]);
    },
  );

  it.each(['done', 'failed'] as const)(
    'F-08 delivers a message of which an older one, kept in %sDir on another device, has the name and by chance the number',
    async (kept) => {
      const { fs, twin } = await twoDevices({ '/q/x.txt': '', [`/far/${kept}/a.tsv`]: 'day one' });
      const { context, claim } = await openActor(fs, { doneDir: '/far/done', failedDir: '/far/failed' });
      await twin('/q/a.tsv', `/far/${kept}/a.tsv`, 'day two');
      // A second name, as a message has while it is shown, or while its user keeps one.
      await fs.link('/q/a.tsv', '/mine.tsv');
      const taken = await claim('a.tsv');
      expect(taken).toMatchObject({ name: 'a.tsv', attempt: 1 });
      expect(await finish(context, taken)).toBe(true);
      expect(await fs.readdir('/far/done')).toHaveLength(kept === 'done' ? 2 : 1);
    },
  );
});

describe('takeFile, when the disk refuses one of its calls,', () => {
  /** What is left of the file after that, and what was said; undefined if it was through before it came to that. */
  async function refuse(
    file: string,
    { durability, call, errno, reply }: { durability: FolderDurability; call: number; errno: string; reply: 'before' | 'after' },
  ): Promise<readonly [string, string[]] | undefined> {
    const memory = memoryDisk(inFolder({ [file]: '' }));
    const { context, consumer } = await openActor(memory);
    const fs = new FaultyDisk(memory, { faults: [{ at: ({ number }) => number === call, errno, reply }] });
    const taking = takeFile({ ...context, fs, durability }, file, { consumer: consumer.name, claim: 7 });
    const outcome = await taking.then(({ kind }) => kind, (error: unknown) => errnoName(error)); // prettier-ignore
    if (fs.calls.length < call) return undefined;
    const left = await messagesIn(memory);
    return [outcome, left.map((name) => name.replace(/\.[0-9a-z]+a(\d+)\.again$/, '#$1').replace(/tsv$/, 'tsv#0'))];
  }

  it.each([
    ['power', 'a.tsv', 'a.tsv#0', 4],
    ['process', 'a.tsv', 'a.tsv#0', 4],
    ['process', 'a.tsv.xa2.again', 'a.tsv#2', 4],
  ] as const)("has it, or leaves it free at once and uncounted: '%s', %s", async (durability, file, after, calls) => {
    for (const errno of ALL_ERRNOS) {
      let count = 0;
      for (const reply of ['before', 'after'] as const)
        for (let call = 1; ; call += 1) {
          const found = await refuse(file, { durability, call, errno, reply });
          if (found === undefined) break;
          count += 1;
          const [outcome, left] = found;
          // Where the reply to a rename is lost that was made it is known by its own name.
          if (outcome === 'claimed') expect([errno, reply]).toEqual(['ENOENT', 'after']);
          else expect(left, `call ${call}, ${errno} ${reply}`).toEqual([after]);
        }
      expect(count).toBe(calls);
    }
  });
});
