import { readSmallFile } from '../fs/small-file.ts';
import type { ClockReading } from './clock-offset.ts';
import { answerPath, earFor } from './ears.ts';
import type { Ear, Sense } from './ears.ts';
import type { MeetingSession } from './meeting-session.ts';
import type { SeeingOptions } from './ears.ts';
import { pause, until } from './waiting.ts';
import type { Workplace } from './workplace.ts';

/** A call that came back. */
export interface Echo extends ClockReading {
  readonly from: string;
  /** There and back. */
  readonly ms: number;
}

const ROUNDS = 5;
const EVERY_MS = 1;

/** One sense, every run the caller once: it times how long the others take to notice and answer, and answers them in turn. */
export async function echoes(sense: Sense, place: Workplace, session: MeetingSession, options: SeeingOptions): Promise<Echo[]> {
  const heard: Echo[] = [];
  for (const [turn, caller] of session.members.entries()) {
    const directory = `${session.directory}/${sense}-${turn}`;
    await place.fs.mkdir(`${directory}/calls`);
    await place.fs.mkdir(`${directory}/answers`);
    const ear = await earFor(sense, place, { directory, caller, ...options });
    try {
      await session.all(`${sense}-${turn}`);
      if (caller === place.token) heard.push(...(await call(place, session, directory, ear)));
      else await answer(place, ear);
      // Who is out of patience must not leave before the others are.
      await session.all(`${sense}-${turn}-over`);
    } finally {
      ear.close();
    }
  }
  return heard;
}

async function call(place: Workplace, session: MeetingSession, directory: string, ear: Ear): Promise<Echo[]> {
  const heard: Echo[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await pause(place, ear.restMs);
    const [began, sentAt] = [place.clock.monotonic(), place.clock.wall().getTime()];
    await ear.call(round);
    const missing = new Set(session.others);
    await until(place, { limitMs: ear.patienceMs, everyMs: EVERY_MS }, async () => {
      for (const from of missing) {
        if (!(await ear.hearsAnswer(round, from))) continue;
        missing.delete(from);
        const [ms, heardAt] = [place.clock.monotonic() - began, place.clock.wall().getTime()];
        heard.push({ from, ms, sentAt, heardAt, theirs: await readClock(place, answerPath(directory, round, from)) });
      }
      return missing.size === 0;
    });
    if (missing.size > 0) break;
  }
  return heard;
}

async function answer(place: Workplace, ear: Ear): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    // The caller may be waiting for a third all the while.
    const waited = await until(place, { limitMs: 2 * ear.patienceMs, everyMs: EVERY_MS }, () => ear.hearsCall(round));
    if (waited === null) return;
    await ear.answer(round);
  }
}

async function readClock(place: Workplace, path: string): Promise<number | null> {
  const found = await readSmallFile(place.fs, path, 32);
  return found.kind === 'text' && /^\d+$/.test(found.text) ? Number(found.text) : null;
}
