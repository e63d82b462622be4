import { describe, expect, it } from 'vitest';
import { PersistentQueue } from '../../src/queues/persistent-queue.ts';
import { readQueue } from '../../src/queues/queue-reader.ts';
import { memoryDisk } from '../../src/testing/memory-disk.ts';
import { QueueLives, valuesOf } from '../support/queue-lives.ts';

/** What a program in plain JavaScript may pass. */
const open: (...args: unknown[]) => Promise<unknown> = (...args) => Reflect.apply(PersistentQueue.open, PersistentQueue, args);

describe('open', () => {
  it.each<[unknown[], string]>([
    [[], 'takes a directory, got undefined'],
    [[''], 'takes a directory, got ""'],
    [[42], 'takes a directory, got 42'],
    [[null], 'takes a directory, got null'],
    [[{}], 'takes a directory, got undefined'],
    [[{ journalDir: 7 }], 'takes a directory, got 7'],
    [['a\0b'], 'takes a directory, got "a\\u0000b"'],
    [['/queue', 'power'], 'takes an options object, got "power"'],
    [['/queue', null], 'takes an options object, got null'],
    [['/queue', { maxAtempts: 2 }], 'has no option maxAtempts (got 2). It has: name, durability, resume, keepKeys, maxAttempts'],
    [['/queue', { journalDir: '/a' }], 'has no option journalDir'],
    [['/queue', { constructor: 1 }], 'has no option constructor'],
    [['/queue', { name: 'UPPER' }], 'name must be lowercase letters, digits, - and _, got "UPPER"'],
    [['/queue', { name: '../up' }], 'name must be'],
    [['/queue', { name: '' }], 'name must be'],
    [['/queue', { name: 'x'.repeat(65) }], 'name must be'],
    [['/queue', { durability: 'none' }], "durability must be 'power' or 'process', got \"none\""],
    [['/queue', { resume: 1 }], 'resume must be a boolean, got 1'],
    [['/queue', { keepKeys: 'yes' }], 'keepKeys must be a boolean, got "yes"'],
    [['/queue', { maxAttempts: 0 }], 'maxAttempts must be a whole number from 1, got 0'],
    [['/queue', { maxAttempts: 1.5 }], 'maxAttempts must be a whole number from 1, got 1.5'],
    [['/queue', { maxAttempts: '3' }], 'maxAttempts must be a whole number from 1, got "3"'],
    [['/queue', { maxAttempts: Number.NaN }], 'maxAttempts must be a whole number from 1, got NaN'],
    [['/queue', { capacity: 0 }], 'capacity must be a whole number from 1, got 0'],
    [['/queue', { capacity: Infinity }], 'capacity must be a whole number from 1, got Infinity'],
    [['/queue', { capacity: 10n }], 'capacity must be a whole number from 1, got 10'],
    [['/queue', { codec: {} }], 'codec must be { encode, decode }, got {}'],
    [['/queue', { codec: { encode: () => '' } }], 'codec must be { encode, decode }'],
    [['/queue', { schema: {} }], 'schema must be a Standard Schema, got {}'],
    [['/queue', { schema: { '~standard': {} } }], 'schema must be a Standard Schema, got {"~standard":{}}'],
    [['/queue', []], 'takes an options object, got [].'],
    [['/queue', { leaseMs: 10 }], 'leaseMs must be milliseconds, from 100 to a week, got 10'],
    [['/queue', { leaseMs: -1 }], 'leaseMs must be milliseconds'],
    [['/queue', { resumeFrom: 'a\0b' }], 'resumeFrom must be a directory, got "a\\u0000b"'],
    [['/queue', { resumeFrom: '' }], 'resumeFrom must be a directory, got ""'],
    [['/queue', { segmentBytes: 100 }], 'segmentBytes must be bytes, from 1024, got 100'],
    [['/queue', { onDamage: 'log' }], 'onDamage must be a function, got "log"'],
    [['/queue', { fileSystem: {} }], 'fileSystem must be a FileSystem, got {}'],
    [['/queue', { clock: Date }], 'clock must be a Clock, got function Date'],
  ])('refuses %o with a TypeError that shows what came and what is allowed', async (args, message) => {
    const refused = open(...args);
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    await expect(refused).rejects.toThrow(`PersistentQueue.open`);
    await expect(refused).rejects.toThrow(message);
  });

  it('takes undefined for each default', async () => {
    const names = [
      'name',
      'durability',
      'resume',
      'keepKeys',
      'maxAttempts',
      'capacity',
      'codec',
      'schema',
      'leaseMs',
      'resumeFrom',
      'segmentBytes',
      'onDamage',
      'clock',
    ];
    const queue = await open('/queue', { fileSystem: memoryDisk(), ...Object.fromEntries(names.map((name) => [name, undefined])) });
    expect(queue).toMatchObject({ directory: '/queue', maxAttempts: 3 });
  });

  it('touches nothing when an option is wrong', async () => {
    const fileSystem = memoryDisk();
    await expect(open('/queue', { fileSystem, maxAttempts: 0 })).rejects.toThrow();
    expect(await fileSystem.lstat('/queue')).toBeUndefined();
  });
});

