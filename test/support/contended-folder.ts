import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Container, InmateOptions } from './container.ts';
import { said } from './folder-ground.ts';
import { FolderLedger } from './folder-ledger.ts';
import { NotingReader, READER } from './noting-reader.ts';

/** Longer than it takes to find out that somebody is dead. */
const SOON_MS = 60_000;

/** A queue of files with one in it, and all who were promised something. */
export class ContendedFolder {
  readonly directory: string;
  readonly ledger: FolderLedger;
  readonly wrong: string[] = [];

  constructor(place: string) {
    this.directory = join(place, 'inbox');
    mkdirSync(this.directory, { recursive: true });
    this.ledger = new FolderLedger(join(place, 'ledger'));
    this.ledger.note('somebody', 'put?', { name: 'a.tsv' });
    for (const [name, text] of Object.entries({ 'a.tsv': 'rows', ...said(1, 'helo', 'done') }))
      writeFileSync(join(this.directory, name), text);
    this.ledger.note('somebody', 'put!', { name: 'a.tsv' });
  }

  async reader(actor: string, container: Container, leaseMs: number, options?: InmateOptions): Promise<NotingReader> {
    const reader = new NotingReader(actor, this.ledger, await container.run(READER, options));
    await reader.open(this.directory, { leaseMs, pollIntervalMs: 50 });
    return reader;
  }

  async holder(container: Container, leaseMs: number, options?: InmateOptions): Promise<NotingReader> {
    const holder = await this.reader('holder', container, leaseMs, options);
    this.expect('its first attempt', await holder.get(SOON_MS), 1);
    return holder;
  }

  expect(what: string, seen: unknown, wanted: unknown): void {
    if (seen !== wanted) this.wrong.push(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
  }

  /** Somebody who gets it, does it, and leaves. */
  async finish(other: NotingReader): Promise<void> {
    this.expect('what comes again', await other.get(SOON_MS), 2);
    this.expect('its done', await other.done(), undefined);
    await other.end();
  }

  judge(): string[] {
    return [...this.wrong, ...this.ledger.judge(this.directory).violations];
  }
}
