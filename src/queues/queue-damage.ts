import { parseDoneLine } from '../formats/done-line.ts';
import { formatJournalName } from '../formats/journal-name.ts';
import { parseCarriedOver, parseKeptLine } from '../formats/kept-line.ts';
import { parseKey } from '../formats/put-line.ts';
import { type Damage, DamageLog } from '../journals/damage.ts';
import { listJournals } from '../journals/load.ts';
import { reportForeign, type ScanContext, scanFile } from '../journals/message-scan.ts';
import { identify } from '../journals/queue-directory.ts';
import { Segment } from '../journals/segment.ts';

/** Reads every byte of every file and tells which are no record of ours. What a stop left unfinished at the end of a file is none of those. */
export async function* findDamage(of: ScanContext, queue: string): AsyncGenerator<Damage, void, void> {
  const found: Damage[] = [];
  const context: ScanContext = { ...of, damage: new DamageLog((damage) => found.push(damage)) };
  await identify(context);
  yield* found.splice(0);
  for (const name of listJournals(await context.fs.readdir(context.directory), queue)) {
    const segment = new Segment(formatJournalName(name), name, Number.POSITIVE_INFINITY, { own: false });
    await scanFile(context, segment.file, segment.bytes, (bytes, start, end, offset) => {
      if (!belongs(segment, bytes, start, end)) reportForeign(context.damage, segment.file, offset, end - start);
    });
    yield* found.splice(0);
  }
}

function belongs(segment: Segment, bytes: Buffer, start: number, end: number): boolean {
  const text = (): string => bytes.toString('utf8', start, end);
  switch (segment.name.kind) {
    case 'put':
      return segment.place(bytes, start, end) !== null;
    case 'done':
      return parseDoneLine(text()) !== null;
    case 'keys':
      return parseKey(text()) !== undefined;
    case 'kept':
      return parseKeptLine(text()) !== null || parseCarriedOver(text()) !== null;
  }
}
