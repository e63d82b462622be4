import { systemClock } from '../clock.ts';
import { parseTaskRecord } from '../formats/task-record.ts';
import { whyNoId } from '../formats/task-name.ts';
import { disk } from '../fs/disk.ts';
import { show } from '../queues/check-options.ts';
import { validate } from '../queues/schema.ts';
import { openStore } from '../stores/open-store.ts';
import type { Store } from '../stores/store.ts';
import { isStore } from './is-store.ts';
import { OutputFiles } from './output-files.ts';
import { StepPlaces } from './status-codes.ts';
import { TaskIdError } from './task-errors.ts';
import type { TrackerGround } from './tracker-ground.ts';
import { type TaskTrackerOptions, trackerSettings } from './tracker-options.ts';

/** Opens the tasks of a use case, and what all calls of a tracker stand on. */
export async function openGround<T>(
  store: string | Store,
  options: TaskTrackerOptions<T>,
): Promise<{ readonly ground: TrackerGround; readonly opened: Store }> {
  if (typeof store !== 'string' && !isStore(store))
    throw new TypeError(`TaskTracker.open takes the address of a store, as file:./load is, or a store, got ${show(store)}.`);
  const settings = trackerSettings(options);
  const { useCase, statuses, schema, fileSystem = disk, clock = systemClock } = options;
  const why = whyNoId(useCase);
  if (why !== null) throw new TaskIdError('a use case', String(useCase), why);
  const places = new StepPlaces(statuses, settings.startsFrom);
  const opened = typeof store === 'string' ? await openStore(store, { durability: settings.durability, fileSystem, clock }) : store;
  const outputs = new OutputFiles(fileSystem, settings.durability === 'power');
  const tasks = await opened.tasks('tasks', useCase, {
    leaseMs: settings.leaseMs,
    settled: (_id, _place, fields) => outputs.publish(parseTaskRecord(fields).outputs ?? []),
  });
  const valid = async (data: unknown): Promise<unknown> => (schema === undefined ? data : validate(schema, data));
  return { ground: { ...settings, useCase, store: tasks, places, outputs, clock, valid }, opened };
}
