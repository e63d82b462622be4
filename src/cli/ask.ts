import { addAbortSignal, type Readable } from 'node:stream';
import type { Output } from './output.ts';

/** Asks something that can't be undone. Only a yes is a yes: the end of the input is none. */
export async function ask(
  question: string,
  { err, stdin }: { readonly err: Output; readonly stdin: Readable },
  signal: AbortSignal,
): Promise<boolean> {
  await err.write(`${question} [y/N] `);
  let answer = '';
  for await (const chunk of addAbortSignal(signal, stdin)) {
    answer += String(chunk);
    if (answer.includes('\n') || answer.length > LONGEST_ANSWER) break;
  }
  if (!answer.includes('\n')) await err.line('');
  return /^\s*y(es)?\s*(\n|$)/i.test(answer);
}

const LONGEST_ANSWER = 1_000;
