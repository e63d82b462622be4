import type { Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCall } from '../store-command.ts';
import { exitCodeOfStops, underSignals } from '../under-signals.ts';
import { attemptOptions, type RunOptions } from './run-options.ts';
import { messageOf, TaskProgram } from './task-program.ts';
import { withStep } from './with-tasks.ts';

/** Runs a program on a task. */
export function runTask(surroundings: Surroundings, call: StoreCall<RunOptions>): Promise<number> {
  const [id = '', ...command] = call.words;
  const { json } = call.options;
  return withStep(
    surroundings,
    call,
    (tracker) =>
      underSignals(surroundings, async (stops) => {
        const program = new TaskProgram(surroundings, command, call.options, stops);
        // What runs then is to be no attempt.
        const signal = AbortSignal.any([stops.forcing, program.stopped]);
        const failures = new Set<unknown>();
        await tracker
          .run(id, (attempt) => noting(failures, program.work(attempt)), { signal })
          .catch((error: unknown) => {
            if (signal.aborted || !failures.has(error)) throw error;
          });
        program.assertWritten();
        if (json) await surroundings.out.line(formatJsonLine((await tracker.get(id)) ?? null));
        for (const error of failures)
          await surroundings.err.line(`dibs: task ${formatSentence(id)} failed: ${formatSentence(messageOf(error))}`);
        return exitCodeOfStops(stops) ?? (failures.size === 0 ? EXIT.ok : EXIT.failed);
      }),
    attemptOptions(call.options),
  );
}

/** Keeps what was thrown by the program, to tell it from all that may be thrown of the task. */
async function noting(failures: Set<unknown>, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    failures.add(error);
    throw error;
  }
}
