import type { BeatingProcess } from '../formats/beating-record.ts';
import { isErrno } from '../fs/errno.ts';
import { type Life, LifeWatch } from '../fs/life-watch.ts';
import { standingOf } from '../fs/process-identity.ts';
import type { FolderContext } from './folder-context.ts';

export type Standing = Life['standing'];

/** Somebody who shows in a folder that it lives, or of whom there is a claim. */
export interface FolderUser {
  readonly role: 'consumer' | 'producer';
  readonly name: string;
  readonly standing: Standing;
  /** Whether it has a heartbeat, living or not. */
  readonly hasHeartbeat: boolean;
  /** Who it is; undefined if its heartbeat is gone or damaged. */
  readonly process: BeatingProcess | undefined;
}

export interface FolderUsersOptions {
  readonly leaseMs: number;
  /** Names of those who ask: they are not told of. */
  readonly own?: ReadonlySet<string>;
}

/** Who uses a folder, seen from outside. It tells the living from the dead the better the more often it is asked. */
export class FolderUsers {
  readonly #context: FolderContext;
  readonly #own: ReadonlySet<string>;
  readonly #consumers: LifeWatch;
  readonly #producers: LifeWatch;

  constructor(context: FolderContext, { leaseMs, own = new Set() }: FolderUsersOptions) {
    const { fs, clock, layout } = context;
    this.#context = context;
    this.#own = own;
    this.#consumers = new LifeWatch(fs, { directory: layout.consumers, clock, leaseMs });
    this.#producers = new LifeWatch(fs, { directory: layout.producers, clock, leaseMs });
  }

  /**
   * All who have a heartbeat, and others who may have none any more.
   * @param claimants consumers of whom there are claims
   * @param beats heartbeats that producers speak of
   */
  async look(claimants: Iterable<string> = [], beats: Iterable<string> = []): Promise<FolderUser[]> {
    const { consumers, producers } = this.#context.layout;
    return [
      ...(await this.#lookAt('consumer', this.#consumers, consumers, claimants)),
      ...(await this.#lookAt('producer', this.#producers, producers, beats)),
    ];
  }

  async #lookAt(role: FolderUser['role'], watch: LifeWatch, directory: string, others: Iterable<string>): Promise<FolderUser[]> {
    const beating = new Set(await this.#names(directory));
    const names = [...beating, ...others].filter((name) => !this.#own.has(name));
    const users: FolderUser[] = [];
    for (const [name, { standing, process }] of await watch.look(names)) {
      // A process of this machine that runs need not be seen to beat.
      const isHere = standing === 'silent' && process !== undefined && standingOf(process) === 'alive';
      users.push({ role, name, standing: isHere ? 'alive' : standing, hasHeartbeat: beating.has(name), process });
    }
    return users;
  }

  async #names(directory: string): Promise<string[]> {
    try {
      return await this.#context.fs.readdir(directory);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }
}
