import { UnserialisableValueError } from '../errors.ts';

/** As long as the data of a task may be, in bytes of JSON. What is longer belongs in a file: see `attempt.output`. */
export const LONGEST_TASK_DATA = 8 * 1024 * 1024;

/** A copy as a store gives it back. @throws UnserialisableValueError for what JSON can't say, or what is too long for a record */
export function copyOf<T>(data: T): T {
  if (data === undefined) return data;
  const text = textOf(data);
  if (text.length * 3 > LONGEST_TASK_DATA) assertLength(Buffer.byteLength(text));
  return JSON.parse(text);
}

function textOf(data: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(data);
    if (text === undefined) throw new TypeError('JSON has no word for it');
    return text;
  } catch (error) {
    throw new UnserialisableValueError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function assertLength(bytes: number): void {
  if (bytes <= LONGEST_TASK_DATA) return;
  throw new UnserialisableValueError(`it takes ${bytes} bytes, and ${LONGEST_TASK_DATA} is the most; keep such data in a file`);
}
