import type { Call, Surroundings } from '../command.ts';
import type { WorkOptions } from '../commands/work-options.ts';
import { finishRound } from '../finish-round.ts';
import { machineDisk, openReadableFolder, readFolder } from '../library.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { WorkDisplay } from '../render/work-display.ts';
import type { Standing } from '../work-item.ts';
import { planOf } from '../work-plan.ts';
import { workRound } from '../work-round.ts';
import { placesOf } from './folder-flags.ts';
import { rulesFor } from './folder-rules.ts';
import { FolderWork } from './folder-work.ts';

/** Works a folder off, beside whoever else does: until its producers are done and nothing is left. */
export async function workOnFolder(surroundings: Surroundings, call: Call<WorkOptions>, display: WorkDisplay): Promise<number> {
  const { clock } = surroundings;
  const { directory, options } = call;
  const places = placesOf(options);
  const tell = (sentence: string): void => void display.notice(sentence).catch(() => {});
  const rules = await rulesFor(directory, options);
  const queue = await openReadableFolder(directory, {
    ...places,
    ...rules,
    clock,
    ...(options.lease !== undefined && { leaseMs: options.lease }),
    ...(options.order !== undefined && { order: options.order }),
    ...(options.producers !== undefined && { expectedProducers: options.producers }),
    onStrangeFile: ({ file, reason }) => tell(`${formatSentence(JSON.stringify(file))} is left alone: ${formatSentence(reason)}`),
  });
  const folder = formatSentence(directory);
  const work = new FolderWork(queue, {
    fs: await machineDisk(),
    clock,
    follow: options.follow === true,
    awaitProducers: options.producers !== undefined,
    onWait: (forWhat) =>
      tell(
        `waiting for ${forWhat === 'work' ? `work in ${folder}` : `producers and other workers of ${folder} to be done`}; Ctrl-C ends it`,
      ),
    standing: () => standingOf(directory, places),
  });
  try {
    return await finishRound(display, await workRound(work, await planOf(surroundings, call, queue.maxAttempts), display));
  } finally {
    await queue.dispose();
  }
}

async function standingOf(directory: string, places: ReturnType<typeof placesOf>): Promise<Standing> {
  const reader = await readFolder(directory, places);
  const counts = await reader.counts();
  return { counts: { ...counts }, left: counts.ready + counts.claimed, failed: counts.failed };
}
