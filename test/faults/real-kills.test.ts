import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FAULT_SCENES } from '../support/fault-scenes.ts';
import { type ShimCall, type ShimFault, whyNoShim } from '../support/fault-shim.ts';
import { copyOf, describeFault, inLanes, makeTools, setScenes, type SetScene } from '../support/real-faults.ts';
import { DEEP } from '../support/sample.ts';
import { sharedFolder } from '../support/temp-folder.ts';

/** Longer scenes have more calls; those of the first size are what CI plays. */
const SIZES = DEEP ? [1, 4, 16] : [1];
/** Before each call and after it. What the disk holds after one it holds before the next as well, so in CI every second one is enough. */
const modesAt = (at: number): ('kill' | 'killafter')[] => (DEEP || at % 2 === 0 ? ['kill', 'killafter'] : ['kill']);
/** So many first kills a scene, and so many second ones after each. */
const FIRST_KILLS = DEEP ? 12 : 2;
const SECOND_KILLS = DEEP ? 12 : 7;
const BY_STRACE = DEEP ? 1_000 : 312;
/** Of so many kills by strace one may strike nothing, and one may leave what no kill by the shim happened to leave: several threads work at once. */
const ONE_BY_CHANCE = 30;
const LONG = 4 * 3_600_000;

const why = whyNoShim();
if (why !== undefined) console.warn(`The tests that kill real processes at each of their calls are skipped, 4 of them: ${why}.`);
const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
if (!hasStrace) console.warn('The test that kills real processes by strace is skipped, 1 of them: there is no strace that works.');

