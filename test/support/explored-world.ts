import type { FileSystem } from '../../src/fs/file-system.ts';
import { Actor, type Answer, type Cost, type Intern, type Pending, type Rename } from './explored-actor.ts';
import { ExploredDisk, type Times } from './explored-disk.ts';
import { exploredPort } from './explored-port.ts';

/** What may happen in a run, and how often. */
export interface Scope {
  /** Somebody is killed before his next call. */
  readonly kills?: number;
  /** Who may be killed. @default anybody */
  readonly mortal?: readonly string[];
  /** A call that was done is answered as if it could not be done. */
  readonly lies?: number;
  /** Somebody who lives is taken for dead. */
  readonly stalls?: number;
  /** A listing takes two calls, and what comes or goes meanwhile is listed or not. */
  readonly torn?: boolean;
  /** @default 'none' */
  readonly times?: Times;
  /** Whether the disk says that it is one of this machine: then it does not lie. @default that it does not lie */
  readonly isLocal?: boolean;
  /**
   * Whether names are random. `tokens`: only those of 16 digits, and with them the checksums of owners' records; shorter ones are
   * the numbers and checksums of a journal, and tell what it holds.
   */
  readonly random?: boolean | 'tokens';
}

/** What is explored: who acts, and what has to hold. It is set up anew for each run, and has to do the same each time. */
export interface Play {
  readonly acts: Readonly<Record<string, (self: Actor, fs: FileSystem) => Promise<void>>>;
  /** Who do the same: of two states in which only they have changed places one is explored. */
  readonly alike?: readonly string[];
  /** What the play itself remembers, as far as it is not to be seen from the replies that each actor got. */
  readonly memory?: (rename: Rename) => string;
  /** After each step. Throws if what has to hold does not. */
  readonly check?: () => void;
  /** At each end, when all are done or dead: somebody comes and looks. */
  readonly end?: () => Promise<void>;
}

/** Something that may happen next. */
interface Choice {
  readonly label: () => string;
  readonly take: () => void;
  /** The state that it leads to, where that is known before. */
  readonly key?: () => string;
}

/** One run: a disk, and those who act on it until each waits for its next call to be chosen. */
export class World {
  readonly disk: ExploredDisk;
  readonly steps: (() => string)[] = [];
  readonly #scope: Scope;
  readonly #intern: Intern;
  readonly #left: Record<Cost, number>;
  readonly #actors = new Map<string, Actor>();
  readonly #aliases = new Map<string, string>();
  #play: Play = { acts: {} };
  #renames: readonly Rename[] = [(text) => text];
  #failure: { readonly error: unknown } | undefined;

  constructor(scope: Scope, intern: Intern) {
    const { kills = 0, lies = 0, stalls = 0, times = 'none' } = scope;
    this.#scope = scope;
    this.#intern = intern;
    this.#left = { kill: kills, lie: lies, stall: stalls };
    this.disk = new ExploredDisk(times);
  }

