import type { FailureReason } from '../../formats/failure-reason.ts';
import { formatSentence } from './visible-text.ts';

/** Why something was given up, on one line. */
export function formatReason({ name, message }: FailureReason): string {
  return formatSentence(name === 'Error' || message.startsWith(`${name}:`) ? message : `${name}: ${message}`);
}