describe.skipIf(why !== undefined)('a real process that is killed', () => {
  const folder = sharedFolder();
  let shim = '';
  let scenes: Promise<SetScene[]> | undefined;
  /** By scene: what its kills left. */
  const states = new Map<string, Set<string>>();

  /** Set by the first test that wants them. */
  function setAll(): Promise<SetScene[]> {
    scenes ??= (async () => {
      const tools = await makeTools(folder);
      ({ shim } = tools);
      const set: SetScene[] = [];
      for (const size of SIZES) set.push(...(await setScenes(tools, folder, FAULT_SCENES, size)));
      return set;
    })();
    return scenes;
  }

  function keep({ scene }: SetScene, state: string): void {
    states.set(scene.title, (states.get(scene.title) ?? new Set()).add(state));
  }

  it(
    'T1 at each call it makes of the disk, before and after it, loses nothing and repeats nothing without a reason',
    async () => {
      const set = await setAll();
      const jobs = set.flatMap((scene) =>
        scene.calls.flatMap(({ number: at }) => modesAt(at).map((mode) => ({ scene, fault: { mode, at } }))),
      );
      const wrong: string[] = [];
      const missed: string[] = [];
      let kills = 0;
      await inLanes(jobs, async ({ scene, fault }, rescuer) => {
        const stage = copyOf(scene);
        const played = await stage.playWithShim(shim, scene.scene.scene, 'victim', fault);
        const name = describeFault(scene.scene, fault, played);
        if (played.outcome === 'killed') {
          kills += 1;
          keep(scene, stage.state);
        } else if (played.outcome === 'ended' && played.code === null) missed.push(name);
        else wrong.push(`${name}: ${played.outcome} ${played.code} ${played.said}`);
        wrong.push(...(await stage.judge(rescuer)).map((violation) => `${name}: ${violation}`));
        stage.remove();
      });
      const different = [...states.values()].reduce((sum, { size }) => sum + size, 0);
      console.log(
        `T1: ${set.length} scenes, ${set.reduce((sum, { calls }) => sum + calls.length, 0)} calls, ${kills} kills, ${different} different states, ${missed.length} missed`,
      );
      expect(wrong).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(DEEP ? 10_000 : 1_200);
      // Only signs of life come at times of their own.
      expect(missed.length).toBeLessThan(jobs.length / 50);
    },
    LONG,
  );

  it(
    'T2 at a call, and whoever works off the rest at a call of its own, loses nothing either',
    async () => {
      const wrong: string[] = [];
      let pairs = 0;
      const set = await setAll();
      const jobs = set.flatMap((scene) =>
        spread(scene.calls, FIRST_KILLS).map(({ number: at }) => ({ scene, first: { mode: 'kill', at } as const })),
      );
      await inLanes(jobs, async ({ scene, first }, rescuer) => {
        const dead = copyOf(scene);
        const played = await dead.playWithShim(shim, scene.scene.scene, 'victim', first);
        const whole = copyOf({ stage: dead });
        const { calls } = await whole.playWithShim(shim, scene.scene.after, 'second');
        whole.remove();
        for (const { number: at } of spread(calls, SECOND_KILLS)) {
          const second: ShimFault = { mode: 'kill', at };
          const stage = copyOf({ stage: dead });
          const again = await stage.playWithShim(shim, scene.scene.after, 'second', second);
          const name = `${describeFault(scene.scene, first, played)}, then ${describeFault(scene.scene, second, again)}`;
          if (again.outcome === 'killed') pairs += 1;
          else if (again.outcome !== 'ended' || again.code !== null) wrong.push(`${name}: ${again.outcome} ${again.code} ${again.said}`);
          wrong.push(...(await stage.judge(rescuer)).map((violation) => `${name}: ${violation}`));
          stage.remove();
        }
        dead.remove();
      });
      console.log(`T2: ${jobs.length} first kills, ${pairs} pairs`);
      expect(wrong).toEqual([]);
      expect(pairs).toBeGreaterThanOrEqual(300);
    },
    LONG,
  );

  it(
    'T1 the judges find what a disk loses that says it wrote',
    async () => {
      const liars = ['a queue: open, put, close', 'a queue: get, done', 'a folder: put a text', 'a folder: claim, done', 'a folder: move'];
      const found = new Map(liars.map((title) => [title, 0]));
      const set = await setAll();
      const jobs = set
        .filter(({ scene }) => liars.includes(scene.title))
        .flatMap((scene) => scene.calls.filter(({ name }) => /write|link|rename/.test(name)).map(({ number: at }) => ({ scene, at })));
      await inLanes(jobs, async ({ scene, at }, rescuer) => {
        const stage = copyOf(scene);
        await stage.playWithShim(shim, scene.scene.scene, 'victim', { mode: 'lie', at });
        const { title } = scene.scene;
        if ((await stage.judge(rescuer)).length > 0) found.set(title, (found.get(title) ?? 0) + 1);
        stage.remove();
      });
      console.log(`T1, lies: ${jobs.length}, found by scene: ${JSON.stringify(Object.fromEntries(found))}`);
      for (const [title, count] of found) expect(count, title).toBeGreaterThan(0);
    },
    LONG,
  );

  it.skipIf(!hasStrace)(
    'T1 by strace leaves the states that the shim leaves, but for a few orders that are chance',
    async () => {
      const all = (await setAll())
        .filter(({ scene }) => scene.isTimed !== true)
        .flatMap((scene) => straceable(scene.calls).map((call) => ({ scene, call })));
      expect(states.size, 'scenes that the first test has killed').toBeGreaterThan(0);
      const wrong: string[] = [];
      const missed: string[] = [];
      const unlike: string[] = [];
      let kills = 0;
      await inLanes(spread(all, BY_STRACE), async ({ scene, call }, rescuer) => {
        const stage = copyOf(scene);
        const inject = `inject=${call.name}:signal=KILL:when=${call.nth}`;
        const strace = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${call.name}`, '-e', inject];
        const played = await stage.play(scene.scene.scene, 'victim', (program) => ({ command: [...strace, ...program] }));
        const name = `${scene.scene.title}: ${inject}`;
        if (played.outcome === 'killed') {
          kills += 1;
          // Which of two threads comes first is chance: that order need not have been among those that the shim stopped.
          if (states.get(scene.scene.title)?.has(stage.state) !== true) unlike.push(`${name} leaves\n${stage.state}`);
          // Which thread makes a call is chance too, and strace counts each by itself.
        } else if (played.outcome === 'ended' && played.code === null) missed.push(name);
        else wrong.push(`${name}: ${played.outcome} ${played.code} ${played.said}`);
        wrong.push(...(await stage.judge(rescuer)).map((violation) => `${name}: ${violation}`));
        stage.remove();
      });
      console.log(`T1 by strace: ${kills} kills, ${unlike.length} unlike those by the shim, ${missed.length} missed`);
      for (const one of unlike) console.log(`Unlike what any kill by the shim left: ${one}`);
      expect(wrong).toEqual([]);
      expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(BY_STRACE / ONE_BY_CHANCE);
      // Of each state of which chance has a part the shim left half at the most, in CI.
      expect(unlike.length, unlike.join('\n')).toBeLessThanOrEqual((2 * kills) / ONE_BY_CHANCE);
      expect(kills).toBeGreaterThanOrEqual(300);
    },
    LONG,
  );
});

/** So many of them, the first and the last with them. */
function spread<T>(all: readonly T[], count: number): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, index) => all[Math.round((index * (all.length - 1)) / (count - 1))]).flatMap((one) => one ?? []);
}

/** Calls that strace can name: it counts each kind by itself, in each thread, and strikes where a thread comes to its count first. */
function straceable(calls: readonly ShimCall[]): { readonly name: string; readonly nth: number }[] {
  const counts = new Map<string, number>();
  const found = new Map<string, { name: string; nth: number }>();
  for (const { name, thread } of calls) {
    // Node itself opens and writes, too.
    if (name === 'open' || name === 'write') continue;
    const nth = (counts.get(`${name} ${thread}`) ?? 0) + 1;
    counts.set(`${name} ${thread}`, nth);
    found.set(`${name} ${nth}`, { name: name.replace('ftruncate64', 'ftruncate'), nth });
  }
  return [...found.values()];
}
