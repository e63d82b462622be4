import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, InmateOptions } from './container.ts';
import { check } from './kill-chain.ts';
import { NotingOwner, OWNER } from './noting-owner.ts';

/** A queue of values, and its owners. */
export class ContendedQueue {
  readonly #at: { readonly directory: string; readonly ledger: string };
  readonly wrong: string[] = [];

  constructor(place: string) {
    mkdirSync(place, { recursive: true });
    this.#at = { directory: join(place, 'queue'), ledger: join(place, 'ledger') };
  }

  async candidate(actor: string, container: Container, leaseMs: number, inmate?: InmateOptions): Promise<NotingOwner> {
    const options = { leaseMs, maxAttempts: 5, durability: 'process' };
    return new NotingOwner(actor, { ...this.#at, options }, await container.run(OWNER, inmate));
  }

  /** One that has put three and holds one. */
  async owner(container: Container, leaseMs: number, inmate?: InmateOptions): Promise<NotingOwner> {
    const owner = await this.candidate('owner', container, leaseMs, inmate);
    this.expect('the first open', await owner.open(), undefined);
    for (const value of ['one', 'two', 'three']) await owner.put(value);
    await owner.take();
    return owner;
  }

  expect(what: string, seen: unknown, wanted: unknown): void {
    if (seen !== wanted) this.wrong.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
  }

  async finish(heir: NotingOwner): Promise<void> {
    this.expect('the next open', await heir.open(), undefined);
    await heir.workOff();
  }

  judge(): string[] {
    return [...this.wrong, ...check(this.#at.ledger).violations];
  }
}
