import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meet } from '../../src/doctor/meeting.ts';
import type { MeetingSession } from '../../src/doctor/meeting-session.ts';
import { WORKPLACE } from '../../src/doctor/workplace.ts';
import type { Workplace } from '../../src/doctor/workplace.ts';
import { MeetingFailedError } from '../../src/doctor/doctor-errors.ts';
import { disk } from '../../src/fs/disk.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { linkOverwrites, noHardLinks } from './fault-disks.ts';
import { placeFor } from './places.ts';

const WAIT = { waitMs: 60_000, files: 50 };

async function meetIn(folder: string, runs: number, fs = disk): Promise<{ places: Workplace[]; sessions: MeetingSession[] }> {
  const places = await Promise.all(Array.from({ length: runs }, () => placeFor({ folder, fs })));
  return { places, sessions: await Promise.all(places.map((place) => meet(place, { runs, ...WAIT }))) };
}

describe('a meeting', () => {
  it.each([
    [2, 'a sound disk', disk],
    [3, 'a disk without hard links', noHardLinks],
    [2, 'a disk whose links overwrite', linkOverwrites],
  ])('of %i agrees who is there and who leads, on %s, and leaves nothing', async (runs, _what, fs) => {
    const folder = tempFolder();
    const { places, sessions } = await meetIn(folder, runs, fs);
    const tokens = places.map(({ token }) => token).toSorted();
    for (const session of sessions) expect([session.members, session.files]).toEqual([tokens, 50]);
    expect(sessions.filter(({ leads }) => leads)).toHaveLength(1);
    await Promise.all(sessions.map((session) => session.all('one')));
    await Promise.all(sessions.map((session) => session.finish()));
    for (const place of places) await place.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not held with those who were killed before', async () => {
    const folder = tempFolder();
    const meeting = join(folder, WORKPLACE, 'meeting');
    mkdirSync(meeting, { recursive: true });
    writeFileSync(join(meeting, 'here.aaa-1-00000000'), '0000000042');
    writeFileSync(join(meeting, 'list.aaa-1-00000000'), '{"members":["aaa-1-00000000","bbb-2-00000000"],"files":3}');
    writeFileSync(join(meeting, 'list.bbb-1-00000000'), '{"members":');
    const { places, sessions } = await meetIn(folder, 2);
    expect(sessions[0]?.members).toEqual(places.map(({ token }) => token).toSorted());
    await Promise.all(sessions.map((session) => session.finish()));
  });

  it('fails when not all come in time, says how many did, and leaves nothing', async () => {
    const folder = tempFolder();
    const place = await placeFor({ folder });
    const met = meet(place, { runs: 3, waitMs: 250, files: 50 });
    await expect(met).rejects.toThrow(MeetingFailedError);
    await expect(met).rejects.toThrow(/^Of 3 runs 1 came in .*--wait/);
    await place.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends at once for all when one leaves', async () => {
    const folder = tempFolder();
    const { places, sessions } = await meetIn(folder, 2);
    const [one, other] = sessions;
    const waiting = expect(one?.all('race')).rejects.toThrow(MeetingFailedError);
    await other?.abandon();
    await waiting;
    await one?.abandon();
    for (const place of places) await place.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
