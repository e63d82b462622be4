import { readQueue } from '../library.ts';
import type { FailedMessage } from '../../queues/queue-reader.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { ForeignValue } from '../foreign-value.ts';
import { wholeNumber } from '../option-values.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatSentence, formatValue } from '../render/visible-text.ts';
import { takeFirst } from '../take-first.ts';

interface FailedOptions {
  readonly limit?: number;
  readonly json?: boolean;
}

export const failedCommand: Command<FailedOptions> = {
  name: 'failed',
  summary: 'print what was given up, with its reason',
  options: [{ flags: '-n, --limit <n>', description: 'print only the first n', parse: wholeNumber('--limit', 0) }],
  examples: [
    ['dibs failed orders', 'id, attempts and value; the reason below'],
    [
      'dibs failed orders --json | jq -r \'select(.error.message | test("timed out")) | .id\' | xargs dibs retry orders',
      'put some of them back to work',
    ],
  ],
  async run({ out }, { directory, options }) {
    const reader = await readQueue(directory);
    await out.lines(takeFirst(reader.failed(), options.limit, options.json ? formatJsonLine : describe));
    return EXIT.ok;
  },
};

function describe({ id, attempts, value, error }: FailedMessage<unknown>): string {
  const reason = error.name === 'Error' || error.message.startsWith(`${error.name}:`) ? error.message : `${error.name}: ${error.message}`;
  return `${id}  ${formatNumberOf(attempts, 'attempt')}  ${formatValue(value instanceof ForeignValue ? value.text : value)}\n    ${formatSentence(reason)}`;
}
