import { join } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import { errnoName } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import { CuttableDisk, whyNoPowerCuts } from '../support/cuttable-disk.ts';
import type { CuttableKind } from '../support/cuttable-disk.ts';
import { check, run } from '../support/kill-chain.ts';
import { powerCuts } from '../support/power-cut.ts';
import { liveFolder } from '../support/folder-rounds.ts';
import { randomNumbers } from '../support/random.ts';
import { DEEP } from '../support/sample.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Cuts on each file system, of all kinds of queues together: a second or two each. */
const CUTS = DEEP ? 500 : 50;
const LONG = DEEP ? 3_600_000 : 600_000;

const why = whyNoPowerCuts();
if (why !== undefined) console.warn(`The tests that cut the power of real file systems are skipped: ${why}.`);

/** One call in a directory. */
type Step = (fs: FileSystem, at: (name: string) => string) => Promise<void>;

const write =
  (name: string, bytes: number, { sync }: { sync: boolean }): Step =>
  async (fs, at) => {
    const file = await fs.open(at(name), 'append');
    file.write(Buffer.alloc(bytes, 'x'), 0, bytes);
    if (sync) await file.sync();
    file.close();
  };
/** Records over blank lines that are on the disk, and what is left of those cut off perhaps. */
const writeOver =
  (name: string, bytes: number, { sync, cut }: { sync: boolean; cut: boolean }): Step =>
  async (fs, at) => {
    const file = await fs.open(at(name), 'create');
    file.write(Buffer.alloc(16_384, '\n'), 0, 16_384, 0);
    await file.sync();
    file.write(Buffer.alloc(bytes, 'x'), 0, bytes, 0);
    if (sync) await file.sync();
    if (cut) file.truncate(bytes);
    file.close();
  };
const rename =
  (from: string, to: string): Step =>
  (fs, at) =>
    fs.rename(at(from), at(to));
const link =
  (from: string, to: string): Step =>
  (fs, at) =>
    fs.link(at(from), at(to));
const unlink =
  (name: string): Step =>
  (fs, at) =>
    fs.unlink(at(name));
const syncDirectory: Step = (fs, at) => fs.syncDirectory(at('.'));

const ORDERS: Record<string, readonly Step[]> = {
  'write over blank lines': [writeOver('new', 9000, { sync: false, cut: false }), syncDirectory],
  'write over blank lines, sync, cut the rest off': [writeOver('new', 9000, { sync: true, cut: true }), syncDirectory],
  'write, rename': [write('tmp', 5000, { sync: false }), rename('tmp', 'final')],
  'write, sync': [write('new', 5000, { sync: true })],
  'write, sync, rename': [write('tmp', 5000, { sync: true }), syncDirectory, rename('tmp', 'final')],
  'write, rename, sync of the directory': [write('tmp', 5000, { sync: false }), rename('tmp', 'final'), syncDirectory],
  'write, sync, rename, sync of the directory': [write('tmp', 5000, { sync: true }), rename('tmp', 'final'), syncDirectory],
  unlink: [write('old', 10, { sync: true }), syncDirectory, unlink('old')],
  'unlink, sync of the directory': [write('old', 10, { sync: true }), syncDirectory, unlink('old'), syncDirectory],
  'stage, link, sync of the directory, unlink': [
    write('stage', 100, { sync: true }),
    link('stage', 'owner.1'),
    syncDirectory,
    unlink('stage'),
  ],
};

/** A few calls that chance chose, on a few names: what they refuse, both disks refuse. */
function randomOrder(seed: number): readonly Step[] {
  const random = randomNumbers(seed);
  const pick = <T>(things: readonly T[]): T | undefined => things[Math.floor(random() * things.length)];
  const name = (): string => pick(['a', 'b', 'c']) ?? 'a';
  const any = (): Step =>
    pick([
      write(name(), 1 + Math.floor(random() * 6000), { sync: random() < 0.5 }),
      rename(name(), name()),
      link(name(), name()),
      unlink(name()),
      syncDirectory,
    ]) ?? syncDirectory;
  return Array.from({ length: 7 }, any);
}

/** Lets processes use a queue, kills them at some point, cuts the power, works off what is left, and gives what was lost or repeated. */
type Lost = (kind: CuttableKind, durability: 'power' | 'process', seed: number) => Promise<readonly string[]>;

