import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Claimer } from '../../src/folders/claim.ts';
import { folderContext, type FolderContext, UniqueNames } from '../../src/folders/folder-context.ts';
import { layoutOf } from '../../src/folders/folder-layout.ts';
import { type FolderLook, lookAtFolder } from '../../src/folders/folder-look.ts';
import { takeGroup } from '../../src/folders/group-claim.ts';
import { finishGroup, giveUpGroup, putBackGroup } from '../../src/folders/group-settle.ts';
import { StrangeFiles } from '../../src/folders/strange-files.ts';
import { takeBack } from '../../src/folders/take-back.ts';
import { originalName } from '../../src/formats/claim-name.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { groupFiles } from '../../src/machines/file-groups.ts';
import { CrashingDisk } from '../support/crashing-disk.ts';
import type { Stop } from '../support/fault-plan.ts';
import { Stopped } from '../support/faulty-disk.ts';
import { randomNumbers } from '../support/random.ts';
import { bySize } from '../support/sample.ts';
import { tornTurns } from '../support/torn-turns.ts';
import { turns, type Turns } from '../support/turns.ts';

const [PLAYS, CHUNKS] = bySize({ quick: [80, 2], slow: [160, 4], deep: [20_000, 10] });
const ROUNDS = 5;

/** One group, and whoever reads it: in an order that chance gives, killed and taken for dead as chance likes. */
class Play {
  readonly disk: CrashingDisk;
  readonly #random: () => number;
  readonly #places: readonly string[];
  readonly #doneDir: string | null;
  readonly #schedule: Turns = turns();
  readonly #dead = new Set<string>();
  /** How often its end was acknowledged. */
  done = 0;
  failed = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
    this.#places = this.#random() < 0.5 ? ['a', 'b'] : ['a', 'b', 'c'];
    this.#doneDir = this.#random() < 0.7 ? '/q/done' : null;
    const files = Object.fromEntries(this.#places.map((place) => [`/q/${place}.tsv`, place]));
    this.disk = new CrashingDisk({ ...files, '/q/done/': '', '/q/failed/': '' });
  }

  async run(): Promise<void> {
    // Mostly the one who went last goes on: so the others stand still for long.
    const patience = this.#random();
    const actors = ['r-1', 'r-2', 'r-3'].map((consumer) => this.#act(consumer));
    await this.#schedule.run(actors, (n) => (this.#random() < patience ? n - 1 : Math.floor(this.#random() * n)));
    for (const consumer of ['r-1', 'r-2', 'r-3']) this.#dead.add(consumer);
    await this.#workOff();
    this.#judge();
  }

  async #act(consumer: string): Promise<void> {
    const stop: Stop | undefined =
      this.#random() < 0.5 ? { call: 1 + Math.floor(this.#random() * 80), when: this.#random() < 0.5 ? 'before' : 'after' } : undefined;
    const process = this.disk.process({ stop });
    const context = await this.#context(tornTurns(process, this.#schedule, this.#random), consumer);
    try {
      await this.#read(context, consumer, ROUNDS);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.#dead.add(consumer);
    }
    process.kill();
  }

