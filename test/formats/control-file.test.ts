import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTROL_FILE_BYTES,
  type ControlRecord,
  formatControl,
  formatControlName,
  formatStamp,
  parseControl,
  parseControlName,
} from '../../src/formats/control-file.ts';
import { anyText } from '../support/any-text.ts';

const NAME = { type: 'helo', stamp: '20261121_130405_123456', pid: 4711 } as const;

const RECORD: ControlRecord = {
  ...NAME,
  uuid: '3d6f0a7e',
  createdBy: 'etl',
  hostName: 'etl-1',
  machineFQDN: 'etl-1.example.org',
  producer: 'extract',
  replaces: ['one', 'two'],
  beat: 'etl-1-4711-9f3ac2d1',
  reason: '',
};

/** What a PyMPX producer writes. */
const FOREIGN =
  '{"header": {"type": "helo", "createdUTCTimestamp": "20261121_130405_123456", "uuid": "u", "createdBy": "me", ' +
  '"hostName": "h", "machineFQDN": "h.example.org", "pid": "004711"}}';

it('a control file is never longer than a mebibyte', () => expect(CONTROL_FILE_BYTES).toBe(1_048_576));

describe('the name of a control file', () => {
  it('shows when, who and what', () => {
    expect(formatControlName(NAME)).toBe('20261121_130405_123456__004711.helo');
    expect(parseControlName('20261121_130405_123456__004711.helo')).toEqual(NAME);
    expect(parseControlName(formatControlName({ ...NAME, pid: 4_194_304 }))).toEqual({ ...NAME, pid: 4_194_304 });
  });

  it.each([
    '20261121_130405_123456__4711.helo',
    '20261121_130405_123456__004711.temphelo',
    '20261121_130405_123456__004711.HELO',
    '20261121_130405_12345__004711.done',
    ' 20261121_130405_123456__004711.done',
    '20261121_130405_123456__004711.done\n',
    '.helo',
    '',
  ])('is not %j', (file) => expect(parseControlName(file)).toBeNull());

  it('holds a thousand of them in a millisecond, and whatever a clock shows', () => {
    const time = new Date('2026-11-21T13:04:05.123Z');
    expect([0, 999, 1000, 2001].map((micros) => formatStamp(time, micros).slice(-6))).toEqual(['123000', '123999', '124000', '125001']);
    for (const ms of [-1e15, -1, 8.64e15, Number.NaN]) {
      const name = formatControlName({ ...NAME, stamp: formatStamp(new Date(ms), 7) });
      expect(parseControlName(name)?.stamp).toBe(formatStamp(new Date(ms), 7));
    }
  });
});

describe('what a control file says', () => {
  it('is read as it was written', () => {
    const text = anyText(20);
    fc.assert(
      fc.property(fc.record({ createdBy: text, hostName: text, producer: text, reason: text, replaces: fc.array(text) }), (facts) => {
        const written = { ...RECORD, ...facts };
        // One without a name has nothing of ours to say.
        const kept = written.producer === '' ? { ...written, replaces: [], beat: '', reason: '' } : written;
        expect(parseControl(formatControl(written), NAME)).toEqual(kept);
        expect(formatControl(written)).toMatch(/^[^\n]*\n$/);
      }),
    );
  });

  it('is what a foreign producer says: one without a name, that never beats and so is never lost', () => {
    expect(parseControl(FOREIGN, NAME)).toMatchObject({ uuid: 'u', machineFQDN: 'h.example.org', producer: '', beat: '', replaces: [] });
  });

  it('has the header first and in the order of others', () => {
    const { header } = JSON.parse(formatControl(RECORD));
    expect(Object.keys(header)).toEqual(Object.keys(JSON.parse(FOREIGN).header));
    expect(header.pid).toBe('004711');
  });

  it('says no more than there is to say', () => {
    const bare = formatControl({ ...RECORD, replaces: [], beat: '' });
    expect(bare.slice(bare.indexOf('"dibs"'))).toBe('"dibs":{"producer":"extract"}}\n');
    const full = formatControl({ ...RECORD, type: 'failed', reason: 'no rows' });
    const said = '"producer":"extract","replaces":["one","two"],"beat":"etl-1-4711-9f3ac2d1","reason":"no rows"';
    expect(full.slice(full.indexOf('"dibs"'))).toBe(`"dibs":{${said}}}\n`);
  });

  it('may give its process as a number', () => {
    expect(parseControl(FOREIGN.replace('"004711"', '4711'), NAME)).toMatchObject({ pid: 4711 });
  });

  it.each([
    ['', NAME],
    ['7', NAME],
    ['"text"', NAME],
    ['{"header":null}', NAME],
    ['{"header":"helo"}', NAME],
    ['null', NAME],
    ['[]', NAME],
    ['{"header":[]}', NAME],
    [FOREIGN.slice(0, -1), NAME],
    [FOREIGN.replace('"helo"', '"done"'), NAME],
    [FOREIGN.replace('"004711"', '"004712"'), NAME],
    [FOREIGN.replace('"004711"', '[4711]'), NAME],
    [FOREIGN.replace('"004711"', 'null'), { ...NAME, pid: 0 }],
    [FOREIGN.replace('"u"', '""'), NAME],
    [FOREIGN.replace('"u"', '7'), NAME],
    [FOREIGN.replace('"h.example.org"', 'null'), NAME],
  ])('is nothing if it is no whole sentence of that file: %s', (text, name) => expect(parseControl(text, name)).toBeNull());

  it('names no heartbeat that lies elsewhere, and replaces nothing but names', () => {
    const said = JSON.parse(formatControl(RECORD));
    for (const beat of ['../../etc/passwd', 'a/b', '', '.', 7, null, 'x'.repeat(65)]) {
      const text = JSON.stringify({ ...said, dibs: { ...said.dibs, beat, replaces: ['one', 7, null, { two: 2 }] } });
      expect(parseControl(text, NAME)).toMatchObject({ beat: '', replaces: ['one'] });
    }
    expect(parseControl(JSON.stringify({ ...said, dibs: 'x' }), NAME)).toMatchObject({ producer: '', replaces: [] });
  });

  it('is believed whole or not at all, whatever byte is missing', () => {
    const text = formatControl(RECORD);
    for (let length = 0; length < text.length - 1; length += 1) expect(parseControl(text.slice(0, length), NAME)).toBeNull();
  });

  it('never throws, whatever it holds', () => {
    fc.assert(fc.property(fc.json(), (json) => void parseControl(json, NAME)));
    fc.assert(fc.property(fc.json(), (json) => void parseControl(`{"header":${json},"dibs":${json}}`, NAME)));
    fc.assert(fc.property(anyText(60), (text) => void [parseControl(text, NAME), parseControlName(text)]));
  });
});
