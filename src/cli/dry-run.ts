import { readQueue } from './library.ts';
import { fillCommand, quoteCommand, valueAsText } from './child/command-template.ts';
import type { Call } from './command.ts';
import { EXIT } from './exit-code.ts';
import { ForeignValue, ForeignValueError } from './foreign-value.ts';
import type { Output } from './output.ts';
import { formatJsonLine } from './render/json.ts';

interface DryRunOptions {
  readonly stdin?: boolean;
  readonly json?: boolean;
}

/** Prints what would be run, a command line a message, as a shell would read it. Owns nothing, so somebody may work meanwhile. */
export async function printCommands(out: Output, { directory, rest, options }: Call<DryRunOptions>): Promise<number> {
  const reader = await readQueue(directory);
  async function* lines(): AsyncGenerator<string> {
    for await (const { id, value } of reader.outstanding()) {
      const planned = planCommand(rest, id, value, options);
      yield options.json
        ? formatJsonLine({ id, ...planned })
        : 'command' in planned
          ? quoteCommand(planned.command)
          : `# ${id}: ${planned.error.message}`;
    }
  }
  await out.lines(lines());
  return EXIT.ok;
}

type Planned = { readonly command: string[] } | { readonly error: { readonly name: string; readonly message: string } };

function planCommand(words: readonly string[], id: string, value: unknown, { stdin }: DryRunOptions): Planned {
  try {
    if (value instanceof ForeignValue) throw new ForeignValueError(id);
    return { command: fillCommand(words, valueAsText(value), { append: stdin !== true }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: { name: error.name, message: error.message } };
  }
}
