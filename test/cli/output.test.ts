import { expect, it } from 'vitest';
import { Output, OutputClosedError, OutputFailedError } from '../../src/cli/output.ts';
import { writtenOutput } from './written-output.ts';

it('writes lines one after the other, many in one write', async () => {
  const writes: (string | Uint8Array)[] = [];
  const stream = {
    on: () => stream,
    write: (text: string | Uint8Array, written: () => void) => {
      writes.push(text);
      setImmediate(written);
      return true;
    },
  };
  const output = new Output(stream);
  async function* lines(): AsyncGenerator<string> {
    for (let i = 0; i < 10_000; i++) yield `line ${i}`;
  }
  await output.lines(lines());
  expect(writes.join('')).toBe(Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(''));
  expect(writes.length).toBeLessThan(5);
});

it('writes the lines that came before one that fails to come', async () => {
  const written = writtenOutput();
  async function* lines(): AsyncGenerator<string> {
    yield 'one';
    throw new Error('torn');
  }
  await expect(written.output.lines(lines())).rejects.toThrow('torn');
  expect(written.text()).toBe('one\n');
});

it('says that its reader has gone, at that write and at all that follow', async () => {
  const written = writtenOutput();
  await written.output.line('one');
  written.close();
  await expect(written.output.line('two')).rejects.toThrow(OutputClosedError);
  await expect(written.output.write('three')).rejects.toThrow(OutputClosedError);
  expect(written.text()).toBe('one\n');
});

it('says what else refuses it, also at the writes that follow', async () => {
  let refuse: (error: Error) => void = () => {};
  const stream = {
    on: (_: 'error', listener: (error: Error) => void) => {
      refuse = listener;
      return stream;
    },
    write: (_: string | Uint8Array, written: (error: Error) => void) => {
      const error = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
      written(error);
      refuse(error);
      return false;
    },
  };
  const output = new Output(stream);
  await expect(output.line('x')).rejects.toThrow(OutputFailedError);
  await expect(output.line('y')).rejects.toThrow(/^The output can't be written \(ENOSPC\)/);
});

it('follows the width of its terminal', () => {
  expect([writtenOutput({ columns: 120 }).output.columns, writtenOutput({ columns: 0 }).output.columns]).toEqual([120, 80]);
});
