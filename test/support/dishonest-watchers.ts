import { watch } from 'node:fs';
import type { FolderEvents } from '../../src/fs/folder-watch.ts';
import { randomNumbers } from './random.ts';

/** The events of a real folder, as somebody tells of them who is not to be trusted: each comes with the way to tell of it. */
function distorted(tell: (onEvent: () => void) => () => void): FolderEvents {
  return async (directory, onEvent) => {
    const watcher = watch(directory, tell(onEvent));
    watcher.on('error', () => undefined);
    return async () => watcher.close();
  };
}

/** Whom a reader may be told by that something changed in its folder. The timer has to do where they do not tell the truth. */
export const WATCHERS: Readonly<Record<string, boolean | FolderEvents>> = {
  'that is off': false,
  'of the system': true,
  'that says nothing': async () => async () => undefined,
  'that can not be started': () => Promise.reject(new Error('ENOSPC: no watches left')),
  'that never gets ready': () => new Promise(() => undefined),
  'that loses nearly all': distorted((onEvent) => {
    const random = randomNumbers(1);
    return () => void (random() < 0.002 && onEvent());
  }),
  'that says everything twenty times': distorted((onEvent) => () => {
    for (let times = 20; times > 0; times -= 1) onEvent();
  }),
  'that says things late and in any order': distorted((onEvent) => {
    const random = randomNumbers(2);
    const held: (() => void)[] = [];
    return () => {
      held.push(onEvent);
      if (held.length > 40) held.splice(Math.floor(random() * held.length), 1)[0]?.();
    };
  }),
  'that falls silent': distorted((onEvent) => {
    let left = 3;
    return () => {
      left -= 1;
      if (left >= 0) onEvent();
    };
  }),
  'that tells of what did not happen': async (_, onEvent) => {
    const timer = setInterval(onEvent, 1);
    return async () => clearInterval(timer);
  },
};
