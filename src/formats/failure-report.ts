import { type FailureReason, parseReason } from './failure-reason.ts';

/** What lies beside a file that was given up: `<name>.error.json`, for people and for `failed()`. */
export interface FailureReport {
  /** The message's own name. */
  readonly name: string;
  /** So many attempts were made. */
  readonly attempt: number;
  /** Who made the last. */
  readonly consumer: string;
  /** When, by that one's clock, as ISO 8601. */
  readonly at: string;
  readonly error: FailureReason;
}

const SUFFIX = '.error.json';

/** As long as such a file may be, in bytes. */
export const REPORT_BYTES = 64 * 1024;

/** The name of the report beside a file. */
export function formatReportName(file: string): string {
  return `${file}${SUFFIX}`;
}

/** The name of the file that a report lies beside; null if it is no report. */
export function reportedFile(report: string): string | null {
  return report.endsWith(SUFFIX) ? report.slice(0, -SUFFIX.length) : null;
}

export function formatReport(report: FailureReport): string {
  const { name, attempt, consumer, at, error } = report;
  return `${JSON.stringify({ name, attempt, consumer, at, error }, null, 2)}\n`;
}

/** What a report says; null if it makes no sense. */
export function parseReport(text: string): FailureReport | null {
  try {
    const { name, attempt, consumer, at, error } = JSON.parse(text) as Partial<Record<keyof FailureReport, unknown>>;
    if (typeof name !== 'string' || typeof attempt !== 'number') return null;
    return { name, attempt, consumer: String(consumer), at: String(at), error: parseReason(JSON.stringify(error ?? '')) };
  } catch {
    return null;
  }
}
