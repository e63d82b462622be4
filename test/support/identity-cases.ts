import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Container, whyNoTimeNamespaces } from './container.ts';
import { ContendedFolder } from './contended-folder.ts';
import { ContendedQueue } from './contended-queue.ts';
import { sayIfSkipped } from './missing-tools.ts';

const LEASE_MS = 1_000;
/** Longer than any test: whoever waits for it fails. */
const NEVER_MS = 600_000;
const SOON_MS = 60_000;

/** Two containers under one host name, and a number that no process has in either. */
export interface Scene {
  readonly place: string;
  readonly here: Container;
  readonly there: Container;
  readonly pid: number;
}

/** Two processes that could be taken for one, or one for two; gives what is wrong. */
export type IdentityCase = (scene: Scene) => Promise<string[]>;

/** The id of a boot that is not this one. */
function otherBoot({ place }: Scene): string {
  mkdirSync(place, { recursive: true });
  const file = join(place, 'boot-id');
  writeFileSync(file, '00000000-1111-4222-8333-444444444444\n');
  return file;
}

/** How long something took, in leases. */
async function leasesOf(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / LEASE_MS;
}

/** Between time namespaces, in which each start time looks different. */
const SHIFTED_CASES: Readonly<Record<string, IdentityCase>> = {
  'a living reader keeps its file, though another time namespace shows it with another start time': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, LEASE_MS, { isShifted: true });
    const other = await folder.reader('other', scene.here, LEASE_MS);
    folder.expect('what it gets', await other.get(2 * LEASE_MS), 'ERR_QUEUE_TIMEOUT');
    folder.expect('done', await holder.done(), undefined);
    await holder.end();
    await other.end();
    return folder.judge();
  },

  'a living owner keeps its queue, though another time namespace shows it with another start time, and is succeeded when it is dead':
    async (scene) => {
      const values = new ContendedQueue(scene.place);
      const owner = await values.owner(scene.here, LEASE_MS);
      const heir = await values.candidate('heir', scene.here, LEASE_MS, { isShifted: true });
      values.expect('its open', await heir.open(), 'ERR_QUEUE_LOCKED');
      values.expect('done', await owner.done(), undefined);
      await owner.kill();
      await values.finish(heir);
      return values.judge();
    },
};

export const IDENTITY_CASES: Readonly<Record<string, IdentityCase>> = {
  'a reader keeps its file, though the other has its host name and its number': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, LEASE_MS, scene);
    const other = await folder.reader('other', scene.there, LEASE_MS, scene);
    folder.expect('what it gets', await other.get(2 * LEASE_MS), 'ERR_QUEUE_TIMEOUT');
    folder.expect('done', await holder.done(), undefined);
    folder.expect('what is left', await other.get(SOON_MS), null);
    await holder.end();
    await other.end();
    return folder.judge();
  },

  'what a dead reader had is found, though the other has its host name and its number': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, LEASE_MS, scene);
    const other = await folder.reader('other', scene.there, LEASE_MS, scene);
    await holder.kill();
    await folder.finish(other);
    return folder.judge();
  },

  'an owner keeps its queue, and is succeeded when it is dead, though the heir has its host name and its number': async (scene) => {
    const values = new ContendedQueue(scene.place);
    const owner = await values.owner(scene.here, LEASE_MS, scene);
    const heir = await values.candidate('heir', scene.there, LEASE_MS, scene);
    values.expect('its open', await heir.open(), 'ERR_QUEUE_LOCKED');
    values.expect('done', await owner.done(), undefined);
    await owner.kill();
    await values.finish(heir);
    return values.judge();
  },

  'what a dead reader had comes back at once when somebody else has its number': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, NEVER_MS, scene);
    await holder.kill();
    const stranger = await scene.here.start(['sleep', '600'], scene);
    await folder.finish(await folder.reader('other', scene.here, NEVER_MS));
    await stranger.kill();
    return folder.judge();
  },

  'what a dead reader had comes back at once to one that has its number': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, NEVER_MS, scene);
    await holder.kill();
    await folder.finish(await folder.reader('other', scene.here, NEVER_MS, scene));
    return folder.judge();
  },

  'a dead owner is succeeded at once when somebody else has its number': async (scene) => {
    const values = new ContendedQueue(scene.place);
    const owner = await values.owner(scene.here, NEVER_MS, scene);
    await owner.kill();
    const stranger = await scene.here.start(['sleep', '600'], scene);
    await values.finish(await values.candidate('heir', scene.here, NEVER_MS));
    await stranger.kill();
    return values.judge();
  },

  'a dead owner is succeeded at once by one that has its number': async (scene) => {
    const values = new ContendedQueue(scene.place);
    const owner = await values.owner(scene.here, NEVER_MS, scene);
    await owner.kill();
    await values.finish(await values.candidate('heir', scene.here, NEVER_MS, scene));
    return values.judge();
  },

  'after a reboot a process that has the number and the start time of a reader keeps its file for no more than a lease': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, LEASE_MS, scene);
    // It lives, and beats no more, as one of the same number would that has nothing to do with us.
    await holder.stop();
    const other = await folder.reader('other', scene.here, LEASE_MS, { bootId: otherBoot(scene) });
    const leases = await leasesOf(() => folder.finish(other));
    if (leases < 0.5) folder.wrong.push(`found after ${leases} leases: nobody could know so soon`);
    await holder.go();
    folder.expect('its late done', await holder.done(), 'ERR_CLAIM_LOST');
    await holder.end();
    return folder.judge();
  },

  'a reader of another boot that beats keeps its file': async (scene) => {
    const folder = new ContendedFolder(scene.place);
    const holder = await folder.holder(scene.here, LEASE_MS, { pid: scene.pid, bootId: otherBoot(scene) });
    const other = await folder.reader('other', scene.here, LEASE_MS);
    folder.expect('what it gets', await other.get(2 * LEASE_MS), 'ERR_QUEUE_TIMEOUT');
    folder.expect('done', await holder.done(), undefined);
    await holder.end();
    await other.end();
    return folder.judge();
  },

  'after a reboot a process that has the number and the start time of an owner keeps its queue for no more than a lease': async (scene) => {
    const values = new ContendedQueue(scene.place);
    const owner = await values.owner(scene.here, LEASE_MS, scene);
    await owner.stop();
    const heir = await values.candidate('heir', scene.here, LEASE_MS, { bootId: otherBoot(scene) });
    const leases = await leasesOf(async () => values.expect('its open', await heir.open(), undefined));
    if (leases < 0.5) values.wrong.push(`succeeded after ${leases} leases: nobody could know so soon`);
    await owner.go();
    values.expect('the late put', await owner.put('late'), 'ERR_QUEUE_TAKEN');
    await owner.kill();
    await heir.workOff();
    return values.judge();
  },

  'after a reboot an owner is succeeded after a lease, though a stranger has its number': async (scene) => {
    const values = new ContendedQueue(scene.place);
    const owner = await values.owner(scene.here, LEASE_MS, scene);
    await owner.kill();
    const stranger = await scene.here.start(['sleep', '600'], scene);
    const heir = await values.candidate('heir', scene.here, LEASE_MS, { bootId: otherBoot(scene) });
    const leases = await leasesOf(async () => values.expect('its open', await heir.open(), undefined));
    if (leases < 0.5) values.wrong.push(`succeeded after ${leases} leases: nobody could know so soon`);
    await heir.workOff();
    await stranger.kill();
    return values.judge();
  },

  ...(sayIfSkipped('processes of two time namespaces', 2, whyNoTimeNamespaces()) ? SHIFTED_CASES : {}),
};
