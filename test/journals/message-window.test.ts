import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue } from '../../src/formats/codec.ts';
import { MessageWindow } from '../../src/journals/message-window.ts';

const messages = (texts: readonly string[], first = 1) => texts.map((text, index) => ({ run: 1, sequence: first + index, text }));

describe('messages in memory', () => {
  it('come out as they went in, each with its own value, whatever texts are among them', () => {
    const text = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constantFrom('', '{', '1,2', '"a', 'b"', '[1', '2],3', '"x","y', '"', 'null', '[', ']', '{}', '[]'),
    );
    const step = fc.oneof(fc.array(text, { maxLength: 20 }), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
        const window = new MessageWindow<unknown>(undefined);
        const waiting: { run: number; sequence: number; text: string }[] = [];
        let next = 1;
        for (const one of steps) {
          if (typeof one === 'number') {
            for (let taken = 0; taken < one; taken += 1) {
              const message = waiting.shift();
              const expected = message && { message, value: decodeValue(undefined, message.text) };
              const found = window.shift();
              expect(found?.message).toEqual(expected?.message);
              expect(found?.value.ok).toBe(expected?.value.ok);
              if (expected?.value.ok === true) expect(found?.value).toEqual(expected.value);
            }
          } else {
            for (const message of messages(one, next)) {
              window.push(message);
              waiting.push(message);
            }
            next += one.length;
          }
          expect(window.size).toBe(waiting.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('have room for some thousands, or for fewer that are long', () => {
    const window = new MessageWindow(undefined);
    for (const message of messages(Array.from({ length: 2_047 }, () => '1'))) window.push(message);
    expect(window.hasRoom).toBe(true);
    for (const message of messages(['1'], 2_048)) window.push(message);
    expect(window.hasRoom).toBe(false);
    window.shift();
    expect(window.hasRoom).toBe(true);
    for (const message of messages([JSON.stringify('x'.repeat(8 * 1024 * 1024))], 2_049)) window.push(message);
    expect(window.hasRoom).toBe(false);
    while (window.shift() !== undefined);
    expect([window.size, window.hasRoom]).toEqual([0, true]);
  });

  it('are purged of what is finished, and the others keep their values', () => {
    const window = new MessageWindow(undefined);
    for (const message of messages(['"a"', '"b"', '"c"', '"d"'])) window.push(message);
    window.shift();
    window.purge(({ sequence }) => sequence === 3);
    const values = [window.shift(), window.shift(), window.shift()].map((ready) => (ready?.value.ok ? ready.value.value : undefined));
    expect(values).toEqual(['b', 'd', undefined]);
  });
});
