import { ask } from '../ask.ts';
import { quoteCommand } from '../child/command-template.ts';
import type { Call, Command, Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { PLACE_OPTIONS, type PlaceOptions, placesOf } from '../folders/folder-flags.ts';
import { assertFolder, UPKEEP_OPTIONS, upkeepOf, type UpkeepOptions } from '../folders/upkeep.ts';
import { interruptible } from '../interruption.ts';
import { folderMaintenance, readFolder } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import { formatSentence } from '../render/visible-text.ts';

interface PurgeOptions extends UpkeepOptions, PlaceOptions {
  readonly yes?: boolean;
}

const PATHS_SHOWN = 10;

export const purgeCommand: Command<PurgeOptions> = {
  name: 'purge',
  summary: 'folder: delete every file in it, done or not; asks first',
  options: [{ flags: '-y, --yes', description: 'do not ask' }, ...UPKEEP_OPTIONS, ...PLACE_OPTIONS],
  examples: [
    ['dibs purge inbox', 'says how much there is, and asks'],
    ['dibs purge inbox --yes', 'for a script; directories that are not the queue’s stay'],
  ],
  async run(surroundings, call) {
    const { directory, options } = call;
    await assertFolder('purge', directory, `To delete it: rm -r ${quoteCommand([directory])}`);
    if (!options.yes && !(await isWanted(surroundings, call))) {
      await surroundings.err.line(`dibs: ${formatSentence(directory)} is left as it is. Say y, or give --yes`);
      return EXIT.failed;
    }
    const { purgeFolder } = await folderMaintenance();
    const report = await purgeFolder(directory, { ...upkeepOf(options), ...placesOf(options), clock: surroundings.clock });
    if (options.json) await surroundings.out.line(formatJsonLine(report));
    else await surroundings.out.lines(describe(report));
    return EXIT.ok;
  },
};

async function isWanted(surroundings: Surroundings, { directory, options }: Call<PurgeOptions>): Promise<boolean> {
  const reader = await readFolder(directory, placesOf(options));
  const { ready, claimed, done, failed } = await reader.counts();
  const counts = [`${formatCount(ready)} ready`, `${formatCount(claimed)} claimed`, `${formatCount(failed)} failed`];
  if (done !== null) counts.push(`${formatCount(done)} done`);
  const question = `Delete every file in ${formatSentence(reader.directory)} (${counts.join(', ')})?`;
  return interruptible((signal) => ask(question, surroundings, signal));
}

function describe({ removed, left }: { readonly removed: number; readonly left: readonly string[] }): string[] {
  const shown = left.slice(0, PATHS_SHOWN).map((path) => `  still there: ${formatSentence(path)}`);
  const hidden = left.length - shown.length;
  return [`${formatNumberOf(removed, 'file')} deleted`, ...shown, ...(hidden > 0 ? [`  and ${formatCount(hidden)} more`] : [])];
}
