import { ItemSettledError } from '../errors.ts';

/** - `taken`: somebody works on it  - `settling`: its end is being written down  - the rest: how it ended */
export type HoldState = 'taken' | 'settling' | 'done' | 'released' | 'failed' | 'lost';

/** What is held, by its name, from its claim to its end: it is settled once. */
export class Hold {
  readonly name: string;
  /** When it was claimed, in monotonic milliseconds. */
  readonly since: number;
  state: HoldState = 'taken';
  #controller: AbortController | undefined;
  #lost: Error | undefined;

  constructor(name: string, since: number) {
    this.name = name;
    this.since = since;
  }

  get signal(): AbortSignal {
    // Made when it is asked for: most handlers never do.
    this.#controller ??= new AbortController();
    if (this.#lost !== undefined) this.#controller.abort(this.#lost);
    return this.#controller.signal;
  }

  /** It is not ours any more: tells whoever works on it. */
  lose(reason: Error): void {
    this.state = 'lost';
    this.#lost = reason;
    this.#controller?.abort(reason);
  }

  /** Undefined if it may be settled, and then nobody else may; else why not. */
  begin(operation: string): Error | undefined {
    // Whoever took it back has it: to say that it is settled would hide that.
    if (this.state === 'lost') return this.#lost;
    if (this.state !== 'taken') return new ItemSettledError(operation, this.name, this.state === 'settling' ? 'being settled' : this.state);
    this.state = 'settling';
    return undefined;
  }
}
