import { parsePlace, isRunning, type TaskPlace } from '../machines/task-place.ts';
import { TASK_STATUSES, type TaskStatus } from '../machines/task-lifecycle.ts';
import { checkOptions, type OptionRules } from '../queues/check-options.ts';
import type { SeenTask } from '../stores/store.ts';
import { firstWanted } from './first-wanted.ts';
import type { TrackerGround } from './tracker-ground.ts';

export interface ListOptions {
  /** Which of them: one status, or several; a number is a code, of another step too. @default all of this step */
  readonly status?: TaskStatus | number | readonly (TaskStatus | number)[];
  /**
   * `status`: one status after the other, in the order asked for, and by id in each. Over all of them together: by `id`, or
   * the `oldest` or `newest` change first. @default 'status'
   */
  readonly order?: 'status' | 'id' | 'oldest' | 'newest';
  /** No more than so many, over all statuses together. @default as many as there are */
  readonly limit?: number;
}

const DEFAULTS = { order: 'status', limit: Number.MAX_SAFE_INTEGER } as const satisfies ListOptions;

const isStatus = (value: unknown): boolean =>
  TASK_STATUSES.some((status) => status === value) || (Number.isSafeInteger(value) && Number(value) >= 0);

const RULES: Readonly<Record<keyof ListOptions, OptionRules[string]>> = {
  status: {
    wants: `${TASK_STATUSES.join(', ')}, a code, or a list of these`,
    test: (value) => isStatus(value) || (Array.isArray(value) && value.every(isStatus)),
  },
  order: {
    wants: "'status', 'id', 'oldest' or 'newest'",
    test: (value) => ['status', 'id', 'oldest', 'newest'].some((one) => one === value),
  },
  limit: { wants: 'a whole number from 1', test: (value) => Number.isSafeInteger(value) && Number(value) >= 1 },
};

/** Tasks in an order. What can't be read is left out, and takes nobody's place. */
export async function listTasks(ground: TrackerGround, options: ListOptions = {}): Promise<SeenTask[]> {
  checkOptions('list', options, RULES);
  return inOrder(ground, await placesFor(ground, options.status), options);
}

/** Those that are to be worked on yet: pending, or where another step left them for this one; failed; and those whose process died. */
export async function listUnfinished(ground: TrackerGround, options: Omit<ListOptions, 'status'> = {}): Promise<SeenTask[]> {
  checkOptions('listUnfinished', options, RULES);
  const { store, places } = ground;
  const before = (await store.places()).filter((place) => places.isBefore(place));
  const wanted = [places.of('pending'), ...before, places.of('failed'), places.of('running')];
  return inOrder(ground, wanted, options, ({ place, holder }) => !isRunning(place) || holder?.standing === 'dead');
}

/** Where tasks of these statuses lie. */
export async function placesFor({ places, store }: TrackerGround, status: ListOptions['status']): Promise<TaskPlace[]> {
  const wanted = typeof status === 'object' ? status : [status ?? TASK_STATUSES].flat();
  const there = await store.places();
  const found = wanted.flatMap((one) =>
    typeof one === 'string' ? [places.of(one)] : there.filter((place) => parsePlace(place)?.code === one),
  );
  return [...new Set(found)];
}

async function inOrder(
  { store }: TrackerGround,
  places: readonly TaskPlace[],
  { order = DEFAULTS.order, limit = DEFAULTS.limit }: Omit<ListOptions, 'status'>,
  isWanted?: (seen: SeenTask) => boolean,
): Promise<SeenTask[]> {
  if (order !== 'status') return firstWanted(store, { places, order, limit }, isWanted);
  // One that moves meanwhile is told of once: where it was seen first.
  const found = new Map<string, SeenTask>();
  for (const place of places) {
    if (found.size >= limit) break;
    const more = await firstWanted(store, { places: [place], order: 'id', limit }, isWanted);
    for (const seen of more) if (!found.has(seen.id) && found.size < limit) found.set(seen.id, seen);
  }
  return [...found.values()];
}
