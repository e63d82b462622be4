import { Output } from '../../src/cli/output.ts';

/** An output that is kept as text. */
export interface WrittenOutput {
  readonly output: Output;
  text(): string;
  /** From now on every write is refused as to one whose reader has gone. */
  close(): void;
}

export function writtenOutput({ isTTY = false, columns = 80 } = {}): WrittenOutput {
  let text = '';
  let closed = false;
  const stream = {
    isTTY,
    columns,
    on: () => stream,
    write(chunk: string | Uint8Array, written: (error?: Error | null) => void) {
      if (!closed) text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      setImmediate(written, closed ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
      return !closed;
    },
  };
  return { output: new Output(stream), text: () => text, close: () => void (closed = true) };
}
