import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { explore, exploreAll, LONGEST_EXPLORATION_MS } from '../support/explore.ts';
import type { Actor } from '../support/explored-actor.ts';
import { type BatchMember, ExploredBatch } from '../support/explored-batch.ts';
import type { RoomRules } from '../support/explored-room.ts';
import type { Play, Scope, World } from '../support/explored-world.ts';
import { bySize, DEEP } from '../support/sample.ts';

interface VerdictRules extends RoomRules {
  readonly total: number;
  /** Who settles which part: its outcome is there, and not counted yet. */
  readonly settlers: Readonly<Record<string, number>>;
  /** Who fails the batch. */
  readonly failers?: readonly string[];
  /** Who comes to take over parts of the dead, and to reduce. */
  readonly heirs?: readonly string[];
  /** Whether they only look what became of it. */
  readonly areOnlyLooking?: boolean;
}

/** Some who settle the last parts of a batch, or fail it, and some who reduce it. */
class Verdicts {
  readonly #rules: VerdictRules;
  readonly #batch: ExploredBatch;
  readonly #settled = new Set<string>();
  readonly #failed: string[] = [];
  #reduced = 0;
  #verdict: string | undefined;

  constructor(world: World, rules: VerdictRules) {
    this.#rules = rules;
    this.#batch = new ExploredBatch(world, rules);
  }

