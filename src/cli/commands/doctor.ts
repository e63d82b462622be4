import type { FolderReport } from '../../doctor/folder-report.ts';
import type { Call, Command, Surroundings } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruption.ts';
import { seconds, wholeNumber } from '../option-values.ts';
import { renderDoctor } from '../render/doctor.ts';
import { formatJsonLine } from '../render/json.ts';
import { paintFor } from '../render/paint.ts';

interface DoctorOptions {
  readonly together?: number;
  readonly wait?: number;
  readonly json?: boolean;
}

export const doctorCommand: Command<DoctorOptions> = {
  name: 'doctor',
  summary: 'try what a folder can do, queue or not, and say which promises hold in it',
  options: [
    {
      flags: '--together <n>',
      description: 'wait until n runs of this are here, on any machines, and race them all in the same files',
      parse: wholeNumber('--together', 2),
    },
    { flags: '--wait <seconds>', description: 'with --together: how long to wait for the others (default: 60)', parse: seconds('--wait') },
  ],
  examples: [
    ['dibs doctor /data/inbox', 'exit code 1 if a promise does not hold there'],
    ['dibs doctor /mnt/share --together 2', 'run it on two machines at once, with the folder as each of them mounts it'],
    ['dibs doctor . --json | jq .findings.races', 'for a script'],
  ],
  async run(surroundings, call) {
    const { out, env } = surroundings;
    const report = await interruptible((signal) => examine(surroundings, call, signal));
    if (call.options.json) await out.line(formatJsonLine(report));
    else await out.lines(renderDoctor(report, paintFor(out.isTerminal, env)));
    return report.holds ? EXIT.ok : EXIT.failed;
  },
};

async function examine({ clock, err }: Surroundings, call: Call<DoctorOptions>, signal: AbortSignal): Promise<FolderReport> {
  const { examineFolder } = await import('../../doctor/examine.ts');
  const { together, wait } = call.options;
  return examineFolder(call.directory, {
    clock,
    signal,
    ...(together !== undefined && { together }),
    ...(wait !== undefined && { waitMs: wait }),
    // Who does not read it loses nothing.
    tell: (sentence) => void err.line(`dibs: ${sentence}`).catch(() => undefined),
  });
}
