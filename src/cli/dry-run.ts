import { fillCommand, quoteCommand, valueAsText } from './child/command-template.ts';
import type { Call } from './command.ts';
import type { WorkOptions } from './commands/work-options.ts';
import { EXIT } from './exit-code.ts';
import { placesOf } from './folders/folder-flags.ts';
import { ForeignValue, ForeignValueError } from './foreign-value.ts';
import { readFolder, readQueue } from './library.ts';
import type { Output } from './output.ts';
import { formatJsonLine } from './render/json.ts';
import { formatSentence } from './render/visible-text.ts';

/** A message that a program would be run for. */
interface Subject {
  readonly id: string;
  readonly value: unknown;
}

/** Prints what would be run, a command line a message, as a shell would read it. Owns nothing, so somebody may work meanwhile. */
export async function printCommands(out: Output, { directory, rest, options }: Call<WorkOptions>, isFolder: boolean): Promise<number> {
  async function* lines(): AsyncGenerator<string> {
    for await (const { id, value } of isFolder ? files(directory, options) : values(directory)) {
      const planned = planCommand(rest, id, value, options);
      yield options.json
        ? formatJsonLine({ id, ...planned })
        : 'command' in planned
          ? quoteCommand(planned.command)
          : `# ${formatSentence(id)}: ${planned.error.message}`;
    }
  }
  await out.lines(lines());
  return EXIT.ok;
}

async function* values(directory: string): AsyncGenerator<Subject> {
  yield* (await readQueue(directory)).outstanding();
}

/** Those that are ready, by the path that they have before they are claimed. */
async function* files(directory: string, options: WorkOptions): AsyncGenerator<Subject> {
  const reader = await readFolder(directory, placesOf(options));
  for await (const { name, path, consumer } of reader.outstanding()) if (consumer === undefined) yield { id: name, value: path };
}

type Planned = { readonly command: string[] } | { readonly error: { readonly name: string; readonly message: string } };

function planCommand(words: readonly string[], id: string, value: unknown, { stdin }: WorkOptions): Planned {
  try {
    if (value instanceof ForeignValue) throw new ForeignValueError(id);
    return { command: fillCommand(words, valueAsText(value), { append: stdin !== true }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: { name: error.name, message: error.message } };
  }
}
