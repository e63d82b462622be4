import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../processes/folder-checker.mjs';

export interface FolderEvent {
  readonly actor: string;
  readonly event: string;
  readonly name?: string;
  readonly attempt?: number;
}

/** What all who use one folder wrote down, read while they still write. */
export class FolderLedger {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    appendFileSync(path, '');
  }

  note(actor: string, event: string, facts: object = {}): void {
    appendFileSync(this.path, `${JSON.stringify({ actor, event, ...facts })}\n`);
  }

  events(): FolderEvent[] {
    const lines = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    return lines.map((line): FolderEvent => JSON.parse(line));
  }

  /** What an actor has in hands, and has not begun to settle. */
  heldBy(actor: string): string | undefined {
    const last = this.events().findLast((event) => event.actor === actor);
    return last?.event === 'got' ? last.name : undefined;
  }

  /** What the checker says of it, which knows nothing of the library. */
  judge(folder: string): ReturnType<typeof judge> {
    const namesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);
    const left = namesIn(folder).filter((name) => /\.(tsv|wip|again|finished|failing)$/.test(name));
    const [done, failed] = [namesIn(join(folder, 'done')), namesIn(join(folder, 'failed'))];
    const textIn = (directory: string) => (name: string) => readFileSync(join(folder, directory, name), 'utf8');
    return judge(readFileSync(this.path, 'utf8'), { left, done, failed, readDone: textIn('done'), readFailed: textIn('failed') });
  }
}
