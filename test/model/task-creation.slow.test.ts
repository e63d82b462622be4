import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { ExploredRoom, ROOM, type RoomRules } from '../support/explored-room.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { DEEP } from '../support/sample.ts';

interface CreationRules extends RoomRules {
  /** What each does, one after the other. */
  readonly acts: Readonly<Record<string, readonly Deed[]>>;
  readonly isThere?: boolean;
}

type Deed = 'create' | 'delete';

/** Some who create and delete a task of one id. */
class Creators {
  readonly #world: World;
  readonly #rules: CreationRules;
  readonly #room: ExploredRoom;
  /** So many were told that they created it, or deleted it; and that many are at it, or were killed at it. */
  readonly #told = { create: 0, delete: 0 };
  readonly #begun = { create: 0, delete: 0 };

  constructor(world: World, rules: CreationRules) {
    this.#world = world;
    this.#rules = rules;
    this.#room = new ExploredRoom(world, rules);
  }

  async play(): Promise<Play> {
    if (this.#rules.isThere) {
      await (await this.#room.stranger('before').tasks()).create('t', 'pending', { by: 'before' });
      this.#told.create += 1;
      this.#begun.create += 1;
    }
    const acts = Object.entries(this.#rules.acts).map(([name, deeds]) => [
      name,
      (self: Actor, fs: FileSystem) => this.#act(self, fs, deeds),
    ]);
    return { acts: Object.fromEntries(acts), memory: () => this.#memory(), end: () => this.#end() };
  }

  async #act(self: Actor, port: FileSystem, deeds: readonly Deed[]): Promise<void> {
    const tasks = await this.#room.member(self, port).tasks();
    for (const deed of deeds) {
      this.#begun[deed] += 1;
      const isDone = deed === 'create' ? await tasks.create('t', 'pending', { by: self.name }) : await this.#delete(tasks);
      // Who was told no changed nothing.
      if (!isDone) this.#begun[deed] -= 1;
      else await self.step('acknowledges');
      if (isDone) this.#told[deed] += 1;
      if (this.#told.create > this.#begun.delete + 1) throw new Error(`${this.#told.create} were told that they created it`);
      if (this.#told.delete > this.#begun.create) throw new Error(`${this.#told.delete} were told that they deleted it`);
    }
  }

  async #delete(tasks: Awaited<ReturnType<ReturnType<ExploredRoom['stranger']>['tasks']>>): Promise<boolean> {
    const seen = await tasks.read('t');
    const claim = seen?.kind === 'task' ? await tasks.claim(seen, 'running', { aside: true }) : undefined;
    return claim !== undefined && (await tasks.discard(claim));
  }

  #memory(): string {
    return JSON.stringify([this.#told, this.#begun]);
  }

  /** It is there as often as it was created and not deleted; and whatever is there can be worked on, deleted, and made anew. */
  async #end(): Promise<void> {
    const tasks = await this.#room.stranger('last').tasks();
    const seen = await tasks.read('t');
    if (seen?.kind === 'damaged') throw new Error(seen.reason);
    const there = seen === undefined ? 0 : 1;
    expect(there, 'it is lost').toBeGreaterThanOrEqual(this.#told.create - this.#begun.delete);
    expect(there, 'it is back').toBeLessThanOrEqual(this.#begun.create - this.#told.delete);
    expect(await tasks.create('t', 'pending', { by: 'last' }), 'created if it is not there').toBe(there === 0);
    const again = await tasks.read('t');
    const claim = again?.kind === 'task' ? await tasks.claim(again, 'running') : undefined;
    expect(claim && (await tasks.settle(claim, 'succeeded', { by: 'last' })), 'worked on').toBe(true);
    const names = this.#room.names().filter((name) => !name.startsWith('.dibs/stages/'));
    expect(names.toSorted(), 'left').toEqual(['.dibs/ids/t.json', 'succeeded/t.json']);
    expect(this.#world.disk.files()[`${ROOM}/succeeded/t.json`]).toContain('last');
  }
}

interface Case extends CreationRules {
  readonly title: string;
  readonly scope: Scope;
}

const TWO = { one: ['create'], two: ['create'] } as const;

const CASES: readonly Case[] = [
  { title: 'two create it, a kill', scope: { kills: 1 }, acts: TWO },
  { title: 'one creates and one deletes what is there', scope: {}, acts: { one: ['create'], two: ['delete'] }, isThere: true },
];

const DEEP_CASES: readonly Case[] = [
  { title: 'two create it, two kills', scope: { kills: 2 }, acts: TWO },
  { title: 'three create it, a kill', scope: { kills: 1 }, acts: { ...TWO, three: ['create'] } },
  {
    title: 'one creates and one deletes what is there, torn listings',
    scope: { torn: true },
    acts: { one: ['create'], two: ['delete'] },
    isThere: true,
  },
  { title: 'two delete it', scope: {}, acts: { one: ['delete'], two: ['delete'] }, isThere: true },
];

function creators(rules: CreationRules): (world: World) => Promise<Play> {
  return (world) => new Creators(world, rules).play();
}

describe('who creates and deletes a task, in whatever order they make their calls,', () => {
  it.each(DEEP ? [...CASES, ...DEEP_CASES] : CASES)(
    'leave it there once or not at all, as they were told: $title',
    async ({ title, scope, ...rules }) => {
      await exploreAll(`creation, ${title}`, scope, creators(rules));
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if an id is freed without a second look', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      rename: (from, to) => (from.includes('/ids/') ? fs.unlink(from) : fs.rename(from, to)),
      lstat: async (path) => (path.includes('/stages/stage.') ? undefined : fs.lstat(path)),
      link: async (from, to) => (from.includes('/stages/stage.') ? undefined : fs.link(from, to)),
    });
    const acts = { one: ['create'], two: ['delete'] } as const;
    await expect(explore({}, creators({ acts, isThere: true, tamper }))).rejects.toThrow(/created if it is not there|it is lost/);
  });

  it('are found out if the id is not what decides', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({ ...fs, link: (from, to) => fs.link(from, to).catch(() => undefined) });
    await expect(explore({}, creators({ acts: TWO, tamper }))).rejects.toThrow('were told that they created it');
  });
});
