import type { Clock } from '../../src/clock.ts';
import { formatBeatingFile, formatReleased } from '../../src/formats/beating-record.ts';
import type { FileSystem, OpenFile } from '../../src/fs/file-system.ts';
import { processIdentity } from '../../src/fs/process-identity.ts';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import { FileTaskStore } from '../../src/stores/file-task-store.ts';
import type { TaskStore, TaskStoreOptions } from '../../src/stores/store.ts';
import { openTaskFolders } from '../../src/stores/task-folders.ts';
import type { Actor } from './explored-actor.ts';
import type { World } from './explored-world.ts';

/** Where the tasks are, or the parts. */
export const ROOM = '/s';

const LIVES = `${ROOM}/.dibs/consumers`;
const LEASE_MS = 30_000;

export const STOPPED: Clock = { monotonic: () => 0, wall: () => new Date(0), after: () => () => undefined };

export interface RoomRules {
  /** One step that is wrong. */
  readonly tamper?: ((fs: FileSystem) => FileSystem) | undefined;
}

/**
 * The folders of one use case or batch, in which some work by the store's own calls. Two things of it are no part of what is
 * explored, and cost no step: that they show that they live (whether somebody is taken for dead the explorer decides), and
 * which folders there are.
 */
export class ExploredRoom {
  readonly #world: World;
  readonly #rules: RoomRules;
  /** Who is called how in the names of claims. */
  readonly #consumers = new Map<string, Actor>();
  /** Who was taken for dead though it lived. */
  readonly slept = new Set<string>();

  constructor(world: World, rules: RoomRules = {}) {
    this.#world = world;
    this.#rules = rules;
    for (const one of ['', '/.dibs', '/.dibs/ids', '/.dibs/checkpoints', '/.dibs/stages', '/.dibs/consumers'])
      world.disk.mkdir(`${ROOM}${one}`);
    for (const status of TASK_STATUSES) world.disk.mkdir(`${ROOM}/${status}`);
  }

  /** Somebody in the play, as it works there. */
  member(self: Actor, port: FileSystem): Member {
    const member = this.stranger(self.name);
    this.join(member, self, port);
    return member;
  }

  /** From now on it is in the play. */
  join(member: Member, self: Actor, port: FileSystem): void {
    member.port = (this.#rules.tamper ?? ((fs) => fs))(port);
    member.forget = (allItKnows) => self.forget(allItKnows);
    member.isDead = async (other) => {
      const isDead = await self.findsDead(other);
      if (isDead && !other.isDead) this.slept.add(other.name);
      return isDead;
    };
  }

  /** Somebody who comes before or after all others. */
  stranger(name: string): Member {
    return new Member(this, name, this.#world.outside(name), async (other) => other.isOver);
  }

  claims(consumer: string, name: string): void {
    this.#consumers.set(consumer, this.#world.actor(name));
  }

  actorOf(consumer: string): Actor | undefined {
    return this.#consumers.get(consumer);
  }

  /** The names below it, without what shows who lives. */
  names(): string[] {
    return Object.keys(this.#world.disk.files()).map((path) => path.slice(ROOM.length + 1));
  }

  text(name: string): string | undefined {
    return this.#world.disk.files()[`${ROOM}/${name}`];
  }
}

type IsDead = (other: Actor) => Promise<boolean>;

/** How one works there: its random names are its own instead, so that each run is the same. */
export class Member {
  readonly name: string;
  readonly fs: FileSystem;
  /** Its calls are made of this one. */
  port: FileSystem;
  readonly #room: ExploredRoom;
  isDead: IsDead;
  forget: (allItKnows: string) => void = () => undefined;
  readonly #own = new Map<string, string>();
  #consumer = '';

  constructor(room: ExploredRoom, name: string, port: FileSystem, isDead: IsDead) {
    this.#room = room;
    this.name = name;
    this.port = port;
    this.isDead = isDead;
    this.fs = this.#makePort();
  }

  async tasks(settled?: TaskStoreOptions['settled']): Promise<TaskStore> {
    const folders = await openTaskFolders({ fs: this.fs, clock: STOPPED, directory: ROOM, isDurable: false, token: this.name });
    return new FileTaskStore(folders, { leaseMs: LEASE_MS, ...(settled && { settled }) });
  }

  #makePort(): FileSystem {
    const out = (path: string): string => this.#named(path);
    return {
      mkdir: (path) => this.port.mkdir(out(path)),
      readdir: async (path) => {
        if (path === LIVES) return [];
        return path === ROOM ? [...TASK_STATUSES] : (await this.port.readdir(path)).map((name) => this.#known(name));
      },
      scan: (path, visit) => this.port.scan(path, (name, kind) => visit(this.#known(name), kind)),
      isLocal: (path) => this.port.isLocal(path),
      lstat: (path) => this.port.lstat(out(path)),
      exists: (path) => path.startsWith(LIVES) || this.port.exists(out(path)),
      link: async (from, to) => {
        if (!to.startsWith(LIVES)) return this.port.link(out(from), out(to));
        this.#consumer = to.slice(LIVES.length + 1);
        return this.#room.claims(`of-${this.name}`, this.name);
      },
      rename: (from, to) => this.port.rename(out(from), out(to)),
      unlink: async (path) => (isLife(path) ? undefined : this.port.unlink(out(path))),
      rmdir: (path) => this.port.rmdir(out(path)),
      syncDirectory: async () => undefined,
      open: async (path, mode) => {
        if (!isLife(path)) return this.port.open(out(path), mode);
        if (mode !== 'read') return beating('');
        const other = this.#room.actorOf(path.slice(LIVES.length + 1));
        return beating(lifeText(other === undefined || (await this.isDead(other))));
      },
    };
  }

  #named(path: string): string {
    return path.replace(this.#consumer === '' ? '\0' : this.#consumer, `of-${this.name}`).replace(/(?<=stage\.)[0-9a-f]{16}$/, (random) => {
      const own = this.#own.get(random) ?? `${this.name}${this.#own.size}`;
      this.#own.set(random, own);
      return own;
    });
  }

  #known(name: string): string {
    return this.#consumer === '' ? name : name.replace(`.of-${this.name}-`, `.${this.#consumer}-`);
  }
}

function isLife(path: string): boolean {
  return path.startsWith(LIVES) || /\/stages\/stage\.[a-z0-9-]+$/.test(path);
}

function lifeText(isDead: boolean): string {
  const text = formatBeatingFile({ ...processIdentity(), since: '', leaseMs: LEASE_MS });
  return isDead ? `${formatReleased()}${text.slice(formatReleased().length)}` : text;
}

/** A file that nobody else looks into. */
function beating(text: string): OpenFile {
  const bytes = Buffer.from(text);
  return {
    write: (_bytes, _offset, length) => length,
    read: (into, offset, length, position) => bytes.copy(into, offset, position, position + length),
    size: () => bytes.length,
    links: () => 1,
    truncate: () => undefined,
    syncNow: () => undefined,
    sync: async () => undefined,
    close: () => undefined,
  };
}
