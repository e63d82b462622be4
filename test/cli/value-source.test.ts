import { expect, it } from 'vitest';
import { UsageError } from '../../src/cli/usage-error.ts';
import { parseValue, readLines } from '../../src/cli/value-source.ts';

async function lines(chunks: readonly (string | Uint8Array)[], nul = false): Promise<string[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  return collect(readLines(stream(), { nul }));
}

async function collect(from: AsyncIterable<string[]>): Promise<string[]> {
  const all: string[] = [];
  for await (const some of from) all.push(...some);
  return all;
}

it('reads a value a line, wherever the chunks end, and leaves empty lines out', async () => {
  expect(await lines(['on', 'e\ntw', 'o\r\n', '\n\nthree'])).toEqual(['one', 'two', 'three']);
});

it('gives what has come before it waits for more', async () => {
  let more = false;
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a\nb\nhalf');
    more = true;
    yield Buffer.from(' c\n');
  }
  const reading = readLines(stream(), { nul: false });
  expect(await reading.next()).toEqual({ done: false, value: ['a', 'b'] });
  expect(more).toBe(false);
  expect(await collect(reading)).toEqual(['half c']);
});

it('puts characters together that chunks cut apart', async () => {
  const bytes = Buffer.from('🦊\n値\n');
  expect(await lines(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toEqual(['🦊', '値']);
});

it('reads values that end with a NUL as they are, newlines and all', async () => {
  expect(await lines(['a\nb\0c\r\0', '\0 d'], true)).toEqual(['a\nb', 'c\r', ' d']);
});

it('keeps a byte order mark: it may belong to the value', async () => {
  expect(await lines(['\ufeffa\n'])).toEqual(['\ufeffa']);
});

it('refuses what is no UTF-8, by its line, rather than to put another value', async () => {
  await expect(lines(['good\n', new Uint8Array([0x66, 0xff, 0x0a])])).rejects.toThrow(new UsageError('line 2 of stdin is not UTF-8'));
});

it('takes text as a string, or as JSON when that was said', () => {
  expect([parseValue('{"a":1}', 'value 1', false), parseValue('{"a":1}', 'value 1', true)]).toEqual(['{"a":1}', { a: 1 }]);
  expect(() => parseValue('{a', 'value 3', true)).toThrow(/^value 3 is not JSON: /);
});

it.each([
  ['a text', 'x'.repeat(16_777_215), false],
  ['a text of newlines', '\n'.repeat(8_388_608), false],
  ['a list', `["${'x'.repeat(16_777_215)}"]`, true],
])('refuses %s that is longer than the queue takes, by its place', (_, text, json) => {
  expect(() => parseValue(text, 'value 2 of stdin', json)).toThrow(
    new UsageError('value 2 of stdin is too long: its JSON text has more than 16777216 characters'),
  );
});

it('takes the longest that there may be', () => {
  expect(parseValue('x'.repeat(16_777_214), 'value 1', false)).toHaveLength(16_777_214);
});
