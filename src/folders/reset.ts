import { parseClaimName } from '../formats/claim-name.ts';
import { parseControlName } from '../formats/control-file.ts';
import { parseStageName } from '../formats/stage-name.ts';
import { removeIfThere } from '../fs/publish.ts';
import { type FolderContext, secure } from './folder-context.ts';
import type { FoundClaim } from './folder-look.ts';
import type { FolderUser } from './folder-users.ts';
import { type Caretaker, maintain, type MaintenanceOptions, theDead, withEach } from './maintenance.ts';
import { sweepProducers } from './sweep.ts';
import { forget, takeBack } from './take-back.ts';

export interface ResetReport {
  /** So many claimed files are ready again, or were brought to the end that their group had come to. */
  readonly claims: number;
  /** So many control files are gone. */
  readonly controlFiles: number;
}

type What = 'claims' | 'control';

/** As many of either are seen to at once. */
const LIMIT = 65_536;

/**
 * Makes all that is claimed ready again, each with the attempts that its name tells; a group whose end was decided is
 * brought to that end. A stop leaves some of it done: the next pass does the rest.
 *
 * @throws FolderInUseError while somebody else who lives uses the folder, unless `force`
 */
export async function releaseClaims(context: FolderContext, caretaker: Caretaker, options: MaintenanceOptions): Promise<number> {
  return (await clearUp(context, 'releaseClaims', caretaker, options, ['claims'])).claims;
}

/** Removes what producers of past runs said. A stop leaves some of it: the next pass does the rest. @throws FolderInUseError */
export async function clearControlFiles(context: FolderContext, caretaker: Caretaker, options: MaintenanceOptions): Promise<number> {
  return (await clearUp(context, 'clearControlFiles', caretaker, options, ['control'])).controlFiles;
}

/** Both: the folder is as if its messages had just been put. @throws FolderInUseError */
export function reset(context: FolderContext, caretaker: Caretaker, options: MaintenanceOptions): Promise<ResetReport> {
  return clearUp(context, 'reset', caretaker, options, ['claims', 'control']);
}

function clearUp(
  context: FolderContext,
  operation: string,
  caretaker: Caretaker,
  options: MaintenanceOptions,
  what: readonly What[],
): Promise<ResetReport> {
  const { fs, layout } = context;
  return maintain(context, operation, options, async () => {
    const report = { claims: 0, controlFiles: 0 };
    for (let isCut = true; isCut;) {
      // Seen before the verdict on who lives: what somebody claims or says who comes after it is not touched.
      const survey = await surveyFolder(context, what);
      const claimants = survey.claims.map(({ consumer }) => consumer);
      const dead = await theDead(context, operation, caretaker, options, claimants);
      report.claims += await takeBack(context, survey.claims, caretaker.claimer);
      await withEach(survey.control, (file) => removeIfThere(fs, `${layout.directory}/${file}`));
      report.controlFiles += survey.control.length;
      // What a power cut brings back would end the readers of the next run.
      await secure(context, layout.directory);
      ({ isCut } = survey);
      if (!isCut) await forgetDead(context, dead, what, caretaker.leaseMs);
    }
    return report;
  });
}

/** What shows of the dead goes last: as long as anything is left that they had or said, it is known at once that they are dead. */
async function forgetDead(context: FolderContext, dead: readonly FolderUser[], what: readonly What[], leaseMs: number): Promise<void> {
  const { fs, layout } = context;
  const gone = dead.filter(({ hasHeartbeat }) => hasHeartbeat);
  if (what.includes('claims')) for (const { role, name } of gone) if (role === 'consumer') await forget(context, name);
  if (!what.includes('control')) return;
  const producers = gone.filter(({ role }) => role === 'producer');
  if (producers.length === 0) return;
  await sweepProducers(context, leaseMs);
  const stages = (await fs.readdir(layout.stages)).map(parseStageName);
  // Whose stage is there is asked for once more, by a repeat of the put that made it.
  const needed = new Set(stages.map((stage) => stage?.owner));
  for (const { name } of producers) if (!needed.has(name)) await removeIfThere(fs, `${layout.producers}/${name}`);
}

interface Survey {
  readonly claims: readonly FoundClaim[];
  readonly control: readonly string[];
  /** Whether there is more. */
  readonly isCut: boolean;
}

async function surveyFolder({ fs, layout, rules }: FolderContext, what: readonly What[]): Promise<Survey> {
  const [claims, control]: [FoundClaim[], string[]] = [[], []];
  let isCut = false;
  const keep = <T>(list: T[], item: T): void => {
    if (list.length < LIMIT) list.push(item);
    else isCut = true;
  };
  await fs.scan(layout.directory, (file, kind) => {
    if (kind !== 'file') return;
    const claim = what.includes('claims') ? parseClaimName(file, rules.extension) : null;
    if (claim !== null) keep(claims, { ...claim, file });
    else if (what.includes('control') && parseControlName(file) !== null) keep(control, file);
  });
  return { claims, control, isCut };
}
