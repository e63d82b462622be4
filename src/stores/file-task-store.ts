import { type Fields } from '../formats/json-record.ts';
import { type TaskClaimName, whyNoId } from '../formats/task-name.ts';
import { isErrno } from '../fs/errno.ts';
import type { TaskPlace } from '../machines/task-place.ts';
import { FileClaim } from './file-claim.ts';
import type { DamagedTask, SeenTask, TaskClaim, TaskClaimOptions, TaskQuery, TaskStore, TaskStoreOptions } from './store.ts';
import { giveFileBack, takeFile, unlessRemoved } from './task-claiming.ts';
import { keepCheckpoint, writeCheckpoint } from './task-checkpoint.ts';
import { createTask } from './task-creation.ts';
import { discardClaim, freeLostId } from './task-deletion.ts';
import { fileOf, findTask, idOf, type TaskFile } from './task-files.ts';
import { findSettled, finishThose } from './task-finding.ts';
import { diskError, makeFolders, makePlace, placesOf, type TaskFolders, withoutIds } from './task-folders.ts';
import { TaskHolders } from './task-holders.ts';
import { countTasks, firstTasks, idsIn } from './task-listing.ts';
import { type OutcomeParts, settleClaim } from './task-outcome.ts';
import { FileSighting, seeTasks } from './task-sight.ts';
import { sweepTasks } from './task-sweep.ts';

/** How often a task is looked for that others move before it is read where it was found. */
const MOST_LOOKS = 20;

/** Tasks in folders: a task's status is the folder it lies in, and who has it is a part of its name. */
export class FileTaskStore implements TaskStore {
  readonly #folders: TaskFolders;
  readonly #holders: TaskHolders;
  readonly #parts: OutcomeParts;
  readonly #held = new Set<FileClaim>();
  readonly #mayBeginAnew: boolean;

  /** @internal The file store makes it. */
  constructor(folders: TaskFolders, { leaseMs, settled, madeAs }: TaskStoreOptions) {
    this.#folders = folders;
    this.#holders = new TaskHolders(folders, leaseMs);
    this.#parts = { folders, settled: settled && ((id, place, fields) => settled(id, place, fields, this)) };
    this.#mayBeginAnew = madeAs === undefined;
  }

  /** @internal To be called before it is used: brings order into what the dead have left. */
  sweep(leaseMs: number): Promise<void> {
    return sweepTasks(this.#parts, leaseMs);
  }

  create(id: string, place: TaskPlace, fields: Fields): Promise<boolean> {
    return this.#refusing('create', id, async () => {
      // Asked first: to run a script again is common, and most of what it creates is there.
      if (this.#folders.fs.exists(idOf(this.#folders, id)) && (await findSettled(this.#parts, id)) !== undefined) return false;
      if (await this.#create(id, place, fields)) return true;
      // It may be half made, and whoever makes it be gone.
      await findSettled(this.#parts, id);
      return false;
    });
  }

  async read(id: string): Promise<SeenTask | DamagedTask | undefined> {
    if (whyNoId(id) !== null) return undefined;
    return this.#refusing('read', id, async () => {
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const found = await findSettled(this.#parts, id);
        if (found === undefined) return undefined;
        const [seen] = await this.#see([found]);
        if (seen !== undefined) return seen;
      }
      return undefined;
    });
  }

  claim(seen: SeenTask, running: TaskPlace, options: TaskClaimOptions = {}): Promise<TaskClaim | undefined> {
    return this.#refusing('claim', seen.id, () => this.#claim(seen, running, options));
  }

