import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { openTracker } from '../library.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatCount, formatNumberOf } from '../render/quantity.ts';
import type { StoreCall, StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';
import { parseValue, readLines } from '../value-source.ts';
import { type TaskOptions, USE_CASE_OPTION } from './task-options.ts';

interface CreateOptions extends TaskOptions {
  readonly data?: string;
}

export const createCommand: StoreCommand<CreateOptions> = {
  name: 'create',
  summary: 'create tasks that are not there yet; those that are stay as they are',
  operands: [{ syntax: '<id...>', description: 'an id a task; - for tasks on stdin, each a line {"id":…,"data":…}' }],
  options: [USE_CASE_OPTION, { flags: '--data <json>', description: 'what the typed ones are about (default: null)' }],
  examples: [
    ['dibs task create 2026-11-27 --store file:./load', 'a task in ./load, which is made if need be'],
    ['dibs task create monday tuesday --data \'{"rows":0}\'', 'two, in the store that DIBS_STORE names'],
    ['ls in | jq -Rc \'{id:., data:{path:("in/"+.)}}\' | dibs task create -', 'one a file'],
  ],
  async run(surroundings, call) {
    let given = 0;
    const count = async function* (tasks: AsyncIterable<NewTask>): AsyncGenerator<NewTask> {
      for await (const task of tasks) {
        given += 1;
        yield task;
      }
    };
    const plan = planOf(surroundings, call);
    const tracker = await openTracker(call.store, { useCase: call.options.useCase, clock: surroundings.clock });
    try {
      const created = await tracker.createMany(count(plan));
      const result = { created, existed: given - created };
      await surroundings.out.line(call.options.json ? formatJsonLine(result) : describe(result));
    } finally {
      await tracker.dispose();
    }
    return EXIT.ok;
  },
};

type NewTask = readonly [id: string, data: unknown];

/** What was typed is read before anything is made; what stdin says is read as it comes. */
function planOf({ stdin }: Surroundings, { words, options }: StoreCall<CreateOptions>): AsyncGenerator<NewTask> {
  if (words.filter((word) => word === '-').length > 1)
    throw new UsageError('stdin can be read once: give one -. Run: dibs task create --help');
  const data = options.data === undefined ? null : parseValue(options.data, '--data', true);
  return (async function* () {
    for (const word of words) {
      if (word === '-') yield* tasksIn(stdin);
      else yield [word, data];
    }
  })();
}

async function* tasksIn(stdin: AsyncIterable<Uint8Array | string>): AsyncGenerator<NewTask> {
  let line = 0;
  for await (const texts of readLines(stdin, { nul: false })) for (const text of texts) yield parseTask(text, `task ${++line} of stdin`);
}

function parseTask(text: string, where: string): NewTask {
  const value = parseValue(text, where, true);
  if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'string')
    throw new UsageError(`${where} has no id: a line is {"id":"…","data":…}, not ${text.slice(0, 100)}`);
  const strange = Object.keys(value).find((key) => key !== 'id' && key !== 'data');
  if (strange !== undefined) throw new UsageError(`${where} has a field '${strange}': a line is {"id":"…","data":…}`);
  return [value.id, 'data' in value ? value.data : null];
}

function describe({ created, existed }: { readonly created: number; readonly existed: number }): string {
  return `${formatNumberOf(created, 'task')} created${existed > 0 ? `, ${formatCount(existed)} there before` : ''}`;
}
