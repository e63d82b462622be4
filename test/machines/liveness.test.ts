import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, look } from '../../src/machines/liveness.ts';
import type { Liveness, Sighting } from '../../src/machines/liveness.ts';

const LEASE = 100;

function watch(looks: Iterable<readonly [now: number, beat: string]>): Liveness | undefined {
  let seen: Sighting | undefined;
  for (const [now, beat] of looks) seen = look(seen, beat, now, LEASE);
  return seen && judge(seen, LEASE);
}

describe('a beat', () => {
  it('is dead when it stood still in three looks over a whole lease', () => {
    expect(watch([[0, '7'], [49, '7'], [98, '7'], [100, '7']])).toBe('dead'); // prettier-ignore
  });

  it('is not dead a moment before that', () => {
    expect(watch([[0, '7'], [49, '7'], [98, '7'], [99, '7']])).toBe('silent'); // prettier-ignore
  });

  it('is alive once it moved, and until it stands still for a lease', () => {
    const moving = [[0, '7'], [40, '8']] as const; // prettier-ignore
    expect(watch(moving)).toBe('alive');
    expect(watch([...moving, [80, '8'], [120, '8'], [139, '8']])).toBe('alive');
    expect(watch([...moving, [80, '8'], [120, '8'], [140, '8']])).toBe('dead');
  });

  it('is alive too if it moved backwards: a restored file is as good a sign as any', () => {
    expect(watch([[0, '7'], [40, '3']])).toBe('alive'); // prettier-ignore
  });

  it('is looked at afresh when the looker stood still for half a lease', () => {
    expect(watch([[0, '7'], [40, '7'], [90, '7'], [1_000_000, '7']])).toBe('silent'); // prettier-ignore
    expect(watch([[0, '7'], [40, '7'], [90, '7'], [140, '7']])).toBe('silent'); // prettier-ignore
    expect(watch([[0, '7'], [40, '8'], [91, '8']])).toBe('silent'); // prettier-ignore
  });

  it('is never dead after two looks, however far apart', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (first, later) => {
        expect(watch([[first, '7'], [first + later, '7']])).toBe('silent'); // prettier-ignore
      }),
    );
  });

  it('is never dead after two looks either where a longer lease was stated at them than now', () => {
    const once = look(undefined, '7', 0, 10 * LEASE);
    const twice = look(once, '7', 4 * LEASE, 10 * LEASE);
    expect(judge(twice, LEASE)).toBe('silent');
    expect(judge(look(twice, '7', 4 * LEASE, LEASE), LEASE)).toBe('dead');
  });

  it('is not dead while it moves once a lease, however the looker stumbles', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * LEASE }), { maxLength: 60 }), (pauses) => {
        let now = 0;
        let seen: Sighting | undefined;
        for (const pause of pauses) {
          now += pause;
          seen = look(seen, String(Math.floor(now / (LEASE - 1))), now, LEASE);
          expect(judge(seen, LEASE)).not.toBe('dead');
        }
      }),
    );
  });

  it('is found dead within two leases by one who looks three times a lease', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 49 }), { minLength: 200, maxLength: 200 }), (pauses) => {
        let now = 0;
        let seen: Sighting | undefined;
        for (const pause of pauses) {
          now += pause;
          seen = look(seen, '7', now, LEASE);
          if (now >= 2 * LEASE) expect(judge(seen, LEASE)).toBe('dead');
        }
      }),
    );
  });
});
