import type { Damage } from '../../journals/damage.ts';
import type { Call, Surroundings } from '../command.ts';
import type { VerifyOptions } from '../commands/verify-options.ts';
import { EXIT } from '../exit-code.ts';
import { readQueue } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatBytes, formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';

/** Prints each damaged range. */
export async function verifyValues({ out, err }: Surroundings, { directory, options }: Call<VerifyOptions>): Promise<number> {
  const reader = await readQueue(directory);
  let damages = 0;
  let damagedBytes = 0;
  for await (const damage of reader.verify()) {
    damages += 1;
    damagedBytes += damage.length;
    await out.line(options.json ? formatJsonLine(damage) : describe(damage));
  }
  if (damages > 0) {
    await err.line(
      `dibs: ${formatNumberOf(damages, 'damaged range')}, ${formatBytes(damagedBytes)}. What lies there is lost; all else is served.`,
    );
    return EXIT.failed;
  }
  if (!options.json) await out.line('No damage.');
  return EXIT.ok;
}

function describe({ file, offset, length, reason }: Damage): string {
  return `${formatSentence(file)} at ${offset}, ${formatNumberOf(length, 'byte')}: ${formatSentence(reason)}`;
}
