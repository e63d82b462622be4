import type { Call, Surroundings } from '../command.ts';
import type { VerifyOptions } from '../commands/verify-options.ts';
import { EXIT } from '../exit-code.ts';
import { readFolder } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import { formatSentence, formatValue } from '../render/visible-text.ts';
import { placesOf } from './folder-flags.ts';

/** Prints each file that is not as it should be. */
export async function verifyFolder({ out, err, clock }: Surroundings, { directory, options }: Call<VerifyOptions>): Promise<number> {
  const reader = await readFolder(directory, { ...placesOf(options), clock });
  let count = 0;
  for await (const damage of reader.verify()) {
    count += 1;
    await out.line(options.json ? formatJsonLine(damage) : `${formatValue(damage.file)}: ${formatSentence(damage.reason)}`);
  }
  if (count > 0) {
    await err.line(`dibs: ${formatNumberOf(count, 'file')} to be looked at. All other files are served.`);
    return EXIT.failed;
  }
  if (!options.json) await out.line('No damage.');
  return EXIT.ok;
}
