import { BEATING_FILE_BYTES, parseBeatingFile, parseBeatingProcess } from '../formats/beating-record.ts';
import { isLifeStage } from '../formats/stage-name.ts';
import { standingOf } from '../fs/process-identity.ts';
import { removeIfThere } from '../fs/publish.ts';
import { readSmallFile } from '../fs/small-file.ts';
import type { FolderContext } from './folder-context.ts';
import { scanIfThere } from './in-order.ts';

/**
 * Removes what was to show that somebody lives who was stopped before it did: whose process is gone, or who did not even
 * write it to its end. One who is doing that just now finds its stage gone, and makes another.
 */
export async function sweepLifeStages({ fs, layout }: FolderContext): Promise<void> {
  const stages: string[] = [];
  await scanIfThere(fs, layout.stages, (file) => void (isLifeStage(file) && stages.push(`${layout.stages}/${file}`)));
  for (const stage of stages) {
    const found = await readSmallFile(fs, stage, BEATING_FILE_BYTES);
    const file = found.kind === 'text' ? parseBeatingFile(found.text) : null;
    const process = file && parseBeatingProcess(file.fields);
    if (!process || standingOf(process) === 'dead') await removeIfThere(fs, stage);
  }
}