  async begin(setUp: (world: World) => Play | Promise<Play>): Promise<void> {
    this.#play = await setUp(this);
    for (const [name, act] of Object.entries(this.#play.acts)) {
      const actor = this.actor(name);
      const fs = exploredPort(this.disk, actor, this.#portOptions());
      act(actor, fs).then(
        () => (actor.isDone = true),
        (error: unknown) => (this.#failure ??= { error }),
      );
    }
    this.#renames = renamesOf((this.#play.alike ?? []).map((name) => this.actor(name)));
    await this.#quiet();
  }

  /** Somebody in the play. */
  actor(name: string): Actor {
    const number = this.#actors.size + 1;
    const canon = (text: string): string => this.#canon(text, name);
    const actor = this.#actors.get(name) ?? new Actor(name, number, { intern: this.#intern, canon });
    this.#actors.set(name, actor);
    return actor;
  }

  /** The disk for somebody whose calls wait for nobody: who comes before or after all others. */
  outside(name: string): FileSystem {
    const actor = new Actor(name, 0, { intern: () => 0, canon: (text) => this.#canon(text, name), waits: false });
    return exploredPort(this.disk, actor, { ...this.#portOptions(), torn: false });
  }

  /** What tells this state from others. */
  key(): string {
    const [first = '', ...others] = this.#renames.map((rename) => this.#keyAs(rename));
    return others.reduce((least, key) => (key < least ? key : least), first);
  }

  #keyAs(rename: Rename): string {
    const { kill, lie, stall } = this.#left;
    const actors = [...this.#actors.values()].map((actor) => `${rename(actor.name)} ${actor.key(rename)}`);
    const disk = this.disk.key((text) => rename(this.#canon(text, 'somebody')));
    return `${disk}|${actors.toSorted().join('|')}|${kill} ${lie} ${stall}|${this.#play.memory?.(rename) ?? ''}`;
  }

  /** What would, if this one were killed. */
  #keyIf(killed: Actor): string {
    const { waiting } = killed;
    this.#kill(killed);
    const key = this.key();
    this.#left.kill += 1;
    killed.rise(waiting);
    return key;
  }

  /** All that may happen next. */
  choices(): Choice[] {
    const choices: Choice[] = [];
    for (const actor of this.#actors.values()) {
      if (actor.isOver) continue;
      for (const pending of actor.waiting)
        for (const answer of pending.answers()) if (this.#affords(answer.costs)) choices.push(this.#call(actor, pending, answer));
    }
    const { mortal } = this.#scope;
    for (const actor of this.#actors.values()) {
      if (actor.isOver || actor.calls === 0 || !this.#affords('kill') || mortal?.includes(actor.name) === false) continue;
      choices.push({ label: () => `${actor.name} is killed`, take: () => this.#kill(actor), key: () => this.#keyIf(actor) });
    }
    return choices;
  }

  async take(choice: Choice): Promise<void> {
    this.steps.push(choice.label);
    choice.take();
    await this.#quiet();
    if (this.#failure) throw this.#failure.error;
    this.#play.check?.();
  }

  async end(): Promise<void> {
    for (const actor of this.#actors.values()) if (!actor.isOver) throw new Error(`${actor.name} waits for ever`);
    await this.#play.end?.();
  }

  /** All that goes on by itself has gone on: each actor waits for its next call, or is over. */
  async #quiet(): Promise<void> {
    const actors = [...this.#actors.values()];
    for (let turns = 0; turns < MOST_TURNS; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (actors.every(({ isOver, waiting }) => isOver || waiting.length > 0) || this.#failure) return;
    }
  }

  #call(actor: Actor, pending: Pending, answer: Answer<unknown>): Choice {
    return {
      label: () => this.#canon(`${actor.name}: ${answer.label}`, actor.name),
      take: () => {
        if (answer.costs) this.#left[answer.costs] -= 1;
        pending.give(answer);
      },
    };
  }

  #kill(actor: Actor): void {
    this.#left.kill -= 1;
    actor.die();
  }

  #affords(cost: Cost | undefined): boolean {
    return cost === undefined || this.#left[cost] > 0;
  }

  #portOptions(): { torn: boolean; isLocal: boolean } {
    const { torn = false, lies = 0, isLocal = lies === 0 } = this.#scope;
    return { torn, isLocal };
  }

  /** A random name is known by who used it first, and his how manieth it is. */
  #canon(text: string, who: string): string {
    const { random = false } = this.#scope;
    if (random === false) return text;
    const plain = random === 'tokens' ? text.replace(CHECKSUM_OF_OWNER, '') : text;
    return plain.replace(random === 'tokens' ? TOKEN : RANDOM, (found) => {
      const alias =
        this.#aliases.get(found) ?? `<${who} ${[...this.#aliases.values()].filter((name) => name.startsWith(`<${who} `)).length}>`;
      this.#aliases.set(found, alias);
      return alias;
    });
  }
}

const RANDOM = /(?<![0-9a-z_])[0-9a-f]{8}(?:[0-9a-f]{8})?(?![0-9a-z_])/g;
const TOKEN = /(?<![0-9a-z_])[0-9a-f]{16}(?![0-9a-z_])/g;
const CHECKSUM_OF_OWNER = /[0-9a-f]{8}(?=\t\{)/g;

/** In so many turns whoever waits for no call of the disk has gone on, or waits for ever. */
const MOST_TURNS = 20;

/**
 * All ways in which some may have changed places. Whoever they are shows in their names, and in the numbers of what they made.
 * The order in which a directory is listed hangs on names, too: of two orders that a disk may have, one is tried then.
 */
function renamesOf(actors: readonly Actor[]): Rename[] {
  if (actors.length === 0) return [(text) => text];
  const names = actors.flatMap(({ name, number }) => [`${name}(?![a-z])`, `${number}\\d{5}(?!\\d)`]);
  const pattern = new RegExp(`(?<![a-z0-9])(?:${names.join('|')})`, 'g');
  return ordersOf(actors).map((others) => {
    const instead = new Map<string, string>();
    for (const [index, { name, number }] of actors.entries()) {
      const other = others[index] ?? actors[index];
      instead.set(name, other?.name ?? name).set(String(number), String(other?.number ?? number));
    }
    return (text) => text.replace(pattern, (found) => instead.get(found) ?? `${instead.get(found.slice(0, -5)) ?? ''}${found.slice(-5)}`);
  });
}

function ordersOf<T>(all: readonly T[]): T[][] {
  if (all.length === 0) return [[]];
  return all.flatMap((first, index) => ordersOf(all.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