describe('each call', () => {
  const SIGNAL = 'signal must be an AbortSignal, got "stop"';
  it.each<[string, unknown[], string]>([
    ['get', [{ timeoutMs: -1 }], 'get: timeoutMs must be milliseconds, from 0, got -1'],
    ['get', [{ timeoutMs: '1' }], 'get: timeoutMs must be milliseconds'],
    ['get', [{ timeoutMs: Number.NaN }], 'get: timeoutMs must be milliseconds'],
    ['get', [{ signal: 'stop' }], `get: ${SIGNAL}`],
    ['get', [{ timeout: 1 }], 'get has no option timeout (got 1). It has: timeoutMs, signal'],
    ['get', [5], 'get takes an options object, got 5'],
    ['join', [{ timeoutMs: -1 }], 'join: timeoutMs must be milliseconds'],
    ['join', [null], 'join takes an options object, got null'],
    ['put', ['a', { key: 1 }], 'put: key must be a string of at most 1048576 characters, got 1'],
    ['put', ['a', { timeoutMs: -1 }], 'put: timeoutMs must be milliseconds'],
    ['put', ['a', { signal: 'stop' }], `put: ${SIGNAL}`],
    ['put', ['a', 'key'], 'put takes an options object, got "key"'],
    ['putMany', [['a'], { key: 'k' }], 'putMany: key must be a function, got "k"'],
    ['putMany', [['a'], { signal: 'stop' }], `putMany: ${SIGNAL}`],
    ['putMany', [5], 'putMany takes an iterable'],
    ['putMany', [{ length: 1, 0: 'a' }], 'putMany takes an iterable'],
    ['putMany', [['a'], { key: () => 5 }], 'putMany: key must give a string of at most 1048576 characters, or undefined, got 5'],
    ['retry', ['00000001-0000000001'], 'retry takes ids'],
    ['retry', [5], 'retry takes ids'],
  ])('%s(%o) is a TypeError that says why, and puts nothing', async (name, args, message) => {
    const queue = await new QueueLives<unknown>().open();
    const call: unknown = Reflect.get(queue, name);
    const refused: Promise<unknown> = Promise.resolve().then(() => Reflect.apply(call as () => unknown, queue, args));
    await expect(refused).rejects.toBeInstanceOf(TypeError);
    await expect(refused).rejects.toThrow(message);
    await queue.flush().catch(() => undefined);
    expect(await valuesOf(queue.outstanding())).toEqual([]);
  });

  it('readQueue refuses what it does not know', async () => {
    const read: (...args: unknown[]) => Promise<unknown> = (...args) => Reflect.apply(readQueue, undefined, args);
    await expect(read('/queue', { codek: {} })).rejects.toThrow('readQueue has no option codek');
    await expect(read('/queue', { codec: 5 })).rejects.toThrow('codec must be { encode, decode }, got 5');
    await expect(read(5)).rejects.toBeInstanceOf(TypeError);
    await expect(read('')).rejects.toThrow('readQueue takes a directory, got ""');
    await expect(read('a\0b')).rejects.toThrow('readQueue takes a directory, got "a\\u0000b"');
  });
});
