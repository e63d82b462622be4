import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { QueueLockedError } from '../../src/fs/ownership-errors.ts';
import { type Ownership, takeOwnership } from '../../src/fs/ownership.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import type { ProcessIdentity } from '../../src/fs/process-identity.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor, Rename } from '../support/explored-actor.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { bySize } from '../support/sample.ts';

const STOPPED: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

interface OwnersRules {
  readonly openers: number;
  /** How often each tries to get a number: two could take each other's for ever. */
  readonly tries: number;
  /** The last begins when the first is over. @default false */
  readonly isLastLate?: boolean;
  /** How many records each writes. */
  readonly records?: number;
  readonly tamper?: (fs: FileSystem) => FileSystem;
}

interface Tenure {
  readonly owner: Ownership;
  readonly read: ReadonlySet<string>;
}

/** Some who open one directory, one after the other finding the one before dead, write and acknowledge. */
class Owners {
  readonly #world: World;
  readonly #rules: OwnersRules;
  readonly #journal = new Set<string>();
  readonly #acknowledged: { readonly text: string; readonly number: number }[] = [];
  readonly #tenures: Tenure[] = [];

  constructor(world: World, rules: OwnersRules) {
    this.#world = world;
    this.#rules = rules;
  }

  play(): Play {
    this.#world.disk.mkdir('/q');
    const names = ['one', 'two', 'three'].slice(0, this.#rules.openers);
    const acts = names.map((name) => [name, (self: Actor, fs: FileSystem) => this.#begin(self, fs, names)]);
    return {
      acts: Object.fromEntries(acts),
      memory: (rename) => this.#memory(rename),
      check: () => this.#check(),
      ...(!this.#rules.isLastLate && { alike: names }),
    };
  }

  async #begin(self: Actor, port: FileSystem, [first = '', ...others]: readonly string[]): Promise<void> {
    if (this.#rules.isLastLate && self.name === others.at(-1)) await self.step('begins', () => this.#world.actor(first).isOver);
    await this.#open(self, port);
  }

  async #open(self: Actor, port: FileSystem): Promise<void> {
    let tries = 0;
    const most = this.#rules.tries;
    const fs: FileSystem = {
      ...(this.#rules.tamper?.(port) ?? port),
      open(path, mode) {
        if (mode === 'append' && (tries += 1) > most) throw new TiredError();
        return port.open(path, mode);
      },
    };
    const identity = { host: 'etl-1', bootId: 'boot', pidNamespace: 'pid:[1]', pid: self.number * 100_000, startTime: '1' };
    // Who lives is taken for dead: it stood still for a lease, and may go on at any line.
    const standing = ({ pid }: ProcessIdentity): 'alive' | 'dead' => (pid === identity.pid ? 'alive' : 'dead');
    const options = { leaseMs: 30_000, sync: false, clock: STOPPED, identity, standing };
    let owner: Ownership;
    try {
      owner = await takeOwnership(fs, '/q', options);
    } catch (error) {
      if (error instanceof QueueLockedError || error instanceof TiredError) return;
      throw error;
    }
    await self.ask('reads', () => [{ label: 'reads', act: () => [...this.#journal].toSorted().join() }], { show: String });
    this.#tenures.push({ owner, read: new Set(this.#journal) });
    for (let record = 0; record < (this.#rules.records ?? 1); record += 1) {
      const text = `${self.name}-${record}`;
      await self.step('writes');
      this.#journal.add(text);
      await self.step('looks');
      if (!owner.isStillOurs()) return;
      this.#acknowledged.push({ text, number: owner.number });
    }
  }

  /** Whoever comes later has read what was acknowledged, and has a number and a run of its own. */
  #check(): void {
    for (const { owner, read } of this.#tenures) {
      for (const { text, number } of this.#acknowledged)
        if (number < owner.number && !read.has(text)) throw new Error(`owner ${owner.number} has not read ${text}`);
      for (const other of this.#tenures)
        if (other.owner !== owner && (other.owner.number === owner.number || other.owner.run === owner.run)) throw new Error('two are one');
    }
  }

  #memory(rename: Rename): string {
    const listed = (texts: Iterable<string>): string => Array.from(texts, rename).toSorted().join();
    const tenures = this.#tenures.map(({ owner, read }) => `${owner.number} ${listed(read)}`).toSorted();
    return `${tenures.join(';')}|${listed(this.#journal)}|${listed(this.#acknowledged.map(({ text }) => text))}`;
  }
}

class TiredError extends Error {}

interface Case extends OwnersRules {
  readonly title: string;
  readonly scope: Scope;
  readonly most?: number;
}

const CASES: readonly Case[] = [{ title: 'two', openers: 2, tries: 1, scope: { random: true } }];

const DEEP_CASES: readonly Case[] = [
  {
    title: 'two, a kill and a lost reply',
    openers: 2,
    tries: 1,

    scope: { random: true, kills: 1, lies: 1 },
  },
  { title: 'three, the last when the first is over', openers: 3, tries: 1, isLastLate: true, scope: { random: true } },
  // Of these there are too many to see all.
  { title: 'three', openers: 3, tries: 1, scope: { random: true }, most: 100_000 },
];

describe('owners of one directory, in all orders,', () => {
  it.each(bySize({ quick: CASES.slice(0, 1), slow: CASES, deep: [...CASES, ...DEEP_CASES] }))(
    'have read whatever an earlier one acknowledged: $title',
    async ({ title, scope, most, ...rules }) => {
      await exploreAll(`owners, ${title}`, scope, (world) => new Owners(world, rules).play(), { most });
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if they leave the stages of earlier ones', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      readdir: async (path) => (await fs.readdir(path)).filter((name) => !name.startsWith('stage.')),
    });
    const found = explore({ random: true }, (world) => new Owners(world, { openers: 2, tries: 1, tamper }).play());
    await expect(found).rejects.toThrow('has not read');
  });
});
