import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../src/formats/checksum.ts';
import { type BeatingProcess, formatBeat, formatBeatingFile, formatReleased, parseBeatingFile, parseBeatingProcess } from '../../src/formats/beating-record.ts'; // prettier-ignore

const PROCESS: BeatingProcess = {
  host: 'etl-1',
  bootId: 'b',
  pidNamespace: 'pid:[1]',
  pid: 7,
  startTime: '99',
  since: 'now',
  leaseMs: 30_000,
};
const fields = (more: Record<string, unknown> = {}) => ({ ...PROCESS, ...more });

it('there and back, with every beat, and once it was released', () => {
  const text = formatBeatingFile(fields());
  expect(parseBeatingFile(text)).toEqual({ beat: '0000000001', released: false, fields: fields() });
  fc.assert(
    fc.property(fc.nat(), (beat) => {
      const beaten = formatBeat(beat) + text.slice(10);
      expect(beaten).toHaveLength(text.length);
      expect(parseBeatingFile(beaten)).toMatchObject({ beat: formatBeat(beat), released: false });
    }),
  );
  expect(parseBeatingFile(formatReleased() + text.slice(10))).toMatchObject({ released: true });
  expect(formatBeat(10 ** 10 + 7)).toBe('0000000007');
});

it('every changed byte of the record is noticed; a torn beat is a beat', () => {
  const text = formatBeatingFile(fields());
  for (let at = 0; at < text.length; at += 1) {
    const damaged = `${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`;
    if (at < 10) expect(parseBeatingFile(damaged)?.fields).toEqual(fields());
    else expect(parseBeatingFile(damaged), `byte ${at}`).toBeNull();
  }
  for (let length = 0; length < text.length; length += 1) expect(parseBeatingFile(text.slice(0, length))).toBeNull();
  for (const longer of [`0${text}`, `\n${text}`, `${text}\n`]) expect(parseBeatingFile(longer)).toBeNull();
  expect(parseBeatingFile(`0000000001\n${checksumOf('{x}')}\t{x}\n`)).toBeNull();
});

describe('the process in it', () => {
  it('may be silent for a week', () => {
    expect(parseBeatingProcess(fields({ leaseMs: 7 * 86_400_000 }))).toMatchObject({ leaseMs: 604_800_000 });
  });

  it('is read', () => expect(parseBeatingProcess(fields())).toEqual(PROCESS));

  it('is read with a time namespace, and without, as older versions wrote it', () => {
    expect(parseBeatingProcess(fields({ timeNamespace: 'time:[1]' }))).toEqual({ ...PROCESS, timeNamespace: 'time:[1]' });
    expect(parseBeatingProcess(fields({ timeNamespace: 7 }))).toBeNull();
  });

  it.each([{ pid: 0 }, { pid: -1 }, { pid: 1.5 }, { pid: '7' }, { leaseMs: 0 }, { leaseMs: Infinity }, { leaseMs: 8 * 86_400_000 }, { host: 7 }, { bootId: null }, { startTime: undefined }])(
    'is none with %j',
    (more) => expect(parseBeatingProcess(fields(more))).toBeNull(),
  ); // prettier-ignore
});
