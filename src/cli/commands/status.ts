import type { Call, Command, Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { PLACE_FLAGS, PLACE_OPTIONS, type PlaceOptions } from '../folders/folder-flags.ts';
import { interruptible } from '../interruption.ts';
import { looks } from '../looks.ts';
import { seconds } from '../option-values.ts';
import { kindOf, refuseOptions } from '../queue-kind.ts';
import { formatJsonLine } from '../render/json.ts';
import { PaceMeter } from '../render/pace.ts';
import { paintFor } from '../render/paint.ts';
import { jsonStatusView, liveStatusView, plainStatusView } from '../render/status-view.ts';
import type { StatusView } from '../render/status-view.ts';
import type { StatusSource } from '../status-source.ts';

interface StatusOptions extends PlaceOptions {
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
    ...PLACE_OPTIONS,
  ],
  examples: [
    ['dibs status orders', 'counts, runs, and who has it'],
    ['dibs status inbox', 'a folder: who has which file and for how long, who fills it, who is dead'],
    ['dibs status orders --watch', 'follow the work'],
    ['dibs status orders --json | jq .counts.waiting', 'for a script'],
  ],
  async run(surroundings, call) {
    const { directory, options } = call;
    if ((await kindOf(directory)) === 'folder') {
      const { folderStatus } = await import('../folders/status.ts');
      return show(await folderStatus(directory, options, surroundings.clock), surroundings, call);
    }
    refuseOptions('status', directory, options, PLACE_FLAGS, 'values');
    const { valuesStatus } = await import('../values/status.ts');
    return show(await valuesStatus(directory), surroundings, call);
  },
};

async function show<S>(source: StatusSource<S>, surroundings: Surroundings, call: Call<StatusOptions>): Promise<number> {
  if (call.options.watch) return interruptible((signal) => watch(source, surroundings, call, signal));
  const { out, env } = surroundings;
  const status = await source.look();
  if (call.options.json) await out.line(formatJsonLine(status));
  else await out.lines(source.render(status, paintFor(out.isTerminal, env)));
  return EXIT.ok;
}

async function watch<S>(
  source: StatusSource<S>,
  surroundings: Surroundings,
  call: Call<StatusOptions>,
  signal: AbortSignal,
): Promise<number> {
  const { clock } = surroundings;
  const view = viewFor(source, surroundings, call.options);
  const meter = new PaceMeter();
  for await (const _ of looks(call.directory, { clock, intervalMs: call.options.interval ?? 1_000, signal })) {
    const status = await source.look();
    const done = source.done(status);
    await view(status, done === null ? { donePerSecond: null, etaMs: null } : meter.look(clock.monotonic(), done, source.left(status)));
    if (source.isOver(status)) break;
  }
  return EXIT.ok;
}

function viewFor<S>(source: StatusSource<S>, { out, env }: Surroundings, { json }: StatusOptions): StatusView<S> {
  if (json) return jsonStatusView(out);
  const isLive = out.isTerminal && env['TERM'] !== 'dumb';
  return isLive ? liveStatusView(out, paintFor(true, env), source) : plainStatusView(out, source);
}
