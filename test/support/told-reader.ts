import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { said } from './folder-ground.ts';
import { program } from './programs.ts';
import { TalkingProcess } from './talking-process.ts';
import { tempFolder } from './temp-folder.ts';

/** A process that reads a folder, and does as it is told. */
export class ToldReader {
  readonly process = new TalkingProcess(program('folder-queue-reader.mjs'));

  static async open(directory: string, options: Readonly<Record<string, unknown>> = {}): Promise<ToldReader> {
    const reader = new ToldReader();
    await reader.ask('open', directory, { leaseMs: 60_000, pollIntervalMs: 50, ...options });
    return reader;
  }

  ask(command: string, ...rest: unknown[]): Promise<Record<string, unknown>> {
    return this.process.ask(JSON.stringify([command, ...rest]));
  }
}

/** A folder with these messages, of a producer that is done. */
export function producedFolder(files: Readonly<Record<string, string>>): string {
  const folder = join(tempFolder(), 'inbox');
  mkdirSync(folder);
  for (const [name, text] of Object.entries({ ...files, ...said(1, 'helo', 'done') })) writeFileSync(join(folder, name), text);
  return folder;
}