  release(claim: TaskClaim): Promise<boolean> {
    return this.#ending('release', claim, async (held) => {
      if (held.isOver) return false;
      if (held.isOurs()) await keepCheckpoint(this.#folders, held);
      return (held.isOver = await giveFileBack(this.#parts, held));
    });
  }

  checkpoint(claim: TaskClaim, fields: Fields): Promise<boolean> {
    const held = FileClaim.of(claim);
    const write = (): Promise<boolean> => held.inTurn(() => writeCheckpoint(this.#folders, held, fields));
    return this.#refusing('checkpoint', held.task.id, () => unlessRemoved(held, write));
  }

  settle(claim: TaskClaim, place: TaskPlace, fields: Fields): Promise<boolean> {
    return this.#ending('settle', claim, (held) => settleClaim(this.#parts, held, place, fields));
  }

  discard(claim: TaskClaim): Promise<boolean> {
    return this.#ending('delete', claim, async (held) => {
      // What somebody had ended before, and was stopped at, is not to be found again once the id is free.
      await finishThose(this.#parts, await findTask(this.#folders, held.task.id));
      return discardClaim(this.#folders, held);
    });
  }

  async discardDamaged(damaged: DamagedTask, running: TaskPlace): Promise<boolean> {
    const { id, place, holder, version } = damaged;
    // Nothing of it is read on its way out.
    const seen: SeenTask = { kind: 'task', id, place, writtenIn: place, fields: {}, claims: 0, holder, version };
    const claim = await this.#refusing('delete', id, () => this.#claim(seen, running, { aside: true }));
    if (claim === undefined) return false;
    return this.discard(claim).catch(async (error: unknown) => {
      if (claim.isOurs()) await this.release(claim).catch(() => false);
      throw error;
    });
  }

  async freeLostId(id: string): Promise<boolean> {
    if (whyNoId(id) !== null) return false;
    return this.#refusing('delete', id, async () => (await findSettled(this.#parts, id)) === undefined && freeLostId(this.#folders, id));
  }

  list(query: TaskQuery): Promise<(SeenTask | DamagedTask)[]> {
    return this.#refusing('list', '', () => firstTasks(this.#folders, query, (files) => this.#see(files)));
  }

  ids(places: readonly TaskPlace[]): Promise<string[]> {
    return this.#refusing('list', '', () => idsIn(this.#folders, places));
  }

  places(): Promise<TaskPlace[]> {
    return this.#refusing('list', '', () => placesOf(this.#folders));
  }

  counts(): Promise<Map<TaskPlace, number>> {
    return this.#refusing('count', '', () => countTasks(this.#folders, (ending) => this.#see(ending)));
  }

  async dispose(): Promise<void> {
    await this.#holders.end({ isHolding: [...this.#held].some((held) => held.isOurs()) });
  }

  async #claim(seen: SeenTask, running: TaskPlace, { aside = false }: TaskClaimOptions): Promise<FileClaim | undefined> {
    const { file } = FileSighting.of(seen);
    if (seen.holder !== undefined && seen.holder.standing !== 'dead') return undefined;
    // Somebody had ended it already; where it is then, that is to be seen anew.
    if (await finishThose(this.#parts, [file])) return undefined;
    const { consumer, claim } = await this.#holders.claimer();
    const claims = (file.claim?.claims ?? 0) + (aside ? 0 : 1);
    const name = { id: seen.id, checkpoint: file.claim?.checkpoint, consumer, claim, claims, state: 'wip' } as const;
    await makePlace(this.#folders, running);
    const task: SeenTask = { ...seen, place: running, claims, holder: { consumer, standing: 'alive' } };
    const { path } = fileOf(this.#folders, { place: running, name });
    const taking = new FileClaim(this.#folders.fs, task, { place: running, name, path, before: file });
    this.#held.add(taking);
    let taken: FileClaim | undefined;
    try {
      taken = await takeFile(this.#parts, FileSighting.of(seen), taking);
    } finally {
      if (taken === undefined) this.#held.delete(taking);
    }
    return taken;
  }

  async #create(id: string, place: TaskPlace, fields: Fields): Promise<boolean> {
    try {
      return await createTask(this.#folders, id, place, fields);
    } catch (error) {
      if (!this.#mayBeginAnew || !isErrno(error, 'ENOENT')) throw withoutIds(this.#folders, error);
    }
    // Somebody removed all there was: this is one of the first of what comes after.
    await makeFolders(this.#folders);
    return createTask(this.#folders, id, place, fields);
  }

  #see(files: readonly TaskFile[]): Promise<(SeenTask | DamagedTask)[]> {
    const isLost = (claim: TaskClaimName): boolean => this.#isLost(claim);
    return seeTasks({ ...this.#parts, holders: this.#holders, isLost }, files);
  }

  /** Whether it is under our name and nobody has it in hands: the disk refused a claim that it had made, and to undo it. */
  #isLost({ consumer, claim }: TaskClaimName): boolean {
    if (!this.#holders.isOwn(consumer)) return false;
    for (const { name } of this.#held) if (name.consumer === consumer && name.claim === claim) return false;
    return true;
  }

  #ending(operation: string, claim: TaskClaim, end: (held: FileClaim) => Promise<boolean>): Promise<boolean> {
    const held = FileClaim.of(claim);
    return this.#refusing(operation, held.task.id, async () => {
      const isEnded = await unlessRemoved(held, () => held.inTurn(() => end(held)));
      this.#held.delete(held);
      return isEnded;
    });
  }

  async #refusing<R>(operation: string, id: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw diskError(operation, id === '' ? this.#folders.directory : `${this.#folders.directory}/${id}`, error);
    }
  }
}
