import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileClaim } from '../../src/stores/file-claim.ts';
import type { SeenTask, TaskClaim, TaskStore } from '../../src/stores/store.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { ExploredRoom, ROOM, type RoomRules } from '../support/explored-room.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { DEEP } from '../support/sample.ts';

const NAMES = ['one', 'two', 'three'];

interface ClaimsRules extends RoomRules {
  readonly starters: number;
  readonly rounds: number;
  /** How many checkpoints each writes before it ends. */
  readonly checkpoints?: number;
  /** Whether the last comes when somebody has it, or is over. */
  readonly isLastLate?: boolean;
  /** How it may end. */
  readonly ends?: readonly End[];
}

type End = 'settle' | 'release' | 'discard';

/** Some who start one task, and take it over from who is dead, or is taken for it. */
class Starters {
  readonly #world: World;
  readonly #rules: ClaimsRules;
  readonly #room: ExploredRoom;
  /** Who was told that it ended it for good, and how. */
  readonly #ended: string[] = [];
  /** Numbers of attempts that were begun. */
  readonly #begun: number[] = [];
  #holder: string | undefined;
  /** The last checkpoint that was acknowledged. */
  #checkpoint = 0;

  constructor(world: World, rules: ClaimsRules) {
    this.#world = world;
    this.#rules = rules;
    this.#room = new ExploredRoom(world, rules);
  }

