import { readQueue } from '../library.ts';
import type { Damage } from '../../journals/damage.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatBytes, formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';

interface VerifyOptions {
  readonly json?: boolean;
}

export const verifyCommand: Command<VerifyOptions> = {
  name: 'verify',
  summary: 'read every byte and print each damaged range',
  options: [],
  examples: [
    ['dibs verify orders', 'exit code 1 if anything is damaged'],
    ['dibs verify orders --json', 'a line for each damaged range: file, offset, length, reason'],
  ],
  async run({ out, err }, { directory, options }) {
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
  },
};

function describe({ file, offset, length, reason }: Damage): string {
  return `${formatSentence(file)} at ${offset}, ${formatNumberOf(length, 'byte')}: ${formatSentence(reason)}`;
}
