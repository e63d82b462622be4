import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { assertFolder, NOTHING_TO_RESET, UPKEEP_OPTIONS, upkeepOf, type UpkeepOptions } from '../folders/upkeep.ts';
import { folderMaintenance } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';

export const resetCommand: Command<UpkeepOptions> = {
  name: 'reset',
  summary: 'folder: make ready again what was claimed, and forget what producers said',
  options: UPKEEP_OPTIONS,
  examples: [
    ['dibs reset inbox', 'before a new run, so that the last one’s DONE or FAILED ends nobody; no message is lost'],
    ['dibs reset inbox --json', '{"claims":2,"controlFiles":4}'],
  ],
  async run({ out, clock }, { directory, options }) {
    await assertFolder('reset', directory, NOTHING_TO_RESET);
    const { resetFolder } = await folderMaintenance();
    const report = await resetFolder(directory, { ...upkeepOf(options), clock });
    const { claims, controlFiles } = report;
    await out.line(
      options.json
        ? formatJsonLine(report)
        : `${formatNumberOf(claims, 'file')} ready again, ${formatNumberOf(controlFiles, 'control file')} removed`,
    );
    return EXIT.ok;
  },
};