  async play(): Promise<Play> {
    await (await this.#room.stranger('before').tasks()).create('t', 'pending', { by: 'nobody' });
    const names = NAMES.slice(0, this.#rules.starters);
    const acts = names.map((name) => [
      name,
      async (self: Actor, fs: FileSystem) => {
        if (this.#rules.isLastLate && name === names.at(-1)) await self.step('comes', () => this.#isBegun());
        await this.#start(self, fs);
      },
    ]);
    return {
      acts: Object.fromEntries(acts),
      memory: (rename) => rename(this.#memory()),
      end: () => this.#end(),
      alike: this.#rules.isLastLate ? [] : names,
    };
  }

  async #start(self: Actor, port: FileSystem): Promise<void> {
    const tasks = await this.#room.member(self, port).tasks();
    for (let round = 0; round < this.#rules.rounds; round += 1) {
      const seen = await tasks.read('t');
      if (seen?.kind !== 'task' || seen.place === 'succeeded') return;
      const claim = await tasks.claim(seen, 'running');
      if (claim === undefined) continue;
      const { before } = FileClaim.of(claim);
      if (this.#rules.checkpoints === undefined) self.forget(`${round} ${claim.task.claims} ${before.path}`);
      await this.#work(self, tasks, claim);
    }
  }

  async #work(self: Actor, tasks: TaskStore, claim: TaskClaim): Promise<void> {
    this.#begin(self, claim.task);
    for (let row = 1; row <= (this.#rules.checkpoints ?? 0); row += 1) {
      if (!(await tasks.checkpoint(claim, { row, by: self.name }))) return;
      await self.step('has its checkpoint');
      this.#checkpoint += 1;
    }
    const [first = 'settle', ...others] = this.#rules.ends ?? [];
    const end = others.length === 0 ? first : await self.choose('ends', first, ...others);
    if (end === 'release') {
      this.#leave(self);
      await tasks.release(claim);
      return;
    }
    const isOurs = await (end === 'settle' ? tasks.settle(claim, 'succeeded', { by: self.name }) : tasks.discard(claim));
    this.#leave(self);
    if (!isOurs) return;
    await self.step('acknowledges');
    this.#ended.push(`${end} by ${self.name}`);
    if (this.#ended.length > 1) throw new Error(`it was ended twice: ${this.#ended.join(', ')}`);
  }

  #isBegun(): boolean {
    return this.#begun.length > 0 || this.#world.actor(NAMES[0] ?? '').isOver;
  }

  #leave(self: Actor): void {
    if (this.#holder === self.name) this.#holder = undefined;
  }

  /** Whoever begins has it alone, and its attempt a number that no other had. */
  #begin(self: Actor, { claims, checkpoint }: SeenTask): void {
    if (this.#ended.length > 0) throw new Error(`${self.name} got what was ended: ${this.#ended.join()}`);
    const before = this.#holder;
    if (before !== undefined && !this.#world.actor(before).isDead && !this.#room.slept.has(before))
      throw new Error(`${self.name} got what ${before} has`);
    const released = this.#rules.ends?.includes('release') ?? false;
    const last = this.#begun.at(-1) ?? 0;
    // What is given back is no attempt.
    if (!released && claims <= last) throw new Error(`attempt ${claims} after attempt ${last}`);
    if (claims > this.#begun.length + this.#rules.starters * this.#rules.rounds) throw new Error(`attempt ${claims} is too much`);
    if (this.#checkpoint > 0 && checkpoint === undefined) throw new Error('its checkpoint is lost');
    this.#begun.push(claims);
    this.#holder = self.name;
  }

  #memory(): string {
    const slept = [...this.#room.slept].toSorted();
    return [this.#ended, this.#begun, [this.#holder], [this.#checkpoint], slept].map((some) => some.join()).join(';');
  }

  /** It is there once, as it was ended; or it can be worked on. */
  async #end(): Promise<void> {
    const tasks = await this.#room.stranger('last').tasks();
    let seen = await tasks.read('t');
    if (seen?.kind === 'damaged') throw new Error(seen.reason);
    const [ended] = this.#ended;
    if (ended?.startsWith('settle')) expect(`settle by ${String(seen?.fields['by'])}`, 'what was settled').toBe(ended);
    if (ended?.startsWith('discard')) expect(seen, 'what was deleted').toBeUndefined();
    if (ended === undefined && this.#checkpoint > 0 && seen?.place === 'running')
      expect(seen.checkpoint, 'its checkpoint is lost').toBeDefined();
    if (seen !== undefined && seen.place !== 'succeeded') {
      const claim = await tasks.claim(seen, 'running');
      expect(claim && (await tasks.settle(claim, 'succeeded', { by: 'last' })), 'worked on').toBe(true);
      seen = await tasks.read('t');
      expect(seen).toMatchObject({ place: 'succeeded' });
    }
    const names = this.#room.names().filter((name) => !name.startsWith('.dibs/stages/') && !name.startsWith('.dibs/checkpoints/'));
    expect(names.toSorted(), 'left').toEqual(seen === undefined ? [] : ['.dibs/ids/t.json', 'succeeded/t.json']);
  }
}

interface Case extends ClaimsRules {
  readonly title: string;
  readonly scope: Scope;
}

const CASES: readonly Case[] = [
  { title: 'the second comes later, a kill', scope: { kills: 1 }, starters: 2, rounds: 1, isLastLate: true },
  { title: 'the second comes later, a stall', scope: { stalls: 1 }, starters: 2, rounds: 1, isLastLate: true },
];

const DEEP_CASES: readonly Case[] = [
  { title: 'no accident', scope: {}, starters: 2, rounds: 1 },
  { title: 'a kill', scope: { kills: 1 }, starters: 2, rounds: 1 },
  { title: 'a stall', scope: { stalls: 1 }, starters: 2, rounds: 1 },
  { title: 'a kill and a stall', scope: { kills: 1, stalls: 1 }, starters: 2, rounds: 2 },
  { title: 'a stall and a lost reply', scope: { stalls: 1, lies: 1 }, starters: 2, rounds: 2 },
  { title: 'two stalls, torn listings', scope: { stalls: 2, torn: true }, starters: 2, rounds: 2 },
  { title: 'checkpoints, a kill and a stall', scope: { kills: 1, stalls: 1 }, starters: 2, rounds: 2, checkpoints: 2 },
  { title: 'any end, a kill and a stall', scope: { kills: 1, stalls: 1 }, starters: 2, rounds: 2, ends: ['settle', 'release', 'discard'] },
  { title: 'three, two kills', scope: { kills: 2 }, starters: 3, rounds: 1 },
];

function starters(rules: ClaimsRules): (world: World) => Promise<Play> {
  return (world) => new Starters(world, rules).play();
}

describe('starters of one task, in whatever order they make their calls,', () => {
  it.each(DEEP ? [...CASES, ...DEEP_CASES] : CASES)(
    'have it one at a time, and one of them ends it, once: $title',
    async ({ title, scope, ...rules }) => {
      // Of some there are too many to see all.
      await exploreAll(`tasks, ${title}`, scope, starters(rules), { most: 100_000 });
    },
    LONGEST_EXPLORATION_MS,
  );

  const late = { starters: 2, rounds: 1, isLastLate: true } as const;
  const stall = { stalls: 1 } as const;

  it('are found out if who has lost it says that it ended it', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      rename: (from, to) => fs.rename(from, to).catch((error: unknown) => (to.endsWith('.settling') ? undefined : Promise.reject(error))),
    });
    await expect(explore(stall, starters({ ...late, tamper }))).rejects.toThrow('got what was ended');
  });

  it('are found out if an outcome is shown before it is decided', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      async rename(from, to) {
        if (to.endsWith('.settling')) await fs.rename(`${ROOM}/.dibs/stages/${to.split('/').at(-1)}`, `${ROOM}/succeeded/t.json`);
        await fs.rename(from, to);
      },
    });
    await expect(explore(stall, starters({ ...late, tamper }))).rejects.toThrow('got what was ended');
  });

  it('are found out if the name of a claim does not carry its checkpoint', async () => {
    const bare = (path: string): string => path.replace(/~[a-z0-9]+\.json/, '.json');
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      rename: (from, to) => fs.rename(bare(from), bare(to)),
      exists: (path) => fs.exists(bare(path)),
      lstat: (path) => fs.lstat(bare(path)),
      unlink: (path) => fs.unlink(bare(path)),
    });
    await expect(explore({ kills: 1 }, starters({ ...late, checkpoints: 1, tamper }))).rejects.toThrow('its checkpoint is lost');
  });
});
