import { expect, it } from 'vitest';
import { BLANK, roomAhead } from '../../src/fs/room-ahead.ts';

it('there is no room ahead of what is written once, or so much at a time that it would not last', () => {
  for (const size of [1, 130, 100_000]) expect(roomAhead(size, size)).toBe(0);
  expect(roomAhead(20_000, 5_001)).toBe(0);
  expect(roomAhead(1e9, BLANK.length / 4 + 1)).toBe(0);
});

it('it is about as large as what was written, never more than is at hand, and ends with a block', () => {
  for (let size = 260; size < 2_000_000; size += 977) {
    const room = roomAhead(size, 130);
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThanOrEqual(Math.min(BLANK.length, Math.max(4096, size)));
    expect((size + room) % 4096).toBe(0);
  }
});