  async play(): Promise<Play> {
    const { total, settlers, failers = [], heirs = [] } = this.#rules;
    await this.#batch.create(total);
    const acts: Record<string, Play['acts'][string]> = {};
    for (const [name, part] of Object.entries(settlers)) {
      const settler = await this.#batch.settler(name, part);
      acts[name] = async (self, port) => {
        if (await settler.goOn(self, port)) await this.#acknowledge(self, String(part));
      };
    }
    for (const name of failers) acts[name] = (self, port) => this.#fail(self, port);
    for (const name of heirs) acts[name] = async (self, port) => this.#inherit(self, await this.#batch.member(self, port));
    return { acts, memory: () => this.#memory(), check: () => this.#check(), end: () => this.#end() };
  }

  async #acknowledge(self: Actor, id: string): Promise<void> {
    await self.step('acknowledges');
    if (this.#settled.has(id)) throw new Error(`${id} was settled twice`);
    this.#settled.add(id);
  }

  async #fail(self: Actor, port: FileSystem): Promise<void> {
    if (!(await (await this.#batch.member(self, port)).fail(`${self.name} failed it`))) return;
    await self.step('has failed it');
    this.#failed.push(self.name);
  }

  async #inherit(self: Actor, member: BatchMember): Promise<void> {
    if (!this.#rules.areOnlyLooking) for (const id of await member.takeOver(self.name)) await this.#acknowledge(self, id);
    member.forget('what it could take over');
    const verdict = await member.verdict();
    member.forget(`the verdict: ${verdict?.kind ?? 'none'}`);
    if (verdict?.kind !== 'reduce' || this.#rules.areOnlyLooking) return;
    if (!(await member.reduce(self.name))) return;
    await self.step('has reduced it');
    this.#reduced += 1;
  }

  #memory(): string {
    return [[...this.#settled].toSorted().join(), this.#failed.join(), this.#reduced, this.#verdict].join(';');
  }

  /** One verdict, that never changes; to reduce only when all parts are there; and no reduce but for it. */
  #check(): void {
    const verdict = this.#batch.verdictText();
    if (this.#verdict !== undefined && verdict !== this.#verdict) throw new Error(`${verdict} after ${this.#verdict}`);
    this.#verdict = verdict;
    const isReduce = verdict?.includes('"reduce"') ?? false;
    if (isReduce && this.#batch.partsDone() < this.#rules.total) throw new Error('it is to be reduced before all parts are done');
    if (!isReduce && this.#batch.hasReduce()) throw new Error('there is a reduce without a verdict');
    if (this.#failed.length > 1) throw new Error(`${this.#failed.join(' and ')} failed it`);
    if (this.#failed.length > 0 && isReduce) throw new Error(`it is to be reduced though ${this.#failed.join()} failed it`);
    if (this.#reduced > 1) throw new Error('it was reduced twice');
  }

  /** Whoever comes when all are dead or done finds one verdict, and one reduce that has finished. */
  async #end(): Promise<void> {
    const last = await this.#batch.last();
    await last.takeOver('last');
    const verdict = await last.verdict();
    this.#check();
    expect(verdict, 'a verdict').toBeDefined();
    if (verdict?.kind === 'reduce') {
      const before = this.#batch.resultOf('reduce');
      expect(await last.reduce('last'), 'reduced by the last, unless it was').toBe(before === undefined);
      expect(this.#batch.resultOf('reduce'), 'one reduce').toBeDefined();
    } else {
      expect(this.#rules.failers, 'failed by somebody').toBeDefined();
    }
    this.#check();
    for (const id of this.#settled) expect(this.#batch.resultOf(id), `${id} is settled`).toBeDefined();
    expect(this.#batch.strange(), 'left').toEqual([]);
  }
}

interface Case extends VerdictRules {
  readonly title: string;
  readonly scope: Scope;
}

/** So many states of each case: in the quick run all of the smallest alone. */
const MOST = bySize({ quick: 200, slow: 5_000, deep: 100_000 });

const CASES: readonly Case[] = [
  { title: 'the last two parts', scope: {}, total: 2, settlers: { one: 0, two: 1 } },
  {
    title: 'the last part, a kill and an heir',
    scope: { kills: 1, mortal: ['one'] },
    total: 1,
    settlers: { one: 0 },
    heirs: ['two'],
    areOnlyLooking: true,
  },
  { title: 'the last part, and one who fails the batch', scope: {}, total: 1, settlers: { one: 0 }, failers: ['two'] },
];

const DEEP_CASES: readonly Case[] = [
  { title: 'the last two parts, two kills', scope: { kills: 2 }, total: 2, settlers: { one: 0, two: 1 } },
  { title: 'the last two parts, a lost reply', scope: { lies: 1 }, total: 2, settlers: { one: 0, two: 1 } },
  { title: 'the last part, a stall and an heir', scope: { stalls: 1 }, total: 1, settlers: { one: 0 }, heirs: ['two'] },
  {
    title: 'the last part, a kill, a stall and two heirs',
    scope: { kills: 1, stalls: 1 },
    total: 1,
    settlers: { one: 0 },
    heirs: ['two', 'three'],
  },
  {
    title: 'the last part, and two who fail the batch, a kill',
    scope: { kills: 1 },
    total: 1,
    settlers: { one: 0 },
    failers: ['two', 'three'],
  },
  {
    title: 'the last two parts, and one who fails the batch',
    scope: { kills: 1 },
    total: 2,
    settlers: { one: 0, two: 1 },
    failers: ['three'],
  },
];

function verdicts(rules: VerdictRules): (world: World) => Promise<Play> {
  return (world) => new Verdicts(world, rules).play();
}

describe('who settles the last parts of a batch, fails it and reduces it, in whatever order they make their calls,', () => {
  it.each(DEEP ? [...CASES, ...DEEP_CASES] : CASES)(
    'leave one verdict, and one reduce that finishes: $title',
    async ({ title, scope, ...rules }) => {
      await exploreAll(`verdicts, ${title}`, scope, verdicts(rules), { most: MOST });
    },
    LONGEST_EXPLORATION_MS,
  );

  it('are found out if the verdict is not created once', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      link: async (from, to) => {
        if (!to.includes('/verdict-')) return fs.link(from, to);
        await fs.unlink(to).catch(() => undefined);
        return fs.link(from, to);
      },
    });
    await expect(explore({}, verdicts({ total: 1, settlers: { one: 0 }, failers: ['two'], tamper }), { most: 6_000 })).rejects.toThrow(
      /after|failed it/,
    );
  });

  it('are found out if a part is counted that is not done', async () => {
    const tamper = (fs: FileSystem): FileSystem => ({
      ...fs,
      async scan(path, visit) {
        if (!path.endsWith('/pending')) await fs.scan(path, visit);
        if (path.endsWith('/succeeded')) await fs.scan('/s/pending', visit);
      },
    });
    const rules = { total: 2, settlers: { one: 0 }, heirs: ['two'], areOnlyLooking: true, tamper };
    await expect(explore({}, verdicts(rules), { most: 2_000 })).rejects.toThrow('before all parts are done');
  });
});
