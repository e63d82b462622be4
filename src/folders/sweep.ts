import { parseStageName } from '../formats/stage-name.ts';
import { LifeWatch } from '../fs/life-watch.ts';
import { removeIfThere } from '../fs/publish.ts';
import type { FolderContext } from './folder-context.ts';
import { sweepLifeStages } from './life-stages.ts';
import { controlFiles } from './predecessors.ts';
import { readControl } from './upstream.ts';

/**
 * Removes what producers left behind that are surely dead: their stages, and then their heartbeats, as far as no control file
 * speaks of them any more. Readers see by a heartbeat at once that a producer is lost.
 */
export async function sweepProducers(context: FolderContext, leaseMs: number): Promise<void> {
  const { fs, clock, layout } = context;
  await sweepLifeStages(context);
  const beats = await fs.readdir(layout.producers);
  const lives = await new LifeWatch(fs, { directory: layout.producers, clock, leaseMs }).look(beats);
  const dead = new Set(beats.filter((beat) => lives.get(beat)?.isFinal));
  if (dead.size === 0) return;
  const needed = new Set([...(await sweepStages(context, dead)), ...(await beatsSpokenOf(context))]);
  for (const beat of dead) if (!needed.has(beat)) await removeIfThere(fs, `${layout.producers}/${beat}`);
}

/** Gives the owners of which a stage is left: of a move that was stopped after its message was shown, for a repeat to find. */
async function sweepStages({ fs, layout }: FolderContext, dead: ReadonlySet<string>): Promise<Set<string>> {
  const owners = new Set<string>();
  for (const file of await fs.readdir(layout.stages)) {
    const stage = parseStageName(file);
    if (stage === null || !dead.has(stage.owner)) continue;
    const path = `${layout.stages}/${file}`;
    const isShown = stage.key !== undefined && ((await fs.lstat(path))?.links ?? 0) > 1;
    if (isShown) owners.add(stage.owner);
    else await removeIfThere(fs, path);
  }
  return owners;
}

async function beatsSpokenOf(context: FolderContext): Promise<Set<string>> {
  const beats = new Set<string>();
  for (const file of await controlFiles(context)) {
    const record = await readControl(context, file);
    if (record) beats.add(record.beat);
  }
  return beats;
}
