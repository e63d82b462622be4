import { expect, it } from 'vitest';
import { Output, OutputClosedError } from '../../src/cli/output.ts';
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

it('says that its reader has gone, at that write and at all that follow', async () => {
  const written = writtenOutput();
  await written.output.line('one');
  written.close();
  await expect(written.output.line('two')).rejects.toThrow(OutputClosedError);
  await expect(written.output.write('three')).rejects.toThrow(OutputClosedError);
  expect(written.text()).toBe('one\n');
});

it('lets every other refusal through', async () => {
  const stream = {
    on: () => stream,
    write: (_: string | Uint8Array, written: (error: Error) => void) => {
      written(Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' }));
      return false;
    },
  };
  await expect(new Output(stream).line('x')).rejects.toThrow('write ENOSPC');
});

it('follows the width of its terminal', () => {
  expect([writtenOutput({ columns: 120 }).output.columns, writtenOutput({ columns: 0 }).output.columns]).toEqual([120, 80]);
});
