import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pace, ReadyListing } from '../../src/folders/ready-listing.ts';
import { shareOf } from '../../src/machines/shares.ts';

const files = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => {
    const file = `${String(from + index).padStart(5, '0')}.tsv`;
    return { file, key: file };
  });

function drain(listing: ReadyListing): string[] {
  const names: string[] = [];
  for (let next = listing.next(); next !== undefined; next = listing.next()) names.push(next.file);
  return names;
}

it('in the strict order, or alone, hands out all in order', () => {
  const listing = new ReadyListing(files(200), { rank: 0, count: 1 }, () => true);
  expect(drain(listing)).toEqual(files(200).map(({ file }) => file));
  expect(listing.next()).toBeUndefined();
});

it('hands none out twice, whatever comes and goes, and however often the consumers are counted anew', () => {
  const place = fc.integer({ min: 1, max: 9 }).chain((count) => fc.record({ rank: fc.nat({ max: count - 1 }), count: fc.constant(count) }));
  fc.assert(
    fc.property(fc.nat({ max: 400 }), place, fc.array(place, { maxLength: 5 }), fc.func(fc.boolean()), (count, at, moves, isThere) => {
      const listing = new ReadyListing(files(count), at, isThere);
      const names: string[] = [];
      for (let next = listing.next(); next !== undefined; next = listing.next()) {
        names.push(next.file);
        const move = names.length % 50 === 0 ? moves.pop() : undefined;
        if (move !== undefined) listing.move(move);
      }
      expect(new Set(names).size).toBe(names.length);
    }),
  );
});

describe('two of them', () => {
  const there = (taken: ReadonlySet<string>) => (file: string) => !taken.has(file);

  it('that take in turns seldom want the same file, and get all together', () => {
    const taken = new Set<string>();
    const listings = [0, 1].map((rank) => new ReadyListing(files(1_000), { rank, count: 2 }, there(taken)));
    let [losses, isGoing] = [0, true];
    while (isGoing) {
      isGoing = false;
      for (const listing of listings) {
        const next = listing.next();
        if (next === undefined) continue;
        isGoing = true;
        if (taken.has(next.file)) losses += 1;
        taken.add(next.file);
      }
    }
    expect(taken.size).toBeGreaterThan(930);
    expect(losses).toBeLessThan(40);
  });

  it('the one helps with what the other does not get to, no later than about 64 of its own', () => {
    const listing = new ReadyListing(files(1_000), { rank: 0, count: 2 }, () => true);
    const names = drain(listing);
    const first = names.findIndex((name) => shareOf(name, 2) === 1);
    expect(first).toBeGreaterThanOrEqual(64);
    expect(first).toBeLessThanOrEqual(129);
    expect(names.length).toBeGreaterThan(900);
  });

  it('never starve a name, though each look finds something of their own', () => {
    const pace: Pace = { taken: 0, helped: 0 };
    const theirs = files(20_000).filter(({ file }) => shareOf(file, 2) === 1)[0]; // prettier-ignore
    if (theirs === undefined) throw new Error('there is none');
    const own = files(20_000, 1).filter(({ file }) => shareOf(file, 2) === 0);
    let looks = 0;
    for (let isTaken = false; !isTaken; looks += 1) {
      // One old file of the other's, and a few new ones of ours.
      const listing = new ReadyListing([theirs, ...own.splice(0, 3)], { rank: 0, count: 2 }, () => true, pace);
      isTaken = drain(listing).includes(theirs.file);
      expect(looks).toBeLessThan(40);
    }
    expect(looks).toBeGreaterThan(10);
  });
});

it('leaps over a stretch of its own, which comes with the next look', () => {
  const listing = new ReadyListing(files(200), { rank: 0, count: 1 }, () => true);
  expect([listing.next()?.file, listing.next()?.file]).toEqual(['00000.tsv', '00001.tsv']);
  listing.leap();
  expect(drain(listing)).toEqual(files(134, 66).map(({ file }) => file));
});

it('nothing of its own: all of it is anybody’s, each beginning elsewhere', () => {
  const others = files(3_000).filter(({ file }) => shareOf(file, 3) === 2);
  const firsts = [0, 1].map((rank) => new ReadyListing(others, { rank, count: 3 }, () => true).next()?.file);
  expect(new Set(firsts).size).toBe(2);
  const names = drain(new ReadyListing(others, { rank: 1, count: 3 }, () => true));
  expect(names.toSorted()).toEqual(others.map(({ file }) => file));
});
