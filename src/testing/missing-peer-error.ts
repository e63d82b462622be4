import { WorkQueueError } from '../errors.ts';

/** An optional package is missing. */
export class MissingPeerError extends WorkQueueError {
  readonly code = 'ERR_MISSING_PEER';
  readonly peer: string;

  constructor(peer: string, wantedBy: string, options?: ErrorOptions) {
    super(`${wantedBy} needs ${peer}, which is not installed. Run: npm i ${peer}`, options);
    this.peer = peer;
  }
}
