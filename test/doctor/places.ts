import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { runRace } from '../../src/doctor/race.ts';
import type { Racers } from '../../src/doctor/race.ts';
import { Workplace } from '../../src/doctor/workplace.ts';
import type { Tools } from '../../src/doctor/tools.ts';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { systemProbe } from '../../src/fs/folder-probe.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A place to examine in, in a folder of its own unless one is given. */
export async function placeFor(tools: Partial<Tools> & { readonly folder?: string } = {}): Promise<Workplace> {
  const { folder = tempFolder(), ...others } = tools;
  const place = await Workplace.open(folder, {
    fs: disk,
    probe: systemProbe,
    clock: systemClock,
    signal: new AbortController().signal,
    ...others,
  });
  onTestFinished(async () => void (await place.close()));
  return place;
}

/** Racers within this process, on any disk: they take turns at every call. */
export function racersOn(fs: FileSystem): (names: readonly string[]) => Promise<Racers> {
  return async (names) => ({
    names,
    race: (course) => Promise.all(names.map((racer) => runRace(fs, { ...course, racer, startAt: 0 }, () => undefined))),
    close: async () => undefined,
  });
}
