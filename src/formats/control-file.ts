/**
 * A producer's words in a folder: HELO when it begins, DONE when that was all, FAILED when it can't go on. Each is a file,
 * whole from its first moment, in the layout that programs written for PyMPX understand:
 *
 *     20261121_130405_123456__004711.helo
 *     {"header":{"type":"helo","createdUTCTimestamp":"20261121_130405_123456","uuid":"…","createdBy":"etl",
 *      "hostName":"etl-1","machineFQDN":"etl-1.example.org","pid":"004711"},"dibs":{…}}
 *
 * `dibs` is ours: the producer's name, what it replaces, how it shows that it lives, why it failed. Others need not have it.
 */

export type ControlType = 'helo' | 'done' | 'failed';

export interface ControlName {
  readonly type: ControlType;
  /** `YYYYMMDD_HHMMSS_ffffff`, by its producer's clock. For people: nothing is decided by it. */
  readonly stamp: string;
  readonly pid: number;
}

/** What a control file says. One run of a producer is known by uuid, machine and process together. */
export interface ControlRecord {
  readonly type: ControlType;
  readonly stamp: string;
  readonly uuid: string;
  readonly createdBy: string;
  readonly hostName: string;
  readonly machineFQDN: string;
  readonly pid: number;
  /** The producer's name; empty for one that has none. */
  readonly producer: string;
  /** The earlier runs of that name whose words count no more. */
  readonly replaces: readonly string[];
  /** Its file in `.dibs/producers` beats as long as it lives; empty for one that never beats, and so never is lost. */
  readonly beat: string;
  /** Why it failed; empty for anything else. */
  readonly reason: string;
}

const NAME = /^(\d{8}_\d{6}_\d{6})__(\d{6,10})\.(helo|done|failed)$/;

/** As long as such a file may be, in bytes: what is longer is none, and is not read into memory. */
export const CONTROL_FILE_BYTES = 1024 * 1024;

export function formatControlName({ type, stamp, pid }: ControlName): string {
  return `${stamp}__${formatPid(pid)}.${type}`;
}

export function parseControlName(file: string): ControlName | null {
  const [, stamp, pid, type] = NAME.exec(file) ?? [];
  return stamp === undefined ? null : { type: type as ControlType, stamp, pid: Number(pid) };
}

/** The years that four digits can say. A clock may show any other. */
const FIRST_MS = Date.UTC(1970, 0, 1);
const LAST_MS = Date.UTC(9999, 11, 31);

/** A time as a stamp, in UTC, so many microseconds later. */
export function formatStamp(time: Date, micros = 0): string {
  const ms = Math.min(Math.max(time.getTime() || 0, FIRST_MS), LAST_MS) + Math.floor(micros / 1000);
  const [date = '', clock = ''] = new Date(ms).toISOString().split('T');
  const digits = clock.replaceAll(/\D/g, '');
  return `${date.replaceAll('-', '')}_${digits.slice(0, 6)}_${digits.slice(6)}${String(micros % 1000).padStart(3, '0')}`;
}

/** The time of a stamp, to the millisecond; null for what is none. */
export function parseStamp(stamp: string): Date | null {
  const [, year, month, day, hours, minutes, seconds, ms] = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)_(\d{3})\d{3}$/.exec(stamp) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

export function formatControl(record: ControlRecord): string {
  const { type, stamp, uuid, createdBy, hostName, machineFQDN, pid, producer, replaces, beat, reason } = record;
  const header = { type, createdUTCTimestamp: stamp, uuid, createdBy, hostName, machineFQDN, pid: formatPid(pid) };
  const dibs = { producer, ...(replaces.length > 0 && { replaces }), ...(beat !== '' && { beat }), ...(reason !== '' && { reason }) };
  return `${JSON.stringify(producer === '' ? { header } : { header, dibs })}\n`;
}

/** What a control file says, or null if that is no whole sentence: then nothing of it is believed. */
export function parseControl(text: string, name: ControlName): ControlRecord | null {
  const body = parseFields(text);
  const { type, uuid, createdBy, hostName, machineFQDN, pid } = fieldsOf(body['header']);
  if (type !== name.type || typeof uuid !== 'string' || uuid === '' || typeof machineFQDN !== 'string') return null;
  // Its name and its header speak of one process, or it was copied from elsewhere.
  if ((typeof pid !== 'string' && typeof pid !== 'number') || Number(pid) !== name.pid) return null;
  const { producer, replaces, beat, reason } = fieldsOf(body['dibs']);
  return {
    type: name.type,
    stamp: name.stamp,
    uuid,
    createdBy: textOf(createdBy),
    hostName: textOf(hostName),
    machineFQDN,
    pid: name.pid,
    producer: textOf(producer),
    replaces: Array.isArray(replaces) ? replaces.filter((one) => typeof one === 'string') : [],
    beat: /^[a-z0-9-]{1,64}$/.test(textOf(beat)) ? textOf(beat) : '',
    reason: textOf(reason),
  };
}

function formatPid(pid: number): string {
  return String(pid).padStart(6, '0');
}

function parseFields(text: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** What is no object has none that we ask for. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return { ...(value as object) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
