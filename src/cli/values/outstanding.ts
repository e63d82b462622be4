import type { OutstandingMessage } from '../../queues/queue-reader.ts';
import type { OutstandingOptions } from '../commands/outstanding-options.ts';
import { ForeignValue, ForeignValueError } from '../foreign-value.ts';
import { readQueue } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatValue } from '../render/visible-text.ts';
import { takeFirst } from '../take-first.ts';

/** What was put and is not done, in lines. */
export async function outstandingOfValues(directory: string, { limit, json }: OutstandingOptions): Promise<AsyncIterable<string>> {
  const reader = await readQueue(directory);
  return takeFirst(reader.outstanding(), limit, json ? describeAsJson : describe);
}

type Message = OutstandingMessage<unknown>;

function describe({ id, value }: Message): string {
  return value instanceof ForeignValue ? `# ${new ForeignValueError(id).message}` : formatValue(value);
}

function describeAsJson(message: Message): string {
  if (!(message.value instanceof ForeignValue)) return formatJsonLine(message);
  const { name, message: words } = new ForeignValueError(message.id);
  return formatJsonLine({ ...message, error: { name, message: words } });
}
