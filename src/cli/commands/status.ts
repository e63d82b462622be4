import { readQueue } from '../library.ts';
import type { QueueReader } from '../../queues/queue-reader.ts';
import type { QueueStatus } from '../../queues/queue-status.ts';
import type { Call, Command, Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { looks } from '../looks.ts';
import { seconds } from '../option-values.ts';
import { formatJsonLine } from '../render/json.ts';
import { PaceMeter } from '../render/pace.ts';
import { paintFor } from '../render/paint.ts';
import { renderStatus } from '../render/status.ts';
import { jsonStatusView, liveStatusView, plainStatusView } from '../render/status-view.ts';
import type { StatusView } from '../render/status-view.ts';

interface StatusOptions {
  readonly watch?: boolean;
  readonly interval?: number;
  readonly json?: boolean;
}

export const statusCommand: Command<StatusOptions> = {
  name: 'status',
  summary: 'print what a queue is, how much is in it and who has it',
  options: [
    { flags: '-w, --watch', description: 'look again and again, with rate and time left, until all is done or Ctrl-C' },
    { flags: '--interval <seconds>', description: 'how often to look again (default: 1)', parse: seconds('--interval') },
  ],
  examples: [
    ['dibs status orders', 'counts, runs, and who has it'],
    ['dibs status orders --watch', 'follow the work'],
    ['dibs status orders --json | jq .counts.waiting', 'for a script'],
  ],
  async run(surroundings, call) {
    const reader = await readQueue(call.directory);
    if (call.options.watch) return interruptible((signal) => watch(reader, surroundings, call, signal));
    const { out, env } = surroundings;
    const status = await reader.status();
    if (call.options.json) await out.line(formatJsonLine(status));
    else await out.lines(renderStatus(status, paintFor(out.isTerminal, env)));
    return EXIT.ok;
  },
};

async function watch(
  reader: QueueReader<unknown>,
  surroundings: Surroundings,
  call: Call<StatusOptions>,
  signal: AbortSignal,
): Promise<number> {
  const { clock } = surroundings;
  const view = viewFor(surroundings, call.options);
  const meter = new PaceMeter();
  for await (const _ of looks(call.directory, { clock, intervalMs: call.options.interval ?? 1_000, signal })) {
    const status = await reader.status();
    await view(status, meter.look(clock.monotonic(), status.counts.done, status.counts.waiting + status.counts.taken));
    if (isOver(status)) break;
  }
  return EXIT.ok;
}

function viewFor({ out, env }: Surroundings, { json }: StatusOptions): StatusView {
  if (json) return jsonStatusView(out);
  return out.isTerminal && env['TERM'] !== 'dumb' ? liveStatusView(out, paintFor(true, env)) : plainStatusView(out);
}

/** Nothing is left and nobody is there who could put more. */
function isOver({ finished, counts, holder }: QueueStatus): boolean {
  return finished || (counts.waiting + counts.taken === 0 && !holder?.alive);
}
