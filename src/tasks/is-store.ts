import { hasMethods } from '../queues/check-options.ts';

/** Whether it is a store that is open, of this package or of another one. */
export function isStore(value: unknown): boolean {
  return hasMethods(value, 'tasks', 'names', 'shelf', 'remove', 'dispose');
}
