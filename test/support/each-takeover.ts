import { formatOwner, formatOwnerName, parseOwner, parseOwnerName } from '../../src/formats/owner-record.ts';
import type { OwnerRecord } from '../../src/formats/owner-record.ts';
import { processIdentity } from '../../src/fs/process-identity.ts';
import { Program, promised, ran } from './crash-script.ts';
import type { CrashScript } from './crash-script.ts';
import type { CrashingDisk } from './crashing-disk.ts';
import type { DiskDirectory } from './disk-names.ts';
import { describeCall } from './fault-plan.ts';
import { judgeQueue } from './judge-queue.ts';
import { QueueLedger } from './queue-ledger.ts';
import { restOf } from './rest-of.ts';
import { sampleOf } from './sample.ts';
import type { Share } from './sample.ts';

/**
 * Lets a program stand still before each of its calls, and somebody else take its queue over meanwhile. It goes on then,
 * and what it is told is held against what the other finds: of all it did, at the moment of the take-over, and at the end.
 */
export async function eachTakeover(
  { before = [], script, options = {}, directories }: CrashScript,
  /** Of one call in so many, among them the first, the last, and one of each kind. */
  share: Share = 1,
): Promise<{ takeovers: number; errors: Set<unknown> }> {
  const start = await ran(before, options, directories);
  const errors = new Set<unknown>();
  let takeovers = 0;
  const place = { directory: '/q', options };
  const judgement = { ...promised({ kind: 'kill' }, options), next: place, afterNext: place };
  const sound = start.disk.clone().process();
  const unread = new QueueLedger();
  unread.become(start.ledger, () => true);
  await restOf((fs) => script(new Program(fs, unread, options)), sound);
  for (const { number: call } of sampleOf(sound.calls, share, ({ operation }) => [operation])) {
    const disk = start.disk.clone();
    const ledger = new QueueLedger();
    let seen: CrashingDisk | undefined;
    const act = (): void => void (takeOver(disk, start.disk) && (seen = disk.clone()));
    const process = disk.process({ meanwhile: { call, act } });
    ledger.become(start.ledger, () => true);
    await restOf((fs) => script(new Program(fs, ledger, options)).catch((error: unknown) => void errors.add(error)), process);
    process.kill();
    if (seen === undefined) continue;
    takeovers += 1;
    const found = { 'as it was then': seen, 'as it is at the end': disk };
    for (const [when, other] of Object.entries(found)) {
      bury(other);
      await judgeQueue(other.process(), ledger, judgement).catch((cause: unknown) => {
        const at = process.calls[call - 1];
        throw new Error(`Taken over before call ${at ? describeCall(at) : call}, ${when}: ${String(cause)}`, { cause });
      });
    }
  }
  return { takeovers, errors };
}

const SUCCESSOR = 'f'.repeat(16);

/** Makes the next owner file, of a living owner, and removes the last one, at once. False if the program has none of its own yet. */
function takeOver(disk: CrashingDisk, before: CrashingDisk): boolean {
  const earlier = new Set([...before.walk()].map(([path]) => path));
  for (const { path, number, record } of owners(disk)) {
    if (earlier.has(path)) continue;
    const { directory, name } = disk.place(path, 'takeover');
    const next = formatOwnerName(number + 1);
    write(disk, directory, next, { ...record, ...processIdentity(), run: record.run + 1, token: SUCCESSOR });
    const stages = [...directory.entries.keys()].filter((entry) => entry.startsWith('stage.'));
    for (const left of [name, ...stages]) disk.names.change(`unlink ${left}`, [{ directory, name: left, node: undefined }]);
    return true;
  }
  return false;
}

/** The successor has died too. */
function bury(disk: CrashingDisk): void {
  for (const { path, record } of owners(disk)) {
    const { directory, name } = disk.place(path, 'takeover');
    if (record.token === SUCCESSOR) write(disk, directory, name, { ...record, startTime: `1${record.startTime}` });
  }
}

function write(disk: CrashingDisk, directory: DiskDirectory, name: string, record: OwnerRecord): void {
  const file = disk.newFile();
  file.write(0, Buffer.from(formatOwner(record)));
  disk.names.change(`write ${name}`, [{ directory, name, node: file }]);
}

function owners(disk: CrashingDisk): { readonly path: string; readonly number: number; readonly record: OwnerRecord }[] {
  return [...disk.walk()].flatMap(([path, file]) => {
    const number = parseOwnerName(path.split('/').at(-1) ?? '');
    const owner = number === null ? null : parseOwner(Buffer.from(file.content()).toString());
    return number === null || owner === null ? [] : [{ path, number, record: owner.record }];
  });
}
