import type { WorkOptions } from './work-options.ts';
import { leaseSeconds, seconds, wholeNumber } from '../option-values.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';

function parseCodes(text: string): ReadonlySet<number> {
  const codes = text.split(',').map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : Number.NaN));
  if (codes.every((code) => code >= 1 && code <= 255)) return new Set(codes);
  throw new UsageError(`--fail-on takes exit codes from 1 to 255, not '${text}'`);
}

export const workCommand: StoreCommand<WorkOptions> = {
  name: 'work',
  summary: 'run a program for each part until none is left, beside whoever else does',
  operands: [
    { syntax: '<id>', description: 'the id of the batch' },
    { syntax: '<command...>', description: 'the program, {} for the part; after --' },
  ],
  options: [
    { flags: '-j, --concurrency <n>', description: 'how many programs run at once', parse: wholeNumber('--concurrency', 1), default: 1 },
    {
      flags: '--reduce <command>',
      description: 'run by the shell, once by one of those that bring it, when all parts have succeeded: they come on stdin as JSON lines',
    },
    { flags: '--fail-on <code,...>', description: 'exit codes of the program that fail the whole batch', parse: parseCodes },
    { flags: '--stdin', description: 'the part on stdin, as JSON; as an argument only where {} stands' },
    {
      flags: '--timeout <seconds>',
      description: 'end a program (SIGTERM, after 5 s SIGKILL) that takes longer: a failed attempt',
      parse: seconds('--timeout'),
    },
    {
      flags: '--lease <seconds>',
      description: 'silent for so long, a worker on another machine counts as dead (default: 30)',
      parse: leaseSeconds,
    },
    { flags: '-q, --quiet', description: 'print no summary; failures yes' },
  ],
  examples: [
    ['dibs batch work load-7 -j 4 -- ./load.sh {}', 'in as many shells, on as many machines, as you like'],
    ['dibs batch work load-7 --reduce \'jq -s "map(.result) | add"\' -- sh -c \'wc -l < "$1"\' sh {}', 'what each prints, added up once'],
    ['dibs batch work load-7 --fail-on 3 -- ./load.sh {}', 'an exit code of 3 ends it for all'],
  ],
  async run(surroundings, call) {
    if (call.words[1] === '') throw new UsageError('the command is empty text. Run: dibs batch work --help');
    return (await import('./work-batch.ts')).workOnBatch(surroundings, call);
  },
};
