import type { FailedMessage } from '../../queues/queue-reader.ts';
import type { FailedOptions } from '../commands/failed-options.ts';
import { ForeignValue } from '../foreign-value.ts';
import { readQueue } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatReason } from '../render/reason.ts';
import { formatValue } from '../render/visible-text.ts';
import { takeFirst } from '../take-first.ts';

/** What was given up, in lines. */
export async function failedOfValues(directory: string, { limit, json }: FailedOptions): Promise<AsyncIterable<string>> {
  const reader = await readQueue(directory);
  return takeFirst(reader.failed(), limit, json ? formatJsonLine : describe);
}

function describe({ id, attempts, value, error }: FailedMessage<unknown>): string {
  const shown = formatValue(value instanceof ForeignValue ? value.text : value);
  return `${id}  ${formatNumberOf(attempts, 'attempt')}  ${shown}\n    ${formatReason(error)}`;
}