  async #read(context: FolderContext, consumer: string, rounds: number): Promise<void> {
    let claim = 0;
    const claimer = (): Claimer => ({ consumer, claim: (claim += 1) });
    for (let round = 0; round < rounds; round += 1) {
      const look = await this.#look(context);
      // Who lives may be taken for dead: it sleeps, or its heartbeat does not get through.
      const isDead = (other: string): boolean => other === consumer || this.#dead.has(other) || this.#random() < 0.4;
      await takeBack(
        context,
        look.claims.filter((found) => isDead(found.consumer)),
        claimer,
      );
      await this.#tryToTake(context, look, claimer());
    }
  }

  async #tryToTake(context: FolderContext, look: FolderLook, claimer: Claimer): Promise<void> {
    const files = look.ready.map(({ file }) => ({ file, name: originalName(file, '.tsv') ?? file }));
    const rules = { groupKey: () => 'g', memberKey: (name: string) => name.slice(0, -4), members: this.#places };
    const [group] = groupFiles(files, rules).complete;
    if (group === undefined) return;
    const names = group.files.map(({ file }) => file);
    const taken = await takeGroup(context, 'g', names, claimer);
    if (taken.kind !== 'claimed') return;
    this.#judgeDelivery([taken.claim.first, ...taken.claim.others].map(({ path }) => path));
    const how = this.#random();
    if (how < 0.4) this.done += Number(await finishGroup(context, taken.claim));
    else if (how < 0.6) this.failed += Number(await giveUpGroup(context, taken.claim, { name: 'Error', message: 'no' }));
    else await putBackGroup(context, taken.claim, how < 0.8 ? taken.claim.attempt : taken.claim.attempt - 1);
  }

  /** Whoever gets it has all of it, and nobody else will ever be told that it had it. */
  #judgeDelivery(paths: readonly string[]): void {
    const files = this.disk.files();
    expect(paths.map((path) => files[path])).toEqual(this.#places);
    expect([this.done, this.failed], 'delivered after its end was acknowledged').toEqual([0, 0]);
  }

  /** Somebody comes when all others are dead. */
  async #workOff(): Promise<void> {
    const context = await this.#context(this.disk.process(), 'last');
    let claim = 0;
    const claimer = (): Claimer => ({ consumer: 'last', claim: (claim += 1) });
    for (let round = 0; round < 3; round += 1) {
      await takeBack(context, (await this.#look(context)).claims, claimer);
      const { ready } = await this.#look(context);
      if (ready.length === 0) return;
      expect(ready, 'a group in parts').toHaveLength(this.#places.length);
      const taken = await takeGroup(
        context,
        'g',
        ready.map(({ file }) => file),
        claimer(),
      );
      if (taken.kind !== 'claimed') throw new Error(`the group is ${taken.kind}`);
      this.#judgeDelivery([taken.claim.first, ...taken.claim.others].map(({ path }) => path));
      expect(await finishGroup(context, taken.claim)).toBe(true);
      this.done += 1;
    }
  }

  #judge(): void {
    const files = Object.entries(this.disk.files());
    const inDirectory = (directory: string): string[] =>
      files.filter(([path]) => path.replace(/[^/]*$/, '') === `${directory}/` && path.endsWith('.tsv')).map(([, text]) => text).toSorted(); // prettier-ignore
    const left = files.filter(([path]) => !/^\/q\/(?:done|failed)\/[abc]\.tsv(?:\.error\.json)?$/.test(path)).map(([path]) => path);
    expect(
      left.filter((path) => !/\/failed\/\.stage-|\.gone$/.test(path)),
      'left',
    ).toEqual([]);
    const [done, failed] = [inDirectory('/q/done'), inDirectory('/q/failed')];
    const isFailed = failed.length > 0;
    expect(failed, 'failed').toEqual(isFailed ? this.#places : []);
    expect(done, 'done').toEqual(isFailed || this.#doneDir === null ? [] : this.#places);
    expect(this.done + this.failed, 'acknowledged').toBeLessThanOrEqual(1);
    if (this.done > 0) expect(isFailed).toBe(false);
    if (this.failed > 0) expect(isFailed).toBe(true);
  }

  #context(fs: FileSystem, consumer: string): Promise<FolderContext> {
    const layout = layoutOf('/q', { doneDir: this.#doneDir, failedDir: '/q/failed' });
    const rules = { extension: '.tsv', maxAttempts: 1_000 };
    const names = new UniqueNames(consumer.replace('-', ''));
    return folderContext({ fs, clock: systemClock, layout, rules, durability: 'process', names });
  }

  #look({ fs }: FolderContext): Promise<FolderLook> {
    const strange = new StrangeFiles(undefined);
    return lookAtFolder(fs, { directory: '/q', extension: '.tsv', keyOf: (name) => name, limit: Infinity, strange });
  }
}

describe('three readers of one group, of whom any may be killed or sleep through its lease between any two calls,', () => {
  it.each(Array.from({ length: CHUNKS }, (_, chunk) => chunk))(
    'F-28 F-43 lose none of it, hand out no part of it, and end it once: part %i',
    async (chunk) => {
      const offset = Number(process.env['DIBS_SEED'] ?? 0);
      for (let play = 0; play < PLAYS; play += 1) {
        const seed = offset + chunk * PLAYS + play;
        await new Play(seed).run().catch((cause: unknown) => {
          throw new Error(`In play ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        });
      }
    },
  );
});
