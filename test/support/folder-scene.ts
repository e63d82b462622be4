import { formatBeatingFile } from '../../src/formats/beating-record.ts';
import { formatControl, formatControlName, type ControlRecord } from '../../src/formats/control-file.ts';
import { FOLDER_MANIFEST_FORMAT, formatFolderManifest } from '../../src/formats/folder-manifest.ts';
import { formatRecord } from '../../src/formats/json-record.ts';
import { processIdentity } from '../../src/fs/process-identity.ts';

/** What lies in `/q`, by path from there, written as others would have: a path that ends with a slash is an empty directory. */
export function folderOf(files: Readonly<Record<string, string>> = {}, { maxAttempts = 3 } = {}): Record<string, string> {
  const manifest = formatRecord(FOLDER_MANIFEST_FORMAT, formatFolderManifest({ extension: '.tsv', maxAttempts }));
  const all = {
    '.dibs/queue.json': manifest,
    '.dibs/consumers/': '',
    '.dibs/producers/': '',
    '.dibs/stages/': '',
    ...files,
  };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [`/q/${path}`, text]));
}

/** - `here`: this process  - `gone`: one of this machine that is no more  - `elsewhere`: it can't be told from here */
export type Whereabouts = 'here' | 'gone' | 'elsewhere';

/** A heartbeat that stands still. */
export function beatOf(where: Whereabouts, leaseMs = 30_000): string {
  const self = processIdentity();
  const startTime = where === 'gone' ? self.startTime.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) : self.startTime;
  const bootId = where === 'elsewhere' ? 'another' : self.bootId;
  const host = where === 'elsewhere' ? 'etl-2' : self.host;
  return formatBeatingFile({ ...self, host, bootId, startTime, since: '2026-11-21T13:04:05.123Z', leaseMs });
}

/** One word of a producer, as a file. */
export function wordOf(type: ControlRecord['type'], record: Partial<ControlRecord> = {}): Record<string, string> {
  const whole: ControlRecord = {
    type,
    stamp: '20261121_130405_123456',
    uuid: 'one',
    createdBy: 'etl',
    hostName: 'etl-1',
    machineFQDN: 'etl-1.example.org',
    pid: 4711,
    producer: 'extract',
    replaces: [],
    beat: '',
    reason: '',
    ...record,
  };
  return { [formatControlName(whole)]: formatControl(whole) };
}

/** The files below a directory, by path from there. */
export function below(directory: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(files).filter(([path]) => path.startsWith(`${directory}/`));
  return Object.fromEntries(found.map(([path, text]) => [path.slice(directory.length + 1), text]));
}

/** The names in a folder with what differs from run to run taken out of them. */
export function names(files: Readonly<Record<string, string>>): string[] {
  return Object.keys(files)
    .map((name) => name.replace(/\.[0-9a-z]+a(\d+)\.again$/, '.<token>a$1.again'))
    .sort();
}
