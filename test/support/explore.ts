import { type Play, type Scope, World } from './explored-world.ts';
import { DEEP } from './sample.ts';

export interface Exploration {
  /** Different states that were reached. */
  readonly states: number;
  /** How often it was begun anew. */
  readonly runs: number;
  /** How often a state was met that had been reached before. */
  readonly pruned: number;
  /** Different ends that were reached. */
  readonly ends: number;
  /** The most steps that led to a state. */
  readonly longest: number;
  /** Whether there are more than were to be reached. */
  readonly isCutOff: boolean;
}

/** Something that has to hold does not, after these steps. */
export class ExplorationFailed extends Error {
  readonly steps: readonly string[];

  constructor(steps: readonly string[], cause: unknown) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`, {
      cause,
    });
    this.name = 'ExplorationFailed';
    this.steps = steps;
  }
}

export interface ExploreOptions {
  /** `breadth`: what is broken is found by the fewest steps, and later. @default 'depth' */
  readonly order?: 'depth' | 'breadth';
  /** How many states to reach at most: what has more is cut off there. @default all */
  readonly most?: number | undefined;
}

/** One way to a state: the choices that were made, the last one first. */
interface Way {
  readonly before: Way | undefined;
  readonly choice: number;
  readonly length: number;
}

/**
 * Tries every order in which some actors may make their calls, with all that the scope allows to happen in between, and
 * checks each state that is reached. A state is what the disk holds, what each actor was answered, and what the scope still
 * allows. There is no way back to an earlier one: it is reached by a run from the beginning.
 * @throws ExplorationFailed
 */
export async function explore(
  scope: Scope,
  setUp: (world: World) => Play | Promise<Play>,
  { order = 'depth', most = Infinity }: ExploreOptions = {},
): Promise<Exploration> {
  const histories = new Map<string, number>();
  const intern = (text: string): number => {
    const known = histories.get(text) ?? histories.size + 1;
    histories.set(text, known);
    return known;
  };
  const seen = new Set<number>();
  const ways: Way[] = [{ before: undefined, choice: 0, length: 0 }];
  let [next, runs, pruned, ends, longest] = [0, 0, 0, 0, 0];

  async function run(world: World, from: Way): Promise<void> {
    await world.begin(setUp);
    for (const choice of choicesOf(from)) await take(world, choice);
    for (let way = from; ; way = { before: way, choice: 0, length: way.length + 1 }) {
      if (way !== from) await take(world, 0);
      const state = hashOf(world.key());
      if (seen.has(state)) {
        pruned += 1;
        return;
      }
      seen.add(state);
      longest = Math.max(longest, way.length);
      const choices = world.choices();
      if (choices.length === 0) {
        ends += 1;
        return world.end();
      }
      const isDeep = order === 'depth';
      const ahead = choices.map(({ key }, choice) => ({ way: { before: way, choice, length: way.length + 1 }, key: key?.() }));
      const others = isDeep ? ahead.slice(1).toReversed() : ahead;
      for (const other of others) {
        if (other.key !== undefined && seen.has(hashOf(other.key))) pruned += 1;
        else ways.push(other.way);
      }
      if (!isDeep) return;
    }
  }

  while (next < ways.length && seen.size < most) {
    const way = order === 'depth' ? ways.pop() : ways[next];
    if (way === undefined) break;
    if (order === 'breadth') next += 1;
    runs += 1;
    const world = new World(scope, intern);
    await run(world, way).catch((cause: unknown) => {
      throw new ExplorationFailed(
        world.steps.map((step) => step()),
        cause,
      );
    });
  }
  return { states: seen.size, runs, pruned, ends, longest, isCutOff: next < ways.length };
}

/** How long that may take, in milliseconds: on a busy machine the longest of the deep run take half an hour. */
export const LONGEST_EXPLORATION_MS = 2 * 3_600_000;

/** Explores, and in the deep run tells how much that was. */
export async function exploreAll(
  title: string,
  scope: Scope,
  setUp: (world: World) => Play | Promise<Play>,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const begun = performance.now();
  const found = await explore(scope, setUp, options);
  const { states, runs, ends, longest, isCutOff } = found;
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  if (DEEP)
    process.stdout.write(
      `${title}: ${states} states, ${ends} ends, at most ${longest} steps, ${runs} runs, ${seconds} s${isCutOff ? ', CUT OFF: there are more' : ''}\n`,
    );
  return found;
}

async function take(world: World, index: number): Promise<void> {
  const choice = world.choices()[index];
  if (choice === undefined) throw new Error('The same choices led to another state: something in the play is random.');
  await world.take(choice);
}

function choicesOf(way: Way): number[] {
  const choices: number[] = [];
  for (let at = way; at.before !== undefined; at = at.before) choices.push(at.choice);
  return choices.toReversed();
}

/** 53 bits: of a million states two are taken for one once in twenty thousand explorations. */
function hashOf(text: string): number {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2_654_435_761);
    other = Math.imul(other ^ unit, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909);
  other = Math.imul(other ^ (other >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & (other >>> 0)) + (one >>> 0);
}
