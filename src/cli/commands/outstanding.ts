import { readQueue } from '../library.ts';
import type { OutstandingMessage } from '../../queues/queue-reader.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { ForeignValue, ForeignValueError } from '../foreign-value.ts';
import { takeFirst } from '../take-first.ts';
import { wholeNumber } from '../option-values.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatValue } from '../render/visible-text.ts';

interface OutstandingOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

export const outstandingCommand: Command<OutstandingOptions> = {
  name: 'outstanding',
  summary: 'print what was put and is not done, in put order',
  options: [{ flags: '-n, --limit <n>', description: 'print only the first n', parse: wholeNumber('--limit', 0) }],
  examples: [
    ['dibs outstanding orders', 'one value a line'],
    ['dibs outstanding orders --json | jq -r .id', 'with id, key and attempts, for other programs'],
  ],
  async run({ out }, { directory, options }) {
    const reader = await readQueue(directory);
    await out.lines(takeFirst(reader.outstanding(), options.limit, options.json ? describeAsJson : describe));
    return EXIT.ok;
  },
};

type Message = OutstandingMessage<unknown>;

function describe({ id, value }: Message): string {
  return value instanceof ForeignValue ? `# ${new ForeignValueError(id).message}` : formatValue(value);
}

function describeAsJson(message: Message): string {
  if (!(message.value instanceof ForeignValue)) return formatJsonLine(message);
  const { name, message: words } = new ForeignValueError(message.id);
  return formatJsonLine({ ...message, error: { name, message: words } });
}
