import type { OutstandingOptions } from '../commands/outstanding-options.ts';
import { readFolder } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatValue } from '../render/visible-text.ts';
import { takeFirst } from '../take-first.ts';

/** The files that are neither finished nor given up, in lines. */
export async function outstandingOfFolder(directory: string, { limit, json }: OutstandingOptions): Promise<AsyncIterable<string>> {
  const reader = await readFolder(directory, {});
  return takeFirst(reader.outstanding(), limit, json ? formatJsonLine : ({ name }) => formatValue(name));
}
