import { expect, it } from 'vitest';
import { meet } from '../../src/doctor/meeting.ts';
import { seeOthers } from '../../src/doctor/seeing-others.ts';
import type { OtherRun } from '../../src/doctor/seeing-others.ts';
import type { Tools } from '../../src/doctor/tools.ts';
import { systemClock } from '../../src/clock.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { FolderEvents } from '../../src/fs/folder-watch.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { placeFor } from './places.ts';

/** What is there is seen within that, also on a busy machine; what is not is waited for as long. */
const SOON_MS = 1_500;

const silent: FolderEvents = async () => async () => undefined;

interface SeenOptions {
  readonly events?: FolderEvents;
  readonly patienceMs?: number;
  /** Before all that was made for it is removed. */
  readonly afterwards?: () => void;
}

/** What two runs see of each other: the first with these tools, the second on a sound machine. */
async function seen(first: Partial<Tools>, { events, patienceMs = 5_000, afterwards }: SeenOptions = {}) {
  const folder = tempFolder();
  const places = [await placeFor({ folder, ...first }), await placeFor({ folder })];
  const both = places.map(async (place, index): Promise<OtherRun | undefined> => {
    const session = await meet(place, { runs: 2, waitMs: 60_000, files: 50 });
    const [other] = await seeOthers(place, session, { namesMs: patienceMs, bytesMs: patienceMs, events: index === 0 ? events : undefined });
    afterwards?.();
    await session.finish();
    return other;
  });
  const [mine, theirs] = await Promise.all(both);
  return { mine, theirs };
}

/** Never shows what others made: what this run itself names it sees. */
function blind(hides: Pick<FileSystem, 'readdir'> | Pick<FileSystem, 'exists'> | Pick<FileSystem, 'open'>): FileSystem {
  return { ...disk, ...hides };
}

it('times all there is to see of another run', async () => {
  const { mine, theirs } = await seen({});
  for (const other of [mine, theirs]) {
    expect(other).toEqual({
      host: expect.any(String),
      pid: process.pid,
      listingMs: expect.any(Number),
      lookupMs: expect.any(Number),
      beatMs: expect.any(Number),
      eventMs: expect.any(Number),
      clock: { aheadMs: expect.any(Number), uncertaintyMs: expect.any(Number) },
    });
    expect(Math.abs(other?.clock?.aheadMs ?? Infinity)).toBeLessThanOrEqual((other?.clock?.uncertaintyMs ?? 0) + 1);
  }
});

it('finds that listings never show the other’s files', async () => {
  let isBlind = true;
  const fs = blind({ readdir: async (path) => (isBlind && /listing-\d\/(calls|answers)$/.test(path) ? [] : disk.readdir(path)) });
  // What no listing ever shows is looked for in vain for 25 seconds, when it is to be removed.
  const { mine, theirs } = await seen({ fs }, { patienceMs: SOON_MS, afterwards: () => (isBlind = false) });
  // Who is not heard hears no answer either.
  expect([mine?.listingMs, theirs?.listingMs, mine?.lookupMs]).toEqual([null, null, expect.any(Number)]);
  expect(mine?.clock).toBeNull();
});

it('finds that names which were asked for before stay absent', async () => {
  const fs = blind({ exists: () => false });
  const { mine } = await seen({ fs }, { patienceMs: SOON_MS });
  expect([mine?.lookupMs, mine?.listingMs]).toEqual([null, expect.any(Number)]);
});

it('finds that bytes overwritten in place are not seen', async () => {
  const fs = blind({
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return mode === 'read' && /beat-\d\//.test(path) ? Object.assign(file, { read: () => 0 }) : file;
    },
  });
  const { mine } = await seen({ fs }, { patienceMs: SOON_MS });
  expect([mine?.beatMs, mine?.listingMs]).toEqual([null, expect.any(Number)]);
});

it('finds that events do not tell of the other', async () => {
  const { mine, theirs } = await seen({}, { events: silent, patienceMs: SOON_MS });
  // The first hears nothing, so the second is not answered; the first is answered, since the second hears.
  expect([theirs?.eventMs, mine?.eventMs]).toEqual([null, expect.any(Number)]);
});

it('tells by how much clocks differ, whichever moved', async () => {
  const clock = { ...systemClock, wall: () => new Date(Date.now() - 3_600_000) };
  const { mine, theirs } = await seen({ clock });
  for (const [other, ahead] of [
    [mine, 3_600_000],
    [theirs, -3_600_000],
  ] as const) {
    expect(Math.abs((other?.clock?.aheadMs ?? Infinity) - ahead)).toBeLessThanOrEqual((other?.clock?.uncertaintyMs ?? 0) + 1);
  }
});
