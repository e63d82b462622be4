import type { KindFinding } from '../../doctor/file-system-kind.ts';
import type { FolderReport } from '../../doctor/folder-report.ts';
import type { OtherRun } from '../../doctor/seeing-others.ts';
import type { PromiseVerdict } from '../../doctor/verdict.ts';
import { renderFindings } from './doctor-findings.ts';
import type { Paint } from './paint.ts';
import { formatDelay } from './delay.ts';
import { formatSentence } from './visible-text.ts';

/** The lines of `dibs doctor`. */
export function renderDoctor(report: FolderReport, paint: Paint): string[] {
  const { directory, promises, advice, notes, findings } = report;
  const broken = promises.filter(({ holds }) => !holds).length;
  const verdict =
    broken === 0
      ? paint.green('All promises hold here, as far as can be seen.')
      : paint.red(`${broken} of ${promises.length} promises ${broken === 1 ? 'does' : 'do'} not hold here.`);
  return [
    `${formatSentence(directory)}: ${describeKind(findings.kind)}`,
    paint.bold(verdict),
    '',
    ...promises.flatMap((promise) => renderPromise(promise, paint)),
    ...section('Measured', renderFindings(findings)),
    ...section('Other runs', (findings.others ?? []).map(describeOther)),
    ...section('To do', advice),
    ...section('To know', notes),
  ];
}

const NATURES: Record<KindFinding['nature'], string> = {
  local: 'a disk of this machine',
  memory: 'in memory',
  network: 'on a network',
  program: 'a program answers for it',
  layered: 'a layer above other disks',
  unknown: 'of a kind that is not known',
};

function describeKind({ name, nature, options }: KindFinding): string {
  const more = options.length > 0 ? ` (${options.map(formatSentence).join(', ')})` : '';
  return `${name === null ? '' : `${formatSentence(name)}, `}${NATURES[nature]}${more}`;
}

function renderPromise({ number, promise, holds, reasons }: PromiseVerdict, paint: Paint): string[] {
  const word = holds ? paint.green('holds') : paint.red('FAILS');
  return [`  ${word}  ${String(number).padStart(2)}  ${promise}`, ...reasons.map((reason) => `             ${formatSentence(reason)}`)];
}

function describeOther({ host, pid, listingMs, lookupMs, beatMs, eventMs, clock }: OtherRun): string {
  const seen = (what: string, ms: number | null): string => (ms === null ? `${what} not seen` : `${what} after ${formatDelay(ms)}`);
  const ahead = clock === null ? 'clock not read' : `clock ahead by ${clock.aheadMs} ms (±${clock.uncertaintyMs})`;
  const delays = [seen('new file listed', listingMs), seen('found by name', lookupMs), seen('heartbeat', beatMs), seen('event', eventMs)];
  return `process ${pid} on ${formatSentence(host)}: ${[...delays, ahead].join(', ')}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
