import { hasMethods, show } from './check-options.ts';

/** @throws TypeError for what is no end of a channel: a `Worker`, a `ChildProcess`, a `MessagePort`, or the `process` of a forked child */
export function assertEnd(operation: 'share' | 'attach', end: unknown): void {
  if (hasMethods(end, 'on', 'off') && (hasMethods(end, 'postMessage') || hasMethods(end, 'send'))) return;
  const wants = operation === 'share' ? 'a Worker, a ChildProcess or a MessagePort' : 'a MessagePort, or the process of a forked child';
  throw new TypeError(`${operation} takes ${wants}, got ${show(end)}.`);
}
