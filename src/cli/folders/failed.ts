import type { FailedFile } from '../../folders/failed-files.ts';
import type { FailedOptions } from '../commands/failed-options.ts';
import { readFolder } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatReason } from '../render/reason.ts';
import { formatSentence, formatValue } from '../render/visible-text.ts';
import { takeFirst } from '../take-first.ts';
import { placesOf } from './folder-flags.ts';

/** The files that were given up, in lines. */
export async function failedOfFolder(directory: string, options: FailedOptions): Promise<AsyncIterable<string>> {
  const reader = await readFolder(directory, placesOf(options));
  return takeFirst(reader.failed(), options.limit, options.json ? formatJsonLine : describe);
}

function describe({ name, attempts, error, at }: FailedFile): string {
  const facts = [
    ...(attempts === undefined ? [] : [formatNumberOf(attempts, 'attempt')]),
    ...(at === undefined ? [] : [formatSentence(at)]),
  ];
  return `${[formatValue(name), ...facts].join('  ')}\n    ${error === undefined ? 'no report lies beside it' : formatReason(error)}`;
}
