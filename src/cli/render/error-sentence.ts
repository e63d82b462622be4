import { DiskError } from '../../errors.ts';
import { formatSentence } from './visible-text.ts';

/** An error, on one line, for whoever typed the command. */
export function describeError(error: unknown): string {
  // The library's words are for a disk that is broken, and this one only says no.
  if (error instanceof DiskError && isReading(error) && (error.errno === 'EACCES' || error.errno === 'EPERM')) {
    return `${formatSentence(error.path)} can't be read (${error.errno}). Give this user permission to read it.`;
  }
  return formatSentence(error instanceof Error ? error.message : String(error));
}

function isReading({ operation }: DiskError): boolean {
  return operation === 'read' || operation === 'open';
}