/** Deliveries are not synced: how many there were before the power cut may take. */
const isOfCounting = (violation: string): boolean =>
  / attempt \d+,? (?:after|and) attempt \d+|given up after \d+ attempts, and had \d+|was delivered \d+ times/.test(violation);

const lostInQueue: Lost = async (kind, durability, seed) => {
  const real = new CuttableDisk(kind);
  const directory = join(real.directory, 'queue');
  const ledger = join(tempFolder(), 'ledger');
  // Small ones roll often, in a large one there are many blank lines ahead.
  const segmentBytes = seed % 2 === 0 ? 1024 * 1024 : 2048;
  const place = { directory, ledger, durability, seed, segmentBytes, maxAttempts: 6 };
  const killAt = 20 + Math.floor(randomNumbers(seed)() * 300);
  await run({ ...place, actor: 'cut off', killAt });
  real.cutPower();
  await run({ ...place, actor: 'the last run', isLast: true });
  return check(ledger).violations.filter((violation) => !isOfCounting(violation));
};

const lostInFolder =
  (isGrouped: boolean): Lost =>
  async (kind, durability, seed) => {
    const real = new CuttableDisk(kind);
    const place = { folder: tempFolder(), directory: join(real.directory, 'inbox'), isGrouped };
    const { violations } = await liveFolder({ ...place, durability, kills: 2, workers: 2, seed, afterKills: () => real.cutPower() });
    return violations.filter((violation) => !isOfCounting(violation));
  };

/** Each with its share of the cuts. */
const QUEUES: readonly (readonly [name: string, cuts: number, lost: Lost])[] = [
  ['a queue', 0.4 * CUTS, lostInQueue],
  ['a folder', 0.3 * CUTS, lostInFolder(false)],
  ['a folder of groups', 0.3 * CUTS, lostInFolder(true)],
];

describe.skipIf(why !== undefined).each<CuttableKind>(['ext4', 'xfs'])('when the power of a real %s is cut', (kind) => {
  it('it leaves nothing that the crashing disk would not', async () => {
    const real = new CuttableDisk(kind);
    const chosen = Array.from({ length: DEEP ? 60 : 10 }, (_, index): [string, readonly Step[]] => [`chance ${index}`, randomOrder(index)]);
    for (const [order, steps] of [...Object.entries(ORDERS), ...chosen]) {
      const name = order.replaceAll(/[ ,]+/g, '-');
      const model = new CrashingDisk({ [`/${name}/`]: '' });
      await disk.mkdir(join(real.directory, name));
      await disk.syncDirectory(real.directory);
      const process = model.process();
      for (const step of steps) {
        const refused = await step(process, (file) => `/${name}/${file}`).then(() => undefined, errnoName);
        expect(await step(disk, (file) => join(real.directory, name, file)).then(() => undefined, errnoName), order).toBe(refused);
      }
      real.cutPower();
      const allowed = [...powerCuts(model, { limit: 20_000 })].map((cut) => lengths(cut.disk.files(), `/${name}/`));
      expect(allowed, order).toContainEqual(lengths(filesIn(join(real.directory, name))));
    }
  });

  it.each(QUEUES)(
    "%s loses nothing that it acknowledged in %i cuts, with durability 'power'; as 'process', which promises less, the same test finds losses",
    async (name, cuts, lost) => {
      for (let cut = 1; cut <= cuts; cut += 1) expect(await lost(kind, 'power', cut), `cut ${cut}`).toEqual([]);
      const control: string[] = [];
      for (let cut = 1; cut <= cuts && control.length === 0; cut += 1) control.push(...(await lost(kind, 'process', cut)));
      expect(control.length).toBeGreaterThan(0);
      console.log(`${name} on ${kind}: ${cuts} cuts, 0 lost; of the control ${control[0]}`);
    },
    LONG,
  );
});

function filesIn(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'latin1')]));
}

/** What is where: how much of it was written, and how much are NULs. */
function lengths(files: Readonly<Record<string, string>>, above = ''): Record<string, string> {
  const described = Object.entries(files).map(([path, text]) => [
    path.slice(above.length),
    `${text.length} bytes, ${text.split('\0').length - 1} NULs`,
  ]);
  return Object.fromEntries(described);
}
