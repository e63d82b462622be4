import { DamageLog } from './damage.ts';
import { type ScanContext, scanFile } from './message-scan.ts';
import type { Segment } from './segment.ts';

/** Reads a put journal for its sequence numbers alone; others run meanwhile. What is damaged in it is told. */
export async function countMessages(
  context: ScanContext,
  segment: Segment,
  meet: (sequence: number, keyed: boolean) => void,
): Promise<void> {
  const damage = new DamageLog((found) => {
    segment.isDamaged = true;
    context.damage.report(found);
  });
  await scanFile({ ...context, damage }, segment.file, segment.bytes, (bytes, start, end) => {
    const place = segment.place(bytes, start, end);
    if (place !== null) meet(place.sequence, place.keyed);
  });
}
