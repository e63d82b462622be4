import { errnoName } from '../../src/fs/errno.ts';

/** What may happen only so often in a run. */
export type Cost = 'kill' | 'lie' | 'stall';

/** One way in which a call may be answered. */
export interface Answer<T> {
  readonly label: string;
  readonly costs?: Cost | undefined;
  /** Does it, and gives or throws the reply. */
  readonly act: () => T;
}

/** A call that waits until it is chosen. */
export interface Pending {
  readonly text: string;
  /** What it has seen so far, of which its actor does not know yet. */
  readonly key: () => string;
  /** None as long as it has to wait. */
  readonly answers: () => readonly Answer<unknown>[];
  readonly give: (answer: Answer<unknown>) => void;
}

/** Names what an actor did by a number: the same for the same, another for all else. */
export type Intern = (text: string) => number;

/** One text as it would be if some who do the same had changed places. */
export type Rename = (text: string) => string;

interface ActorParts {
  readonly intern: Intern;
  readonly canon: (text: string) => string;
  readonly waits?: boolean;
}

/** Somebody who acts, one call at a time. All it knows comes from the replies that it got: they are its state. */
export class Actor {
  readonly name: string;
  /** Tells what it makes from what others make. */
  readonly number: number;
  /** Random names by what they stand for: the same in each run. */
  readonly canon: (text: string) => string;
  readonly #intern: Intern;
  /** Whether its calls wait until they are chosen. */
  readonly #waits: boolean;
  /** What it came to know, in this order. */
  #history: string[] = [];
  /** Of so much of that, by who is taken for whom, its number. */
  readonly #known = new Map<Rename, { readonly count: number; readonly number: number }>();
  #isDead = false;
  /** Calls that wait: of one actor several may, if it makes several at once. */
  waiting: Pending[] = [];
  calls = 0;
  isDone = false;

  constructor(name: string, number: number, { intern, canon, waits = true }: ActorParts) {
    this.name = name;
    this.#waits = waits;
    this.number = number;
    this.#intern = intern;
    this.canon = canon;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isOver(): boolean {
    return this.#isDead || this.isDone;
  }

  /** @param rename takes some for others who do the same */
  key(rename: Rename): string {
    if (this.#isDead) return 'dead';
    return `${this.#numberOf(rename)}${this.isDone ? 'done' : ''}${this.waiting.map(({ key }) => rename(key())).join()}`;
  }

  #numberOf(rename: Rename): number {
    let { count, number } = this.#known.get(rename) ?? { count: 0, number: 0 };
    for (; count < this.#history.length; count += 1) number = this.#intern(`${number} ${rename(this.#history[count] ?? '')}`);
    this.#known.set(rename, { count, number });
    return number;
  }

  /** A call of any kind. `show` tells replies apart. */
  ask<T>(
    text: string,
    answers: () => readonly Answer<T>[],
    { show = () => '', key = () => '' }: { readonly show?: (value: T) => string; readonly key?: () => string } = {},
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const pending: Pending = {
        text,
        key,
        answers,
        give: ({ act }) => {
          this.waiting = this.waiting.filter((other) => other !== pending);
          this.calls += 1;
          try {
            // It is one of those that `answers` gave.
            const value = act() as T;
            this.note(text, show(value));
            resolve(value);
          } catch (error) {
            this.note(text, errnoName(error));
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
      };
      this.waiting.push(pending);
      const [answer] = this.#waits ? [] : answers();
      if (answer !== undefined) pending.give(answer);
    });
  }

  /** What it came to know. */
  note(text: string, reply: string): void {
    this.#history.push(this.canon(`${text} = ${reply}`));
  }

  /** Waits for its turn, and until something holds. */
  async step(text: string, holds: () => boolean = () => true): Promise<void> {
    await this.ask(text, () => (holds() ? [{ label: 'goes on', act: () => undefined }] : []));
  }

  /** Does one or the other. */
  choose<T extends string>(text: string, ...ways: readonly T[]): Promise<T> {
    return this.ask<T>(text, () => ways.map((way) => ({ label: way, act: () => way })), { show: (way) => way });
  }

  /** Whether somebody is taken for dead: who is, always; who lives, if the scope allows that somebody stands still for a lease. */
  findsDead(other: Actor): Promise<boolean> {
    const alive = { label: 'alive', act: () => false };
    const stalled = { label: 'dead, though it lives', costs: 'stall', act: () => true } as const;
    const answers = (): Answer<boolean>[] => (other.isDead ? [{ label: 'dead', act: () => true }] : [alive, stalled]);
    return this.ask(`finds ${other.name}`, answers, { show: String });
  }

  /** All that it knows is this: with whatever replies it came here, it will do the same from now on. */
  forget(allItKnows: string): void {
    this.#history = [`${this.name} knows ${allItKnows}`];
    this.#known.clear();
  }

  die(): void {
    this.#isDead = true;
    this.waiting = [];
  }

  /** It did not die after all. */
  rise(waiting: Pending[]): void {
    this.#isDead = false;
    this.waiting = waiting;
  }
}
