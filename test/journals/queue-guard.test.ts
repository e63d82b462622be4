import { describe, expect, it } from 'vitest';
import { DiskError, QueueBrokenError } from '../../src/errors.ts';
import { QueueGuard } from '../../src/journals/queue-guard.ts';

describe('a guard', () => {
  it('lets all go on while the queue is ours', () => {
    const guard = new QueueGuard('/q', () => true);
    guard.assertWhole();
    guard.assertOurs();
    expect(guard.end).toBeUndefined();
  });

  it('refuses everything from the look on that found the queue taken, though it seems ours again', () => {
    const answers = [false, true];
    const guard = new QueueGuard('/q', () => answers.shift() ?? true);
    const taken = expect.objectContaining({ name: 'QueueTakenError', directory: '/q' });
    for (let time = 0; time < 2; time += 1) expect(() => guard.assertOurs()).toThrow(taken);
    expect(() => guard.assertWhole()).toThrow(taken);
    expect(answers, 'nobody looks again').toEqual([true]);
  });

  it('refuses everything once it is unknown what the disk holds, and remembers the first reason', () => {
    const guard = new QueueGuard('/q', () => true);
    const [broken, later] = [new QueueBrokenError('/q'), new QueueBrokenError('/q')];
    expect(guard.refused(broken)).toBe(broken);
    expect(guard.refused(later)).toBe(later);
    expect(guard.end).toBe(broken);
    expect(() => guard.assertOurs()).toThrow(broken);
  });

  it('goes on after an error that leaves the disk as it was', () => {
    const guard = new QueueGuard('/q', () => true);
    const full = new DiskError('write', '/q/x', 'ENOSPC');
    expect(guard.refused(full)).toBe(full);
    guard.assertOurs();
  });

  it('refuses everything when it can’t be told whose the queue is', () => {
    const cause = new Error('EIO');
    const guard = new QueueGuard('/q', () => {
      throw cause;
    });
    expect(() => guard.assertOurs()).toThrow(expect.objectContaining({ name: 'QueueBrokenError', cause }));
    expect(() => guard.assertWhole()).toThrow(QueueBrokenError);
  });
});
