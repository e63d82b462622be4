import type { BatchGround } from '../../src/batches/batch-ground.ts';
import { REDUCE } from '../../src/batches/batch-ground.ts';
import { countdownOf } from '../../src/batches/batch-plan.ts';
import { decideFailed, findVerdict, partSettled } from '../../src/batches/verdict.ts';
import { type BatchPlan, formatPlan, type Verdict } from '../../src/formats/batch-record.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { DirectorySync } from '../../src/fs/directory-sync.ts';
import { FileShelf } from '../../src/stores/file-shelf.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { TaskClaim } from '../../src/stores/store.ts';
import type { Actor } from './explored-actor.ts';
import { shelfInSteps, Steps, tasksInSteps } from './explored-steps.ts';
import { ExploredRoom, type Member, ROOM, type RoomRules, STOPPED } from './explored-room.ts';
import type { World } from './explored-world.ts';

const TOKEN = '70';

export interface Settler {
  /** Whether it was told that it has settled it. */
  readonly goOn: (self: Actor, port: FileSystem) => Promise<boolean>;
}

/** A batch in a room, as it is when all its parts have been made. */
export class ExploredBatch {
  readonly #room: ExploredRoom;
  readonly #world: World;
  #plan: BatchPlan = planOf(0);

  constructor(world: World, rules: RoomRules) {
    this.#world = world;
    this.#room = new ExploredRoom(world, rules);
  }

  async create(total: number): Promise<void> {
    this.#plan = planOf(total);
    for (const directory of ['', '/00', '/00/00']) this.#world.disk.mkdir(`${ROOM}/left-${TOKEN}${directory}`);
    const { tasks, shelf, plan } = await groundOf(this.#room.stranger('before'), this.#plan);
    await shelf.create('plan', formatPlan(plan));
    await countdownOf(shelf, plan).begin(total);
    for (let part = 0; part < total; part += 1) await tasks.create(String(part), 'pending', { data: { part } });
  }

  /** Somebody whose part is settled when the play begins, but for what that means to the batch: there it goes on. */
  async settler(name: string, part: number): Promise<Settler> {
    const member = this.#room.stranger(name);
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    let isThere: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (isThere = resolve));
    const wait = async (): Promise<void> => {
      isThere();
      await gone;
    };
    const batch = new BatchMember(await groundOf(member, this.#plan, wait), member);
    const claim = await batch.claim(String(part));
    if (claim === undefined) throw new Error(`${name} has no part`);
    const settling = batch.settle(claim, name);
    await there;
    return {
      goOn: (self, port) => {
        this.#room.join(member, self, port);
        go();
        return settling;
      },
    };
  }

  async member(self: Actor, port: FileSystem): Promise<BatchMember> {
    const member = this.#room.member(self, port);
    return new BatchMember(await groundOf(member, this.#plan), member);
  }

  async last(): Promise<BatchMember> {
    const member = this.#room.stranger('last');
    return new BatchMember(await groundOf(member, this.#plan), member);
  }

  verdictText(): string | undefined {
    return this.#room.text(`verdict-${TOKEN}.json`);
  }

  partsDone(): number {
    return this.#room.names().filter((name) => /^succeeded\/\d+\.json$/.test(name)).length;
  }

  hasReduce(): boolean {
    return this.#room.names().some((name) => /^(?!\.dibs\/stages).*reduce\.json/.test(name));
  }

  resultOf(id: string): string | undefined {
    return this.#room.text(`succeeded/${id}.json`);
  }

  /** What lies there and should not, once all is done. */
  strange(): string[] {
    return this.#room.names().filter((name) => /^(?:running|pending|failed|ignored)\//.test(name) && !name.includes('reduce'));
  }
}

/** What one does with a batch, by its own calls. */
export class BatchMember {
  readonly #ground: BatchGround;
  readonly #member: Member;

  constructor(ground: BatchGround, member: Member) {
    this.#ground = ground;
    this.#member = member;
  }

  async claim(id: string): Promise<TaskClaim | undefined> {
    const seen = await this.#ground.tasks.read(id);
    if (seen?.kind !== 'task' || seen.place === 'succeeded') return undefined;
    return this.#ground.tasks.claim(seen, 'running');
  }

  settle(claim: TaskClaim, by: string): Promise<boolean> {
    return this.#ground.tasks.settle(claim, 'succeeded', { data: { by } });
  }

  /** What it was told so far comes down to this. */
  forget(allItKnows: string): void {
    this.#member.forget(allItKnows);
  }

  /** Takes over and settles whatever it can. Gives which parts. */
  async takeOver(by: string): Promise<string[]> {
    const settled: string[] = [];
    for (let part = 0; part < this.#ground.plan.total; part += 1) {
      const claim = await this.claim(String(part));
      if (claim !== undefined && (await this.settle(claim, by))) settled.push(String(part));
    }
    return settled;
  }

  verdict(): Promise<Verdict | undefined> {
    return findVerdict(this.#ground);
  }

  fail(reason: string): Promise<boolean> {
    return decideFailed(this.#ground, reason);
  }

  /** Reduces, if nobody has and nobody is at it. */
  async reduce(by: string): Promise<boolean> {
    const claim = await this.claim(REDUCE);
    return claim !== undefined && this.settle(claim, by);
  }
}

async function groundOf(member: Member, plan: BatchPlan, before: () => Promise<void> = async () => undefined): Promise<BatchGround> {
  const { fs } = member;
  const steps = new Steps(member);
  const shelf = new FileShelf({ fs, isDurable: false, syncs: new DirectorySync(fs), directory: ROOM, makeReady: async () => undefined });
  const store = new FileStore('file:/nowhere', { fileSystem: fs, clock: STOPPED });
  const parts = { id: 'b', plan, store, shelf: shelfInSteps(shelf, steps), clock: STOPPED };
  const tasks = await member.tasks(async (id, place) => {
    await before();
    steps.begin(`end of ${id}`);
    await partSettled({ ...parts, tasks: tasksInSteps(tasks, steps) }, id, place);
    steps.begin(`after the end of ${id}`);
  });
  return { ...parts, tasks };
}

function planOf(total: number): BatchPlan {
  const facts = { metadata: null, createdAt: '', maxAttempts: 3, deleteWhenDone: false, publishes: false };
  return { token: TOKEN, total, chunks: 1, digest: '', ...facts };
}
