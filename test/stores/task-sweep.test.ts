import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disk } from '../../src/fs/disk.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { FileStore } from '../../src/stores/file-store.ts';
import type { TaskClaim, TaskStore } from '../../src/stores/store.ts';
import { mortal } from '../support/mortal.ts';
import { tempFolder } from '../support/temp-folder.ts';

const A_DAY_S = 24 * 60 * 60;

/** A store on the real disk, whose files can be made old. */
class Ground {
  readonly directory = `${tempFolder()}/store`;

  open(fs: FileSystem = disk): Promise<TaskStore> {
    return new FileStore(`file:${this.directory}`, { fileSystem: fs, durability: 'process' }).tasks('tasks', 'jobs', { leaseMs: 30_000 });
  }

  path(...names: readonly string[]): string {
    return [this.directory, 'tasks/jobs', ...names].join('/');
  }

  names(folder: 'stages' | 'checkpoints' | 'consumers'): string[] {
    return readdirSync(this.path('.dibs', folder));
  }

  write(folder: 'stages' | 'checkpoints' | 'consumers', name: string, { ageS = 0 } = {}): void {
    const path = this.path('.dibs', folder, name);
    writeFileSync(path, 'left behind');
    const then = Date.now() / 1_000 - ageS;
    utimesSync(path, then, then);
  }
}

async function claimed(tasks: TaskStore, id = 'a'): Promise<TaskClaim> {
  await tasks.create(id, 'pending', {});
  const seen = await tasks.read(id);
  const claim = seen?.kind === 'task' ? await tasks.claim(seen, 'running') : undefined;
  if (claim === undefined) throw new Error(`${id} was not claimed.`);
  return claim;
}

/** Who of them has a claim, as its file is named. */
function holderOf(ground: Ground, id = 'a'): string {
  const name = readdirSync(ground.path('running')).find((file) => file.startsWith(`${id}.json.`));
  return name?.slice(`${id}.json.`.length, -'.wip'.length) ?? 'nobody';
}

describe('whoever opens a store', () => {
  it('removes the outcome, and then the heartbeat, of somebody dead whose claim is gone', async () => {
    const ground = new Ground();
    await claimed(await ground.open(mortal(disk)));
    ground.write('stages', `a.json.${holderOf(ground)}.settling`);
    await ground.open();
    // The claim is there still: whoever takes it over is to be told who had it.
    expect([ground.names('stages').length, ground.names('consumers').length]).toEqual([1, 1]);
    const next = await ground.open();
    await next.settle(await claimed(next), 'succeeded', {});
    await next.dispose();
    await ground.open();
    expect([ground.names('stages'), ground.names('consumers')]).toEqual([[], []]);
  });

  it('touches nothing of the living, however old', async () => {
    const ground = new Ground();
    const tasks = await ground.open();
    const claim = await claimed(tasks);
    await tasks.checkpoint(claim, { row: 1 });
    const holder = readdirSync(ground.path('running'))[0]?.replace(/^a~[a-z0-9]+\.json\.(.*)\.wip$/, '$1') ?? 'nobody';
    ground.write('stages', `other.json.${holder.replace(/\d+a1$/, '99a1')}.settling`, { ageS: 2 * A_DAY_S });
    const then = Date.now() / 1_000 - 2 * A_DAY_S;
    for (const name of ground.names('checkpoints')) utimesSync(ground.path('.dibs/checkpoints', name), then, then);
    await ground.open();
    expect([ground.names('stages').length, ground.names('checkpoints').length, ground.names('consumers').length]).toEqual([1, 1, 1]);
    expect(await tasks.settle(claim, 'succeeded', {})).toBe(true);
    await tasks.dispose();
  });

  it('removes what means nothing to anybody once it is a day old, and not before', async () => {
    const ground = new Ground();
    await ground.open();
    for (const [age, ageS] of [
      ['old', A_DAY_S + 60],
      ['new', A_DAY_S - 60],
    ] as const) {
      ground.write('stages', `${age}.json.k4f`, { ageS });
      ground.write('stages', `stage.${age}`, { ageS });
      ground.write('stages', `${age}.json.gone-1-0123abcd-1a1.settling`, { ageS });
      ground.write('stages', `${age} somebody else's`, { ageS });
      ground.write('checkpoints', `${age}.json.k4f`, { ageS });
      ground.write('consumers', `torn-1-${age === 'old' ? '0' : '1'}123abcd`, { ageS });
    }
    await ground.open();
    expect(ground.names('stages').toSorted()).toEqual(
      ["new somebody else's", 'new.json.gone-1-0123abcd-1a1.settling', 'new.json.k4f', "old somebody else's", 'stage.new'].toSorted(),
    );
    expect([ground.names('checkpoints'), ground.names('consumers')]).toEqual([['new.json.k4f'], ['torn-1-1123abcd']]);
  });

  it('keeps what was written down by who gave a task back, as long as that is what it comes to', async () => {
    const ground = new Ground();
    const tasks = await ground.open();
    const claim = await claimed(tasks);
    await tasks.checkpoint(claim, { row: 1 });
    await tasks.release(claim);
    const then = Date.now() / 1_000 - 2 * A_DAY_S;
    for (const name of ground.names('checkpoints')) utimesSync(ground.path('.dibs/checkpoints', name), then, then);
    await ground.open();
    expect(await tasks.read('a')).toMatchObject({ checkpoint: { row: 1 } });
    await tasks.dispose();
  });

  it('goes on when the disk refuses the sweep', async () => {
    const ground = new Ground();
    await claimed(await ground.open(mortal(disk)));
    const refusing: FileSystem = {
      ...mortal(disk),
      scan: () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'scandir' })),
    };
    await expect(ground.open(refusing)).resolves.toBeDefined();
  });
});

it('stages anew what was swept while it stood still, and creates it once', async () => {
  const ground = new Ground();
  let swept = 0;
  const asleep: FileSystem = {
    ...mortal(disk),
    async link(from, to) {
      if (from.includes('/stages/a.json.') && swept < 2) {
        swept += 1;
        await disk.unlink(from);
      }
      return disk.link(from, to);
    },
  };
  const tasks = await ground.open(asleep);
  expect(await tasks.create('a', 'pending', { n: 1 })).toBe(true);
  expect(swept).toBe(2);
  expect(await tasks.read('a')).toMatchObject({ place: 'pending', fields: { n: 1 } });
  expect(existsSync(ground.path('pending/a.json'))).toBe(true);
});
