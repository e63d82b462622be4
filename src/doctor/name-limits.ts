import { makeFile } from './small-files.ts';
import type { Workplace } from './workplace.ts';

/** What a name may be. */
export interface NameLimits {
  /** The longest name of plain letters that is taken, in bytes. */
  readonly longestBytes: number;
  /** Of the characters that Windows forbids, and a dot or space at the end, those that can't be in a name here. */
  readonly refused: readonly string[];
  /** Those that are taken, but come back as something else. */
  readonly changed: readonly string[];
}

const DOUBTFUL: readonly (readonly [label: string, name: string])[] = [
  ...[':', '*', '?', '"', '<', '>', '|', '\\'].map((character) => [character, `a${character}b`] as const),
  ['dot at the end', 'a.'],
  ['space at the end', 'a '],
];

/** Longer than any system takes. */
const TOO_LONG = 1_025;

export async function examineNameLimits(place: Workplace): Promise<NameLimits> {
  const answers = new Map<string, 'kept' | 'refused' | 'changed'>();
  for (const [index, [label, name]] of DOUBTFUL.entries()) {
    const room = await place.room(`name-${index}`);
    answers.set(label, await answerTo(place, room, name));
  }
  const labels = (wanted: string): string[] => [...answers].filter(([, answer]) => answer === wanted).map(([label]) => label);
  return { longestBytes: await longestName(place), refused: labels('refused'), changed: labels('changed') };
}

async function answerTo({ fs }: Workplace, room: string, name: string): Promise<'kept' | 'refused' | 'changed'> {
  // Whatever the reason is: a name that can't be made can't be used.
  if (!(await isTaken(fs, `${room}/${name}`))) return 'refused';
  return (await fs.readdir(room)).join('/') === name ? 'kept' : 'changed';
}

/** Halves the gap between the longest name that was taken and the shortest that was not. */
async function longestName(place: Workplace): Promise<number> {
  const room = await place.room('longest');
  let [taken, refused] = [1, TOO_LONG];
  while (refused - taken > 1) {
    const length = Math.floor((taken + refused) / 2);
    if (await isTaken(place.fs, `${room}/${'x'.repeat(length)}`)) taken = length;
    else refused = length;
  }
  return taken;
}

function isTaken(fs: Workplace['fs'], path: string): Promise<boolean> {
  return makeFile(fs, path).then(
    () => true,
    () => false,
  );
}
