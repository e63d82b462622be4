import { expect, it } from 'vitest';
import { formatReportName } from '../../src/formats/failure-report.ts';
import { formatKeptName, parseKeptName, parseKeptReport } from '../../src/formats/kept-name.ts';

it.each(['a.tsv', 'n~1.tsv', 'a.tsv~7.tsv', 'ä b.tsv'])('there and back: %s', (name) => {
  expect(parseKeptName(name, '.tsv')).toBe(name);
  const kept = formatKeptName(name, 1_835_042n);
  expect(parseKeptName(kept, '.tsv')).toBe(name);
  expect(parseKeptName(`${kept}336e33498a1d1`, '.tsv')).toBe(name);
  for (const file of [name, kept]) expect(parseKeptReport(formatReportName(file), '.tsv')).toEqual({ file, name });
});

it.each([
  'a.csv',
  'a.tsv~',
  'a.tsv~x',
  '.tsv~1',
  'a.tsv.error.json',
  '.stage-k1',
  'a.tsv.etl-1-7-aa-1a1.wip',
  'x\na.tsv~1',
  'a.tsv~1!',
  'a.tsv~1\n',
  '',
])('refuses %s', (file) => {
  expect(parseKeptName(file, '.tsv')).toBeNull();
});

it.each(['a.tsv', 'a.error.json', '.error.json'])('takes %s for no report', (file) => {
  expect(parseKeptReport(file, '.tsv')).toBeNull();
});

it('tells a report from a message that ends with .json too', () => {
  expect(parseKeptName('a.json', '.json')).toBe('a.json');
  expect(parseKeptName('b.error.json', '.json')).toBe('b.error.json');
  expect(parseKeptName('a.json.error.json', '.json')).toBeNull();
  expect(parseKeptReport('a.json.error.json', '.json')).toEqual({ file: 'a.json', name: 'a.json' });
});
