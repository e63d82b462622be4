import type { Codec } from '../formats/codec.ts';

/** A value whose text is not JSON: a codec wrote it, which a script knows and the command line does not. */
export class ForeignValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Nothing: as JSON it would pass for a value of the queue's. */
  toJSON(): undefined {}
}

/** Hands a text that is not JSON through, where the library would give its message up for it. */
export const JSON_OR_FOREIGN: Codec<unknown> = {
  encode: (value) => JSON.stringify(value),
  decode(text) {
    try {
      const value: unknown = JSON.parse(text);
      return value;
    } catch {
      return new ForeignValue(text);
    }
  },
};

/** No program can be given this value. */
export class ForeignValueError extends Error {
  constructor(id: string) {
    super(`The value of ${id} is not JSON: the queue was written with a codec. Work it from a script that opens it with that codec.`);
    this.name = 'ForeignValueError';
  }
}
