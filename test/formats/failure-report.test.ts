import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatReport, formatReportName, parseReport, REPORT_BYTES, reportedFile } from '../../src/formats/failure-report.ts';
import { describeFailure } from '../../src/formats/failure-reason.ts';

it('F-33 there and back, and readable by people', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1 }), fc.string(), (name, attempt, message) => {
      const report = {
        name,
        attempt,
        consumer: 'etl-1-7-abc',
        at: '2026-11-21T13:04:05.123Z',
        error: describeFailure(new RangeError(message)),
      };
      expect(parseReport(formatReport(report))).toEqual(report);
    }),
  );
  const text = formatReport({ name: 'a.tsv', attempt: 1, consumer: 'x', at: 'now', error: { name: 'Error', message: 'no' } });
  expect(text).toMatch(/^\{\n {2}"name": "a.tsv",\n/);
});

it.each(['', '{', 'null', '[]', '7', '{}', '{"name":1,"attempt":1}', '{"name":"a","attempt":"1"}'])('%j is no report', (text) => {
  expect(parseReport(text)).toBeNull();
});

it('whatever else lies there breaks nothing', () => {
  fc.assert(fc.property(fc.json(), (text) => void parseReport(text)));
  const odd = parseReport('{"name":"a","attempt":2,"error":{"message":{"deep":1}}}');
  expect(typeof odd?.error.message).toBe('string');
});

it('has a name of its own beside the file', () => {
  expect(formatReportName('a.tsv')).toBe('a.tsv.error.json');
  expect(reportedFile('a.tsv.error.json')).toBe('a.tsv');
  expect(reportedFile('a.tsv')).toBeNull();
  expect(REPORT_BYTES).toBe(65_536);
});
