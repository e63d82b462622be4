import type { Command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { assertFolder, NOTHING_TO_RESET, UPKEEP_OPTIONS, upkeepOf, type UpkeepOptions } from '../folders/upkeep.ts';
import { folderMaintenance } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';

export const releaseCommand: Command<UpkeepOptions> = {
  name: 'release',
  summary: 'folder: make ready again what dead workers had claimed',
  options: UPKEEP_OPTIONS,
  examples: [
    ['dibs release inbox', 'workers do it by themselves; this is for who wants to see the files before one runs'],
    ['dibs release inbox --force', 'also what the living have: they lose it'],
  ],
  async run({ out, clock }, { directory, options }) {
    await assertFolder('release', directory, NOTHING_TO_RESET);
    const { releaseFolderClaims } = await folderMaintenance();
    const claims = await releaseFolderClaims(directory, { ...upkeepOf(options), clock });
    await out.line(options.json ? formatJsonLine({ claims }) : `${formatNumberOf(claims, 'file')} ready again`);
    return EXIT.ok;
  },
};
