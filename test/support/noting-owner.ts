import { appendFileSync } from 'node:fs';

/** The program that does as a NotingOwner says. */
export const OWNER = 'persistent-queue-owner.mjs';

/** A process that answers: here, or in a container. */
export interface Answering {
  ask(line: string): Promise<Record<string, unknown>>;
  kill(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

export interface NotedPlace {
  readonly directory: string;
  /** For checker.mjs. */
  readonly ledger: string;
  readonly options: { readonly maxAttempts: number; readonly [name: string]: unknown };
}

/** A process that has a queue, and of which is written down what it was promised. What it refuses is told as its code. */
export class NotingOwner {
  readonly #process: Answering;
  readonly #actor: string;
  readonly #place: NotedPlace;
  readonly #held: unknown[] = [];

  constructor(actor: string, place: NotedPlace, program: Answering) {
    this.#process = program;
    this.#actor = actor;
    this.#place = place;
  }

  /** Undefined if it is open now. */
  async open(): Promise<string | undefined> {
    const { directory, options } = this.#place;
    const code = codeOf(await this.#ask('open', directory, options));
    if (code === undefined) this.#note('open', { maxAttempts: options.maxAttempts });
    return code;
  }

  async put(value: string): Promise<string | undefined> {
    this.#note('put?', { value });
    const code = codeOf(await this.#ask('put', value));
    if (code === undefined) this.#note('put!', { value });
    return code;
  }

  /** The value; undefined if there is none. */
  async take(): Promise<unknown> {
    const { value, id, attempt } = await this.#ask('take');
    if (value === null || value === undefined) return undefined;
    this.#note('got', { value, id, attempt });
    this.#held.push(id);
    return value;
  }

  /** What it took first. */
  async done(): Promise<string | undefined> {
    const [id] = this.#held;
    this.#note('done?', { id });
    const code = codeOf(await this.#ask('done'));
    if (code !== undefined) return code;
    this.#held.shift();
    this.#note('done!', { id });
    return undefined;
  }

  /** All that is left; then it is gone. */
  async workOff(): Promise<void> {
    while ((await this.take()) !== undefined) await this.done();
    this.#note('drained');
    this.#note('end?');
    await this.#ask('dispose');
    this.#note('end!');
    await this.#process.kill();
  }

  async kill(): Promise<void> {
    this.#note('kill?');
    await this.#process.kill();
    this.#note('kill!');
  }

  async stop(): Promise<void> {
    this.#note('kill?');
    await this.#process.signal('SIGSTOP');
  }

  async go(): Promise<void> {
    await this.#process.signal('SIGCONT');
  }

  #ask(command: string, ...rest: unknown[]): Promise<Record<string, unknown>> {
    return this.#process.ask(JSON.stringify([command, ...rest]));
  }

  #note(event: string, facts: object = {}): void {
    appendFileSync(this.#place.ledger, `${JSON.stringify({ actor: this.#actor, event, ...facts })}\n`);
  }
}

function codeOf({ error, code }: Record<string, unknown>): string | undefined {
  return error === undefined ? undefined : typeof code === 'string' ? code : JSON.stringify(error);
}
