import { type FolderEvents, watchFolder } from '../fs/folder-watch.ts';
import { readSmallFile } from '../fs/small-file.ts';
import { makeFile } from './small-files.ts';
import { until } from './waiting.ts';
import type { Workplace } from './workplace.ts';

export interface SeeingOptions {
  /** How long to wait until a name is seen, in milliseconds. */
  readonly namesMs: number;
  /** The same for bytes: they may stay in a machine's memory for half a minute before they go to the server. */
  readonly bytesMs: number;
  readonly events?: FolderEvents | undefined;
}

/** How something is noticed: in a listing, by its name, in bytes that are overwritten, by an event of the system. */
export type Sense = 'listing' | 'lookup' | 'beat' | 'event';

/** One sense, in one directory: how to call, to hear a call, to answer, and to hear an answer. */
export interface Ear {
  readonly patienceMs: number;
  /** How long to be still before a call. */
  readonly restMs: number;
  call(round: number): Promise<void>;
  hearsCall(round: number): Promise<boolean>;
  answer(round: number): Promise<void>;
  hearsAnswer(round: number, from: string): Promise<boolean>;
  close(): void;
}

export interface EarOptions extends SeeingOptions {
  readonly directory: string;
  /** Who calls. */
  readonly caller: string;
}

/** Where an answer lies, with what the clock of who answers showed. */
export function answerPath(directory: string, round: number, from: string): string {
  return `${directory}/answers/${round}.${from}`;
}

export function earFor(sense: Sense, place: Workplace, options: EarOptions): Promise<Ear> {
  if (sense === 'beat') return beatEar(place, options);
  return sense === 'event' ? eventEar(place, options) : Promise.resolve(nameEar(sense, place, options));
}

function nameEar(sense: 'listing' | 'lookup', { fs, clock, token }: Workplace, { directory, namesMs }: EarOptions): Ear {
  const isThere = async (below: string, name: string): Promise<boolean> =>
    sense === 'lookup' ? fs.exists(`${below}/${name}`) : (await fs.readdir(below)).includes(name);
  return {
    patienceMs: namesMs,
    restMs: 0,
    call: (round) => makeFile(fs, `${directory}/calls/${round}`),
    hearsCall: (round) => isThere(`${directory}/calls`, String(round)),
    answer: (round) => makeFile(fs, answerPath(directory, round, token), String(clock.wall().getTime())),
    hearsAnswer: (round, from) => isThere(`${directory}/answers`, `${round}.${from}`),
    close: () => undefined,
  };
}

const DIGITS = 10;

/** As a heartbeat: one file a run, open all the time, overwritten in place, never synced; read by who opens it anew. */
async function beatEar({ fs, token }: Workplace, { directory, caller, bytesMs }: EarOptions): Promise<Ear> {
  const pathOf = (run: string): string => `${directory}/calls/${run}`;
  await makeFile(fs, pathOf(token), '0'.repeat(DIGITS));
  const file = await fs.open(pathOf(token), 'update');
  const beat = async (round: number): Promise<void> => {
    file.write(new TextEncoder().encode(String(round).padStart(DIGITS, '0')), 0, DIGITS, 0);
  };
  const shows = async (run: string, round: number): Promise<boolean> => {
    const found = await readSmallFile(fs, pathOf(run), DIGITS);
    return found.kind === 'text' && Number(found.text) === round;
  };
  return {
    patienceMs: bytesMs,
    restMs: 0,
    call: beat,
    hearsCall: (round) => shows(caller, round),
    answer: beat,
    hearsAnswer: (round, from) => shows(from, round),
    close: () => file.close(),
  };
}

/** Events that come soon after others are put together. */
const REST_MS = 80;
const READY = { limitMs: 2_000, everyMs: 10 } as const;
/** A watch that wakes later than this is no better than the timer. */
const LATEST_MS = 2_000;
/** The timer of the watch is no part of this. */
const NEVER_MS = 1e9;

/** A call is heard only when an event woke us; the answer is seen in a listing. */
async function eventEar(place: Workplace, options: EarOptions): Promise<Ear> {
  const { directory, events, namesMs, caller } = options;
  const names = nameEar('listing', place, options);
  if (caller === place.token) return { ...names, patienceMs: Math.min(namesMs, LATEST_MS), restMs: REST_MS };
  let [wakes, seen] = [0, 0];
  const watched = { pollMs: NEVER_MS, clock: place.clock, ...(events && { events }) };
  const watch = watchFolder(`${directory}/calls`, () => (wakes += 1), watched);
  // Its first event says that it is ready; one that says nothing is deaf.
  await until(place, READY, async () => wakes > 0);
  return {
    ...names,
    patienceMs: Math.min(namesMs, LATEST_MS),
    restMs: REST_MS,
    async hearsCall(round) {
      if (wakes === seen) return false;
      seen = wakes;
      return names.hearsCall(round);
    },
    close: () => watch.stop(),
  };
}
