import type { FolderEntry } from './folder-deeds.ts';

/** What all who used a folder were promised of each message, by name, and what one of them saw that may not be. */
export class FolderPromises {
  readonly entries = new Map<string, FolderEntry>();
  readonly wrong: string[] = [];

  copy(): FolderPromises {
    const copy = new FolderPromises();
    for (const [name, entry] of this.entries) copy.entries.set(name, { ...entry });
    copy.wrong.push(...this.wrong);
    return copy;
  }

  text(): string {
    return JSON.stringify([[...this.entries], this.wrong]);
  }

  note(names: Iterable<string>, change: Partial<FolderEntry>): void {
    for (const name of names) {
      const entry = this.entries.get(name) ?? { put: 'asked', done: 'no', givenUp: 'no' };
      this.entries.set(name, { ...entry, ...change });
    }
  }

  /** Those of which that is noted. */
  where(wanted: (entry: FolderEntry) => boolean): string[] {
    return [...this.entries].filter(([, entry]) => wanted(entry)).map(([name]) => name);
  }

  /** Somebody got it: so whoever asked for its end before did not reach it, and nobody may have been told that he did. */
  deliver(name: string, text: string | undefined, whole: string): void {
    const entry = this.entries.get(name);
    if (entry === undefined) this.wrong.push(`${name} comes from nowhere`);
    if (text !== whole) this.wrong.push(`${name} is not whole: ${text}`);
    if (entry?.done === 'acknowledged') this.wrong.push(`${name} comes again, though it was done`);
    if (entry?.givenUp === 'acknowledged') this.wrong.push(`${name} comes again, though it was given up`);
    this.note([name], { put: 'acknowledged', done: 'no', givenUp: 'no' });
  }
}
