import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { StoreUrlError } from '../../src/stores/store-errors.ts';
import { directoryOf, FileStore } from '../../src/stores/file-store.ts';
import { MemoryStore } from '../../src/stores/memory-store.ts';
import { openStore, registerStore } from '../../src/stores/open-store.ts';

it('opens a store by its address', async () => {
  expect(await openStore('file:./load')).toBeInstanceOf(FileStore);
  expect(await openStore('memory:')).toBeInstanceOf(MemoryStore);
  expect((await openStore('memory:x')).url).toBe('memory:x');
  expect((await openStore('FILE:./Load')).url).toBe('file:./Load');
});

it.each([
  ['file:./load', resolve('load')],
  ['file:load', resolve('load')],
  ['file:/var/load', '/var/load'],
  ['file:///var/load', '/var/load'],
  ['file:///var/lo%20ad', '/var/lo ad'],
  ['file:/var/lo%20ad', '/var/lo%20ad'],
])('finds by %s the directory %s', (url, directory) => expect(directoryOf(url)).toBe(directory));

it.each<readonly [unknown, string]>([
  ['load', 'A directory is named file:load'],
  ['/var/load', 'A directory is named file:/var/load'],
  ['C:\\load', 'A directory is named file:C:\\load'],
  ['c:/load', 'A directory is named file:c:/load'],
  ['', 'it has no scheme'],
  ['redis://localhost', 'nobody registered redis:. There are file:, memory:'],
  ['file:', 'it names no directory'],
  ['file://server/share', 'a file URL leads to an absolute path of this machine'],
  ['file:./a\0b', 'has no NUL in it'],
  ['file:///a%00b', 'has no NUL in it'],
  ['file:///a%2Fb', 'a file URL leads to an absolute path of this machine'],
  [7, 'an address is text'],
  [undefined, 'an address is text'],
])('refuses %j, and says what to do', async (url, says) => {
  // As a program without types may ask for it.
  const opening: Promise<unknown> = Reflect.apply(openStore, undefined, [url]);
  await expect(opening).rejects.toBeInstanceOf(StoreUrlError);
  await expect(opening).rejects.toThrow(says);
});

it('opens what somebody registered, and tells it all it was told', async () => {
  const told: unknown[] = [];
  registerStore('test-1', async (url, options) => {
    told.push(url, options);
    return openStore('memory:');
  });
  await openStore('test-1://here/there?x', { durability: 'process' });
  expect(told).toEqual(['test-1://here/there?x', { durability: 'process' }]);
});

it.each(['file', 'Redis', 'a b', '', '1x'])('registers nothing for %j', (scheme) =>
  expect(() => registerStore(scheme, () => openStore('memory:'))).toThrow(TypeError),
);
