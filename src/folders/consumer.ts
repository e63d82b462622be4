import { randomBytes } from 'node:crypto';
import { formatConsumer } from '../formats/claim-name.ts';
import { processIdentity, type ProcessIdentity } from '../fs/process-identity.ts';
import { showLife, type SignOfLife } from '../fs/sign-of-life.ts';
import type { Claimer } from './claim.ts';
import type { FolderContext } from './folder-context.ts';
import type { FolderLayout } from './folder-layout.ts';

/** Where somebody shows that it lives: a folder of messages, or one of tasks. */
export interface ConsumerGround extends Pick<FolderContext, 'fs' | 'clock'> {
  readonly layout: Pick<FolderLayout, 'consumers' | 'stages'>;
}

export interface ConsumerOptions {
  /** How long its silence is to be tolerated, in milliseconds. */
  readonly leaseMs: number;
  /** How long its process may not get to anything else before it is taken for hung, in milliseconds. */
  readonly maxStillMs?: number | undefined;
  /** @default this process */
  readonly identity?: ProcessIdentity | undefined;
}

/** Somebody who claims files. It beats before its first claim, under a name that no other opening ever has. */
export class Consumer {
  readonly #context: ConsumerGround;
  readonly #options: ConsumerOptions;
  /** All names that it has, or had before it was found dead. */
  readonly #names = new Set<string>();
  #name = '';
  #life: SignOfLife | undefined;
  #claims = 0;
  /** When it last saw that it is taken for alive. */
  #lookedAt = -Infinity;
  #beginning: Promise<void> | undefined;
  #isEnded = false;

  private constructor(context: ConsumerGround, options: ConsumerOptions) {
    this.#context = context;
    this.#options = options;
  }

  static async open(context: ConsumerGround, options: ConsumerOptions): Promise<Consumer> {
    const consumer = new Consumer(context, options);
    await consumer.#begin();
    return consumer;
  }

  get name(): string {
    return this.#name;
  }

  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** How often it beats, in milliseconds. */
  get everyMs(): number {
    return this.#life?.everyMs ?? this.#options.leaseMs;
  }

  /** Whether others still take it for alive. */
  isAlive(): boolean {
    return this.#life?.isThere() ?? false;
  }

  /** Says that the process is not hung. */
  progress(): void {
    this.#life?.progress();
  }

  /**
   * The number of the next claim. Who was found dead, because it slept, goes on under another name: what it claims under
   * the old one would be taken back after a lease. It looks once a beat: nobody is found dead in less.
   * @param now in monotonic milliseconds
   * @param mustLook whether somebody may have removed all there was, and its sign of life with it
   */
  claimer(now: number, mustLook = false): Claimer | Promise<Claimer> {
    if (mustLook || now - this.#lookedAt >= this.everyMs) return this.#lookAndClaim(now);
    this.#claims += 1;
    return { consumer: this.#name, claim: this.#claims };
  }

  /** Ends it, when it holds nothing any more. What it holds all the same is free after a lease. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#life?.end();
    this.#life = undefined;
  }

  /** Ends it, and says so in its file: whoever looks takes back at once what it may still have. */
  resign(): void {
    this.#isEnded = true;
    this.#life?.release();
    this.#life = undefined;
  }

  async #lookAndClaim(now: number): Promise<Claimer> {
    // Of several who find that out one begins anew.
    if (!this.isAlive() && !this.#isEnded) await (this.#beginning ??= this.#begin().finally(() => (this.#beginning = undefined)));
    this.#lookedAt = now;
    this.#claims += 1;
    return { consumer: this.#name, claim: this.#claims };
  }

  async #begin(): Promise<void> {
    this.#life?.leave();
    const { fs, layout, clock } = this.#context;
    const { leaseMs, maxStillMs, identity = processIdentity() } = this.#options;
    const name = formatConsumer(identity.host, identity.pid, randomBytes(4).toString('hex'));
    this.#life = await showLife(fs, { directory: layout.consumers, stages: layout.stages, name, leaseMs, clock, identity, maxStillMs });
    this.#names.add(name);
    this.#name = name;
  }
}
