import { describe, expect, it } from 'vitest';
import * as errors from '../../src/errors.ts';
import { QueueTakenError } from '../../src/fs/ownership-errors.ts';
import { describeError, GetCancelledError, parseReply, parseRequest, reviveError } from '../../src/formats/share-message.ts';

/** As it arrives at the other end of a channel. */
function sent(error: unknown): Error {
  return reviveError(structuredClone(describeError(error)));
}

const NO_MESSAGES: readonly unknown[] = [undefined, null, 7, 'request', [], {}, { dibs: 'something else', number: 1, operation: 'get' }];

describe('a request', () => {
  it.each(['get', 'tryGet', 'done', 'release', 'fail', 'cancel', 'bye'])('may be %s', (operation) => {
    const request = { dibs: 'request', number: 7, operation, id: 'x' };
    expect(parseRequest(request)).toBe(request);
  });

  it.each([
    ...NO_MESSAGES,
    { dibs: 'request', number: '7', operation: 'get' },
    { dibs: 'request', operation: 'get' },
    { dibs: 'request', number: 7 },
    { dibs: 'request', number: 7, operation: '' },
    { dibs: 'request', number: 7, operation: 'put' },
    { dibs: 'reply', number: 7, operation: 'get' },
  ])('is not %j: the channel may be used for more', (message) => expect(parseRequest(message)).toBeNull());
});

describe('a reply', () => {
  it.each(['reply', 'lost', 'ended'])('may be %s', (dibs) => {
    const reply = { dibs, number: 7 };
    expect(parseReply(reply)).toBe(reply);
  });

  it.each([...NO_MESSAGES, { dibs: '' }, { dibs: 'request', number: 7, operation: 'get' }])('is not %j', (message) => {
    expect(parseReply(message)).toBeNull();
  });
});

describe('an error that is sent', () => {
  const KNOWN = [
    new GetCancelledError(),
    new errors.QueueTimeoutError('get', '/q', 50),
    new errors.UpstreamFailedError('/q', 'no rows'),
    new errors.QueueClosedError('get', '/q', 'closed'),
    new errors.ItemSettledError('done', '1-1', 'released'),
    new errors.DiskError('append', '/q/x', 'ENOSPC'),
    new errors.QueueBrokenError('/q'),
    new errors.OwnerLostError(),
  ];

  it.each(KNOWN.map((error) => [error.code, error] as const))('is of its own class where a worker has a use for it: %s', (_, error) => {
    const revived = sent(error);
    expect(revived).toBeInstanceOf(error.constructor);
    expect(Object.entries(revived)).toEqual(Object.entries(error));
    expect([revived.name, revived.message, revived.stack]).toEqual([error.name, error.message, error.stack]);
  });

  it('has its code, its message and its facts where it is of any other class of ours', () => {
    const error = new QueueTakenError('/q');
    const revived = sent(error);
    expect(revived).not.toBeInstanceOf(errors.WorkQueueError);
    expect(revived).toMatchObject({ code: 'ERR_QUEUE_TAKEN', directory: '/q', name: 'QueueTakenError', message: error.message });
  });

  it('takes along facts that are texts or numbers, and nothing that could not be sent', () => {
    const error = Object.assign(new errors.QueueBrokenError('/q'), { tries: 3, seen: new Map(), look: () => 1, is: true });
    expect(describeError(error).facts).toEqual({ name: 'QueueBrokenError', code: 'ERR_QUEUE_BROKEN', directory: '/q', tries: 3 });
  });

  it('is told as well as can be where it is no error of ours', () => {
    expect(describeError(new RangeError('too far'))).toEqual({ name: 'RangeError', message: 'too far', stack: expect.any(String) });
    expect(sent('no rows')).toMatchObject({ name: 'Error', message: 'no rows' });
    const odd = sent(Object.assign(new Error('x'), { name: 'OddError' }));
    expect([odd.constructor, odd.name]).toEqual([Error, 'OddError']);
  });

  it('has a stack of its own where none was sent, and no field that says what goes without saying', () => {
    const revived = reviveError({ name: 'Error', message: 'x' });
    expect(revived.stack).toContain('reviveError');
    expect(Object.keys(revived)).toEqual([]);
  });
});

it('a get that is not waited for any more ends in words', () => {
  expect(new GetCancelledError()).toMatchObject({ code: 'ERR_GET_CANCELLED', message: 'It is not waited for any more.' });
});
