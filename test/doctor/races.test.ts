import { expect, it } from 'vitest';
import { raceAlone } from '../../src/doctor/races.ts';
import type { RacesFinding } from '../../src/doctor/races.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { linkOverwrites, losersAreTold, renameDuplicates, renameLoses, repliesLie } from './fault-disks.ts';
import { placeFor, racersOn } from './places.ts';

const FILES = 40;
const NAMES = ['one', 'two', 'three'];
const FAIR = { files: FILES, racers: 3, fair: FILES, doubled: 0, lost: 0, untaken: 0, lied: 0, odd: {} };

async function racesOn(fs: FileSystem, { hardLinks = true } = {}): Promise<RacesFinding> {
  const place = await placeFor({ fs });
  return raceAlone(place, { racers: await racersOn(fs)(NAMES), files: FILES, hardLinks });
}

it('finds one winner for every file on a sound disk', async () => {
  expect(await racesOn(disk)).toEqual({
    runs: 1,
    renames: { ...FAIR, turns: expect.any(Number) },
    links: { ...FAIR, turns: expect.any(Number) },
  });
});

it('finds a rename that leaves the old name behind', async () => {
  expect((await racesOn(renameDuplicates)).renames).toMatchObject({ fair: 0, doubled: FILES });
});

it('finds files that a rename lost', async () => {
  expect((await racesOn(renameLoses())).renames).toMatchObject({ fair: FILES - 4, lost: 4, doubled: 0 });
});

it('finds a link that takes a name over', async () => {
  expect((await racesOn(linkOverwrites)).links).toMatchObject({ fair: 0, doubled: FILES });
});

it('counts replies that lied, which cost nobody a file', async () => {
  const { renames, links } = await racesOn(repliesLie());
  expect(renames).toMatchObject({ fair: FILES, doubled: 0, lost: 0, odd: {} });
  expect(links).toMatchObject({ fair: FILES, doubled: 0, lost: 0, odd: {} });
  expect(renames.lied).toBeGreaterThan(5);
  expect(links?.lied).toBeGreaterThan(5);
});

it('counts what losers are told instead of ENOENT and EEXIST', async () => {
  const { renames, links } = await racesOn(losersAreTold('EIO'));
  expect(renames).toMatchObject({ fair: FILES, odd: { EIO: 2 * FILES } });
  expect(links).toMatchObject({ fair: FILES, odd: { EIO: 2 * FILES } });
});

it('runs no race for links where there are none', async () => {
  expect((await racesOn(disk, { hardLinks: false })).links).toBeNull();
});
