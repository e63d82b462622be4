import type { WorkOptions } from './work-options.ts';
import type { Command, CommandOption, Surroundings } from '../command.ts';
import { EXTENSION_OPTION, LEASE_OPTION, ORDER_OPTION, PLACE_FLAGS, PLACE_OPTIONS, PRODUCERS_OPTION } from '../folders/folder-flags.ts';
import { directory, seconds, secondsOrNone, wholeNumber } from '../option-values.ts';
import { WAIT_OPTION } from '../queue-access.ts';
import { parseHalt } from '../halt.ts';
import { kindOf, type OptionFlags, refuseOptions } from '../queue-kind.ts';
import { JsonDisplay } from '../render/json.ts';
import { LiveDisplay } from '../render/live.ts';
import { paintFor } from '../render/paint.ts';
import { PlainDisplay } from '../render/plain.ts';
import type { WorkDisplay } from '../render/work-display.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS: readonly CommandOption[] = [
  { flags: '-j, --concurrency <n>', description: 'how many programs run at once', parse: wholeNumber('--concurrency', 1), default: 1 },
  {
    flags: '--retries <n>',
    description: 'how often a message is tried in all, over all runs (default: 3; a folder: what it was made with)',
    parse: wholeNumber('--retries', 1),
  },
  {
    flags: '--backoff <seconds>',
    description: 'longest wait after the first failed attempt, doubled with each; 0 for none (default: 1)',
    parse: secondsOrNone('--backoff'),
  },
  {
    flags: '--timeout <seconds>',
    description: 'end a program (SIGTERM, after 5 s SIGKILL) that takes longer: a failed attempt',
    parse: seconds('--timeout'),
  },
  { flags: '--stdin', description: 'values: the value on stdin; as an argument only where {} stands' },
  {
    flags: '--halt <when>',
    description: 'stop early: soon,fail=1 takes no more once a message is given up, now also kills what runs; success=N, done=N, fail=N%',
    parse: parseHalt,
  },
  {
    flags: '--results <dir>',
    description: 'keep what each program writes, and how it ended, in files in there',
    parse: directory('--results'),
  },
  { flags: '--follow', description: 'when all is done wait for more, a queue of values free for others meanwhile' },
  { flags: '--dry-run', description: 'print the command lines and run nothing' },
  { flags: '-q, --quiet', description: 'print no progress and no summary; failures yes' },
  WAIT_OPTION,
  ...PLACE_OPTIONS,
  ORDER_OPTION,
  LEASE_OPTION,
  PRODUCERS_OPTION,
  EXTENSION_OPTION,
];

const FOLDER_FLAGS: OptionFlags = {
  ...PLACE_FLAGS,
  order: '--order',
  lease: '--lease',
  producers: '--producers',
  extension: '--extension',
};

export const workCommand: Command<WorkOptions> = {
  name: 'work',
  summary: 'run a program for each message, until all is done',
  rest: {
    syntax: '<command...>',
    description:
      'after --: the program and its arguments; {} is the value, or the path of the file, at the end if there is none. No shell reads them; DIBS_ID, DIBS_ATTEMPT and, for a file, DIBS_NAME are in the environment',
  },
  options: OPTIONS,
  examples: [
    ['dibs work orders -j 4 -- ./load.sh {}', 'four at a time; run it again after a crash: it goes on where it stopped'],
    ['dibs work inbox -j 4 --done-dir /archive -- ./load.sh {}', 'the files of a folder, beside other workers on any machine'],
    ['dibs work orders --retries 5 --timeout 60 -- curl -fsS https://example.org/{}', 'five tries of a minute each'],
    ['dibs work orders --stdin -- jq .rows', 'the value as JSON on stdin'],
    ['dibs work orders -- sh -c \'gzip -k -- "$1"\' sh {}', 'a shell, where one is wanted: the value is $1, never a part of the script'],
  ],
  async run(surroundings, call) {
    const { directory, rest, options } = call;
    if (rest[0] === '') throw new UsageError('the command is empty text. Run: dibs work --help');
    const kind = await kindOf(directory);
    const isFolder = kind === 'folder' || (kind === 'nothing' && options.extension !== undefined);
    if (isFolder) refuseOptions('work', directory, options, { stdin: '--stdin' }, 'folder');
    else refuseOptions('work', directory, options, FOLDER_FLAGS, 'values');
    if (options.dryRun) return (await import('../dry-run.ts')).printCommands(surroundings.out, call, isFolder);
    const display = displayFor(surroundings, options);
    if (isFolder) return (await import('../folders/work.ts')).workOnFolder(surroundings, call, display);
    return (await import('../values/work.ts')).workOnValues(surroundings, call, display);
  },
};

function displayFor({ out, err, env }: Surroundings, { json, quiet }: WorkOptions): WorkDisplay {
  if (json) return new JsonDisplay(out, err);
  const live = err.isTerminal && env['TERM'] !== 'dumb' && !quiet;
  return live ? new LiveDisplay(out, err, paintFor(true, env)) : new PlainDisplay(out, err, { quiet: quiet === true });
}
