/** Several JSON texts as one list, which is read in one call: at half the cost of many. */

/** No text holds a line feed: where this stands one ends, whatever they hold. A string can't span it either. */
const BETWEEN = ',\n';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/** Texts whose values are read together. What was one string from the first is taken apart only when one of them is asked for. */
export class JsonList {
  #length = 0;
  #list: string | undefined;
  #texts: string[] | undefined;

  /** What was gathered of so many texts. */
  static of(list: string, length: number): JsonList {
    const texts = new JsonList();
    texts.#list = list;
    texts.#length = length;
    return texts;
  }

  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    this.#apart.push(text);
    this.#list = undefined;
    this.#length++;
  }

  at(index: number): string {
    return this.#apart[index] ?? '';
  }

  /** The values, or null if they have to be read one by one: one of the texts is no JSON. */
  values<T>(): T[] | null {
    const list = this.#list ?? joined(this.#apart);
    if (list === null) return null;
    try {
      const values = JSON.parse(list) as T[];
      return values.length === this.#length ? values : null;
    } catch {
      return null;
    }
  }

  get #apart(): string[] {
    this.#texts ??= this.#list?.slice(1, -1).split(BETWEEN) ?? [];
    return this.#texts;
  }
}

function joined(texts: readonly string[]): string | null {
  return texts.every(isOneValue) ? `[${texts.join(BETWEEN)}]` : null;
}

/** How a text ends that begins like this. Others end anyhow. */
function endOf(first: number | undefined): number | undefined {
  if (first === BRACE) return BRACE_END;
  if (first === OPEN) return CLOSE;
  return first === QUOTE ? QUOTE : undefined;
}

/** Whether a text ends as it begins: one that was not written by us may hold a comma of its own, or half a list. (A lone quote is found later.) */
function isOneValue(text: string): boolean {
  const last = endOf(text.charCodeAt(0));
  return last === undefined ? !text.includes(',') : text.charCodeAt(text.length - 1) === last;
}

/** Gathers texts that follow each other in a buffer to a list in their very place, so that one string is made of all. */
export class ListInPlace {
  #bytes: Buffer | undefined;
  #start = 0;
  #end = 0;

  /** How many bytes it takes. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether a text can be in a list with others, judged as strings are. */
  static takes(bytes: Buffer, start: number, end: number): boolean {
    const last = endOf(bytes[start]);
    if (last !== undefined) return bytes[end - 1] === last;
    for (let i = start; i < end; i++) if (bytes[i] === COMMA) return false;
    return true;
  }

  /** Adds a text. Two bytes before it are overwritten, and those between it and the text before; in the end one behind the last. */
  add(bytes: Buffer, start: number, end: number): void {
    if (this.#bytes === undefined) {
      this.#bytes = bytes;
      this.#start = start - 1;
      this.#end = end;
      bytes[this.#start] = OPEN;
      return;
    }
    bytes[this.#end] = COMMA;
    bytes[this.#end + 1] = NEWLINE;
    bytes.copyWithin(this.#end + 2, start, end);
    this.#end += 2 + end - start;
  }

  /** What was gathered since it was taken last. */
  take(): string {
    const bytes = this.#bytes;
    if (bytes === undefined) return '[]';
    bytes[this.#end] = CLOSE;
    this.#bytes = undefined;
    const list = bytes.toString('utf8', this.#start, this.#end + 1);
    this.#start = this.#end = 0;
    return list;
  }
}
