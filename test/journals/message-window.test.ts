import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue } from '../../src/formats/codec.ts';
import { MessageWindow } from '../../src/journals/message-window.ts';

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => void (typeof collect === 'function' && collect());
}

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
              const expected = message && decodeValue(undefined, message.text);
              const found = window.shift();
              expect(found && { run: found.run, sequence: found.sequence, text: found.text }).toEqual(message);
              expect(found?.decoded.ok).toBe(expected?.ok);
              if (expected?.ok === true) expect(found?.decoded).toEqual(expected);
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

  it('may be read back a list at a time, among others', () => {
    const window = new MessageWindow(undefined);
    for (const message of messages(['1', '2'])) window.push(message);
    window.pushList(1, [4, 7], '["é",\n{"b":1}]');
    for (const message of messages(['8'], 8)) window.push(message);
    expect(window.size).toBe(5);
    const found: unknown[] = [];
    for (let ready = window.shift(); ready !== undefined; ready = window.shift()) {
      found.push([ready.sequence, ready.text, ready.decoded]);
      if (found.length === 3) expect(window.first).toEqual({ run: 1, sequence: 7 });
    }
    expect(found).toEqual(
      ['1', '2', '"é"', '{"b":1}', '8'].map((text, i) => [[1, 2, 4, 7, 8][i], text, { ok: true, value: JSON.parse(text) }]),
    );
  });

  it('that were handed out are let go of, though there is always one left', () => {
    const window = new MessageWindow(undefined);
    const collect = collector();
    const pass = (from: number, to: number): void => {
      for (let sequence = from; sequence < to; sequence += 1) {
        window.push({ run: 1, sequence, text: JSON.stringify(`${sequence}`.repeat(20)) });
        if (window.size > 1) window.shift();
      }
      collect();
    };
    pass(0, 10_000);
    const before = process.memoryUsage().heapUsed;
    pass(10_000, 60_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4 * 1024 * 1024);
  });

  it('are purged of what is finished, and the others keep their values', () => {
    const window = new MessageWindow(undefined);
    for (const message of messages(['"a"', '"b"', '"c"', '"d"'])) window.push(message);
    window.shift();
    window.purge(({ sequence }) => sequence === 3);
    const values = [window.shift(), window.shift(), window.shift()].map((ready) => (ready?.decoded.ok ? ready.decoded.value : undefined));
    expect(values).toEqual(['b', 'd', undefined]);
  });
});
