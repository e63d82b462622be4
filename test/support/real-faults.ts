import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from './bundled.ts';
import type { FaultScene } from './fault-scenes.ts';
import { compileShim, type ShimCall, type ShimFault } from './fault-shim.ts';
import { FaultStage, PLAYER, type Played } from './fault-stage.ts';
import { TalkingProcess } from './talking-process.ts';

/** So many processes that meet faults at once. */
const LANES = 2;

/** Does each, two at a time; each lane has a process that works off what is left. */
export async function inLanes<T>(jobs: readonly T[], act: (job: T, rescuer: TalkingProcess) => Promise<void>): Promise<void> {
  const left = [...jobs];
  const lane = async (): Promise<void> => {
    const rescuer = new TalkingProcess(PLAYER);
    for (let job = left.shift(); job !== undefined; job = left.shift()) await act(job, rescuer);
    await rescuer.kill();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** A scene that is set: from here each of its faults starts. */
export interface SetScene {
  readonly scene: FaultScene;
  /** What came before it was played here. */
  readonly stage: FaultStage;
  /** The calls that it makes if nothing fails. */
  readonly calls: readonly ShimCall[];
}

/** What scenes are played with. */
export interface FaultTools {
  readonly shim: string;
  readonly player: string;
}

/** Makes both in a folder. */
export async function makeTools(folder: string): Promise<FaultTools> {
  return { shim: compileShim(folder), player: await bundled(PLAYER, folder) };
}

/** Sets scenes, and plays each of them without a fault: nothing may be wrong with that. */
export async function setScenes(
  { shim, player }: FaultTools,
  folder: string,
  scenes: readonly FaultScene[],
  size = 1,
): Promise<SetScene[]> {
  const set = new Map<FaultScene, SetScene>();
  await inLanes(scenes, async (scene, rescuer) => {
    const place = join(folder, `scene-${scenes.indexOf(scene)}-${size}`);
    mkdirSync(place);
    const stage = await FaultStage.make(scene, join(place, 'set'), size, player);
    const whole = stage.copy(join(place, 'whole'));
    const { outcome, code, said, calls } = await whole.playWithShim(shim, scene.scene, 'victim');
    if (outcome !== 'ended' || code !== null) throw new Error(`${scene.title}: ${outcome} ${code} ${said}`);
    const violations = await whole.judge(rescuer);
    if (violations.length > 0) throw new Error(`${scene.title}, though nothing failed: ${violations.join('; ')}`);
    whole.remove();
    set.set(scene, { scene, stage, calls });
  });
  return scenes.flatMap((scene) => set.get(scene) ?? []);
}

let copies = 0;

/** A stage of its own for one fault. */
export function copyOf({ stage }: Pick<SetScene, 'stage'>): FaultStage {
  copies += 1;
  return stage.copy(`${stage.place}-${copies}`);
}

/** What the fault was, for people. */
export function describeFault({ title }: FaultScene, { mode, at, errno }: ShimFault, { calls }: Pick<Played, 'calls'>): string {
  const call = calls[at - 1];
  return `${title}: ${mode}${errno === undefined ? '' : ` ${errno}`} at call ${at}, ${call?.name} ${call?.path.split('/').slice(-2).join('/')}`;
}
