import type { NewTask, TaskEntry } from '../../tasks/create-task.ts';
import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { openTracker } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import type { StoreCall, StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { parseValue, readLines } from '../value-source.ts';
import { isDay, when, type When } from '../when.ts';
import { CODES_OPTION, type StepOptions, USE_CASE_OPTION } from './task-options.ts';
import { assertStep } from './with-tasks.ts';

interface CreateOptions extends StepOptions {
  readonly data?: string;
  readonly notBefore?: When;
}

export const createCommand: StoreCommand<CreateOptions> = {
  name: 'create',
  summary: 'create tasks that are not there yet; those that are stay as they are',
  operands: [{ syntax: '<id...>', description: 'an id a task; - for tasks on stdin, each a line {"id":…,"data":…,"notBefore":…}' }],
  options: [
    USE_CASE_OPTION,
    CODES_OPTION,
    { flags: '--data <json>', description: 'what the typed ones are about (default: null)' },
    {
      flags: '--not-before <when>',
      description:
        'before that they are not started: a date, as 2026-11-28T06:00, or how long from now, as 90 (seconds), 10m, 2h, 1d (default: at once)',
      parse: when('--not-before'),
    },
  ],
  examples: [
    ['dibs task create 2026-11-27 --store file:./load', 'a task in ./load, which is made if need be'],
    ['dibs task create monday tuesday --data \'{"rows":0}\'', 'two, in the store that DIBS_STORE names'],
    ['dibs task create report --not-before 2h', 'run ends with 75 until it is due'],
    ['ls in | jq -Rc \'{id:., data:{path:("in/"+.)}}\' | dibs task create -', 'one a file'],
  ],
  async run(surroundings, call) {
    let given = 0;
    const count = async function* (tasks: AsyncIterable<TaskEntry<unknown>>): AsyncGenerator<TaskEntry<unknown>> {
      for await (const task of tasks) {
        given += 1;
        yield task;
      }
    };
    const plan = planOf(surroundings, call);
    const { useCase, codes } = call.options;
    const tracker = await openTracker(call.store, { useCase, clock: surroundings.clock, ...(codes && { statuses: codes }) });
    try {
      await assertStep(tracker, call.options);
      const created = await tracker.createMany(count(plan));
      const result = { created, existed: given - created };
      await surroundings.out.line(call.options.json ? formatJsonLine(result) : describe(result));
    } finally {
      await tracker.dispose();
    }
    return EXIT.ok;
  },
};

/** What was typed is read before anything is made; what stdin says is read as it comes. */
function planOf({ stdin, clock }: Surroundings, { words, options }: StoreCall<CreateOptions>): AsyncGenerator<TaskEntry<unknown>> {
  if (words.filter((word) => word === '-').length > 1)
    throw new UsageError('stdin can be read once: give one -. Run: dibs task create --help');
  const data = options.data === undefined ? null : parseValue(options.data, '--data', true);
  const standard: NewTask = options.notBefore === undefined ? {} : { notBefore: options.notBefore(clock) };
  return (async function* () {
    for (const word of words) {
      if (word === '-') yield* tasksIn(stdin, standard);
      else yield [word, data, standard];
    }
  })();
}

async function* tasksIn(stdin: AsyncIterable<Uint8Array | string>, standard: NewTask): AsyncGenerator<TaskEntry<unknown>> {
  let line = 0;
  for await (const texts of readLines(stdin, { nul: false })) {
    for (const text of texts) {
      line += 1;
      const [id, data, own] = parseTask(text, `task ${line} of stdin`);
      yield [id, data, { ...standard, ...own }];
    }
  }
}

const FIELDS = ['id', 'data', 'notBefore'];

function parseTask(text: string, where: string): TaskEntry<unknown> {
  const value = parseValue(text, where, true);
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
    throw new UsageError(`${where} has no id: a line is {"id":"…","data":…}, not ${text.slice(0, 100)}`);
  const strange = Object.keys(value).find((key) => !FIELDS.includes(key));
  if (strange !== undefined) throw new UsageError(`${where} has a field '${strange}': a line is {"id":"…","data":…}`);
  const data = 'data' in value ? value.data : null;
  return 'notBefore' in value ? [value.id, data, { notBefore: parseDate(value.notBefore, where) }] : [value.id, data];
}

function parseDate(value: unknown, where: string): Date {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  if (!Number.isNaN(date.getTime()) && isDay(String(value))) return date;
  throw new UsageError(`${where} has a notBefore that is no date of ISO 8601: ${JSON.stringify(value)}`);
}

function describe({ created, existed }: { readonly created: number; readonly existed: number }): string {
  return `${formatNumberOf(created, 'task')} created${existed > 0 ? `, ${formatCount(existed)} there before` : ''}`;
}
