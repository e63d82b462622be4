import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchFolder } from '../../src/fs/folder-watch.ts';
import type { FolderEvents, FolderWatch, FolderWatchOptions } from '../../src/fs/folder-watch.ts';
import { manualClock } from '../../src/testing/index.ts';
import { tempFolder } from '../support/temp-folder.ts';

const POLL = 1_000;

/** A watch by hand: its clock and its events are the test's. */
function watchByHand(options: Partial<FolderWatchOptions> = {}) {
  const clock = manualClock();
  const seen: number[] = [];
  let change: () => void = () => undefined;
  let isWatching = false;
  const events: FolderEvents = async (_directory, onEvent) => {
    change = onEvent;
    isWatching = true;
    return async () => void (isWatching = false);
  };
  const watch = watchFolder('/q', () => seen.push(clock.monotonic()), { pollMs: POLL, clock, events, ...options });
  return { clock, seen, watch, change: () => change(), isWatching: () => isWatching };
}

describe('by the timer', () => {
  it('looks again and again though no event ever comes', async () => {
    const { clock, seen } = watchByHand({ events: false });
    await clock.advance(3.5 * POLL);
    expect(seen).toEqual([POLL, 2 * POLL, 3 * POLL]);
  });

  it.each([
    ['can’t be started', () => Promise.reject(new Error('no more watches'))],
    ['never gets ready', () => new Promise(() => undefined)],
    ['drops everything', async () => async () => undefined],
    ['can’t be ended', async () => () => Promise.reject(new Error('gone'))],
  ] as [string, FolderEvents][])('looks again though the source of events %s', async (_what, events) => {
    const { clock, seen, watch } = watchByHand({ events });
    await clock.advance(3 * POLL);
    expect(seen).toEqual([POLL, 2 * POLL, 3 * POLL]);
    watch.stop();
    await nextTurn();
  });
});

describe('by events', () => {
  it('looks soon after a change, and counts on from there', async () => {
    const { clock, seen, change } = watchByHand();
    await clock.advance(500);
    change();
    await clock.advance(POLL + 10);
    expect(seen).toEqual([500, 500 + POLL]);
  });

  it('looks once for a burst, and once more after it', async () => {
    const { clock, seen, change } = watchByHand();
    await clock.advance(500);
    for (let i = 0; i < 100; i += 1) {
      change();
      await clock.advance(1);
    }
    await clock.advance(60);
    expect(seen).toEqual([500, 550, 600]);
  });

  it('looks no more once it is stopped, and ends the source', async () => {
    const { clock, seen, change, watch, isWatching } = watchByHand();
    await clock.advance(10);
    expect(isWatching()).toBe(true);
    change();
    await clock.advance(1);
    change();
    watch.stop();
    watch.stop();
    change();
    await clock.advance(5 * POLL);
    expect(seen).toEqual([10]);
    expect([isWatching(), clock.pending]).toEqual([false, 0]);
  });

  it('ends a source that gets ready after the stop', async () => {
    const { clock, seen, watch, isWatching } = watchByHand();
    watch.stop();
    await clock.advance(POLL);
    expect([isWatching(), seen]).toEqual([false, []]);
  });
});

describe('on a real folder', () => {
  /** Resolves at the next look. */
  function looks(directory: string): { next(): Promise<void>; watch: FolderWatch } {
    let seen: () => void = () => undefined;
    const watch = watchFolder(directory, () => seen(), { pollMs: 1e9 });
    onTestFinished(() => watch.stop());
    return { next: () => new Promise((resolve) => (seen = resolve)), watch };
  }

  it('looks when the source is ready, and when a file comes, grows, or goes', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'there'), '');
    const { next } = looks(folder);
    await next();
    const changes = [
      () => writeFileSync(join(folder, 'new'), 'x'),
      () => appendFileSync(join(folder, 'there'), 'y'),
      () => rmSync(join(folder, 'there')),
    ];
    for (const change of changes) {
      const seen = next();
      change();
      await seen;
    }
  });

  it('does not mind a folder that is not there, or goes away', async () => {
    const folder = join(tempFolder(), 'sub');
    const absent = watchFolder(folder, () => undefined, { pollMs: 1e9 });
    await nextTurn();
    absent.stop();
    mkdirSync(folder);
    const { next, watch } = looks(folder);
    await next();
    rmSync(folder, { recursive: true });
    await next();
    watch.stop();
  });

  it('keeps no process alive once it is stopped, however soon', () => {
    const script = `
      import { watchFolder } from ${JSON.stringify(new URL('../../dist/fs/folder-watch.js', import.meta.url).href)};
      const watch = watchFolder('.', () => { watch.stop(); later.stop(); }, { pollMs: 1e8 });
      const later = watchFolder('.', () => undefined, { pollMs: 1e8 });
      watchFolder('.', () => undefined, { pollMs: 1e8 }).stop();
    `;
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: tempFolder(), timeout: 20_000 });
  });
});
