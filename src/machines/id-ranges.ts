/** A message's id, as the pure floors see it. */
interface Id {
  readonly run: number;
  readonly sequence: number;
}

/** Messages of one run with consecutive numbers: the first of them, and how many. */
export interface IdRange extends Id {
  readonly count: number;
}

/** Ids in the order they were put, those that follow each other as one range of at most `most`. No id comes twice. */
export function inRanges(ids: readonly Id[], most: number): IdRange[] {
  const ranges: IdRange[] = [];
  let run = -1;
  let first = 0;
  let count = 0;
  for (const id of inOrder(ids)) {
    if (id.run === run && id.sequence === first + count && count < most) {
      count++;
      continue;
    }
    if (count > 0) ranges.push({ run, sequence: first, count });
    ({ run, sequence: first } = id);
    count = 1;
  }
  if (count > 0) ranges.push({ run, sequence: first, count });
  return ranges;
}

/** Mostly they are: then nothing is copied. */
function inOrder(ids: readonly Id[]): readonly Id[] {
  let before: Id | undefined;
  for (const id of ids) {
    if (before !== undefined && compare(before, id) > 0) return ids.toSorted(compare);
    before = id;
  }
  return ids;
}

function compare(a: Id, b: Id): number {
  return a.run - b.run || a.sequence - b.sequence;
}
