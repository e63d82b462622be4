import { describe, expect, it } from 'vitest';
import { TASK_STATUSES } from '../../src/machines/task-lifecycle.ts';
import { formatPlace, isPlace, isRunning, parsePlace } from '../../src/machines/task-place.ts';

describe('a place', () => {
  it.each(TASK_STATUSES.flatMap((status) => [undefined, 0, 16, 999_999_999].map((code) => [status, code] as const)))(
    'of %s with code %s goes there and back',
    (status, code) => {
      const place = formatPlace(status, code);
      expect(place).toBe(code === undefined ? status : `${code}-${status}`);
      expect(parsePlace(place)).toEqual({ status, code });
      expect(isPlace(place)).toBe(true);
      expect(isRunning(place)).toBe(status === 'running');
    },
  );

  it.each([
    '',
    'done',
    'Pending',
    'pending ',
    '-pending',
    '01-pending',
    '1.5-pending',
    '-1-pending',
    '1000000000-pending',
    '16_pending',
    '16-',
    '16-16-pending',
    '.dibs',
    'pending\n',
  ])('is none of %j', (text) => {
    expect(parsePlace(text)).toBeNull();
    expect(isPlace(text)).toBe(false);
  });
});
