import { describe, expect, it } from 'vitest';
import { formatBeat, formatBeatingFile, formatReleased } from '../../src/formats/beating-record.ts';
import { LifeWatch } from '../../src/fs/life-watch.ts';
import type { ProcessStanding } from '../../src/fs/process-identity.ts';
import { manualClock, memoryDisk } from '../../src/testing/index.ts';
import { GONE } from '../support/folder-ground.ts';

const RECORD = { host: 'elsewhere', bootId: 'b', pidNamespace: 'n', pid: 7, startTime: '1', since: '', leaseMs: 1_000 };

async function watched(record: Readonly<Record<string, unknown>> = RECORD, standing?: (pid: { pid: number }) => ProcessStanding) {
  const fs = memoryDisk({ '/beats/one': formatBeatingFile(record) });
  const clock = manualClock();
  const watch = new LifeWatch(fs, { directory: '/beats', clock, leaseMs: 500, standing });
  let beats = 1;
  return {
    fs,
    clock,
    look: async () => (await watch.look(['one'])).get('one'),
    async write(text: string) {
      const file = await fs.open('/beats/one', 'update');
      file.write(new TextEncoder().encode(text), 0, text.length, 0);
      file.close();
    },
    beat() {
      return this.write(formatBeat((beats += 1)));
    },
  };
}

it('F-16 is silent, then dead when it stood still for the longer of both leases, of our own time, in looks that are close together', async () => {
  const { clock, look } = await watched();
  expect(await look()).toMatchObject({ standing: 'silent', isFinal: false, process: { pid: 7 } });
  for (let ms = 200; ms < 1_000; ms += 200) {
    await clock.advance(200);
    expect((await look())?.standing).toBe('silent');
  }
  await clock.advance(200);
  expect(await look()).toMatchObject({ standing: 'dead', isFinal: false });
});

it('is alive as long as it beats, whatever the clocks on the walls show', async () => {
  const it = await watched();
  await it.look();
  for (let time = 0; time < 30; time += 1) {
    it.clock.setWall(new Date(Date.UTC(1980 + 3 * time, 0, 1)));
    await it.clock.advance(300);
    await it.beat();
    expect((await it.look())?.standing).toBe('alive');
  }
});

it('F-46 begins anew when it has not looked for half of the lease itself', async () => {
  const { clock, look } = await watched();
  for (let time = 0; time < 20; time += 1) {
    expect((await look())?.standing).toBe('silent');
    await clock.advance(600);
  }
});

describe('is dead for certain, at once,', () => {
  it('when it took its leave', async () => {
    const { write, look } = await watched();
    await write(formatReleased());
    expect(await look()).toMatchObject({ standing: 'dead', isFinal: true });
  });

  it('when its process is gone from this machine', async () => {
    const { look } = await watched({ ...RECORD, ...GONE });
    expect(await look()).toMatchObject({ standing: 'dead', isFinal: true });
  });

  it('F-19 and not when that can not be told from here', async () => {
    for (const standing of ['unknown', 'alive'] as const) {
      const { look } = await watched(RECORD, () => standing);
      expect(await look()).toMatchObject({ standing: 'silent', isFinal: false });
    }
  });
});

it('of one without a file, or with a damaged one, the silence counts too', async () => {
  for (const text of [undefined, 'nonsense', '']) {
    const fs = memoryDisk({ '/beats/other': '', ...(text !== undefined && { '/beats/one': text }) });
    const clock = manualClock();
    const watch = new LifeWatch(fs, { directory: '/beats', clock, leaseMs: 1_000 });
    const standings: unknown[] = [];
    for (let time = 0; time < 6; time += 1) {
      standings.push((await watch.look(['one'])).get('one')?.standing);
      await clock.advance(250);
    }
    expect(standings).toEqual(['silent', 'silent', 'silent', 'silent', 'dead', 'dead']);
  }
});

it('forgets whom it is not asked for', async () => {
  const { fs, clock } = await watched();
  const watch = new LifeWatch(fs, { directory: '/beats', clock, leaseMs: 1_000 });
  for (let time = 0; time < 4; time += 1) {
    await watch.look(['one']);
    await clock.advance(250);
  }
  await watch.look([]);
  expect((await watch.look(['one', 'one'])).get('one')?.standing).toBe('silent');
});
