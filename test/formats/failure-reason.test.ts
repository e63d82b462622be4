import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchFailedError } from '../../src/batches/batch-errors.ts';
import { PermanentError } from '../../src/errors.ts';
import { describeFailure, formatReason, isPermanent, KilledError, parseReason } from '../../src/formats/failure-reason.ts';
import { anyText } from '../support/any-text.ts';

describe('the reason of a failure', () => {
  it('is the name, the message and the stack of an error', () => {
    const error = new RangeError('too far');
    expect(describeFailure(error)).toEqual({ name: 'RangeError', message: 'too far', stack: error.stack });
    delete error.stack;
    expect(describeFailure(error)).toEqual({ name: 'RangeError', message: 'too far' });
  });

  it('is made of anything that can be thrown', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    const thrown: readonly (readonly [unknown, string])[] = [
      ['no', 'no'],
      ['', ''],
      [undefined, 'undefined'],
      [null, 'null'],
      [7, '7'],
      [10n, '[object BigInt]'],
      [Symbol('s'), 'Symbol(s)'],
      [{ code: 7 }, '{"code":7}'],
      [loop, '[object Object]'],
      [() => 1, '() => 1'],
    ];
    for (const [value, message] of thrown) expect(describeFailure(value)).toEqual({ name: 'Error', message });
  });

  it('is made of an error whose fields are no text, or can’t be read', () => {
    expect(describeFailure(Object.assign(new Error('x'), { name: undefined, message: { code: 7 } }))).toMatchObject({
      name: 'undefined',
      message: '[object Object]',
    });
    const hidden = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('not this one either');
      },
    });
    expect(describeFailure(hidden)).toEqual({ name: 'Error', message: 'an error that can not be described' });
  });

  it('is no longer than anyone reads', () => {
    const error = Object.assign(new Error('x'.repeat(1e6)), { name: 'n'.repeat(1e6), stack: 's'.repeat(1e6) });
    expect(formatReason(describeFailure(error)).length).toBeLessThan(13_000);
    expect(describeFailure('y'.repeat(4_000)).message).toBe('y'.repeat(4_000));
    expect(describeFailure('y'.repeat(1e6)).message).toBe(`${'y'.repeat(4_000)}…`);
  });

  it('is read as it is written, on one line without a tab', () => {
    const text = anyText(30);
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: undefined }), (name, message, stack) => {
        const reason = stack === undefined ? { name, message } : { name, message, stack };
        expect(formatReason(reason)).not.toMatch(/[\t\n]/);
        expect(parseReason(formatReason(reason))).toEqual(reason);
      }),
    );
  });

  it('is the text itself where it is no reason of ours: whoever looks sees what stands there', () => {
    for (const other of ['', 'oops', '{', 'null']) expect(parseReason(other)).toEqual({ name: 'Error', message: other });
    expect(parseReason('{"name":"Error","message":"no","stack":7}')).toEqual({ name: 'Error', message: 'no' });
  });

  it('is named where nobody could say it', () => {
    expect(describeFailure(new KilledError(3))).toMatchObject({ name: 'KilledError', message: expect.stringContaining('3 times') });
  });
});

it('is permanent only where a handler said so', () => {
  for (const permanent of [new PermanentError('no'), new BatchFailedError('load', 'no')]) expect(isPermanent(permanent)).toBe(true);
  for (const other of [new Error('no'), 'no', undefined, { name: 'PermanentError' }]) expect(isPermanent(other)).toBe(false);
});
