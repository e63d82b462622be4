import { describe, expect, it } from 'vitest';
import { isErrno } from '../../src/fs/errno.ts';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { explore, ExplorationFailed } from './explore.ts';
import type { Actor, Rename } from './explored-actor.ts';
import type { Play, World } from './explored-world.ts';

/** A file in `/`, and somebody who looks before he renames another over it. */
function careless(world: World): Play {
  const free = world.outside('before');
  void free.open('/a', 'append');
  void free.open('/b', 'append');
  const told: string[] = [];
  const act = (from: string) => async (_: unknown, fs: FileSystem) => {
    if (fs.exists('/taken')) return;
    if ((await fs.lstat('/taken')) !== undefined) return;
    await fs.rename(from, '/taken');
    told.push(from);
  };
  const check = (): void => {
    if (told.length > 1) throw new Error(`both took it: ${told.join()}`);
  };
  return { acts: { one: act('/a'), two: act('/b') }, check };
}

describe('explore', () => {
  it('reaches each state once, whatever the order', async () => {
    const found = await explore({}, () => {
      const act = async (self: { step(text: string): Promise<void> }): Promise<void> => {
        for (const text of ['1', '2', '3']) await self.step(text);
      };
      return { acts: { one: act, two: act } };
    });
    expect(found).toMatchObject({ states: 16, ends: 1, longest: 6, isCutOff: false });
  });

  it('says so when it stops before it has reached all', async () => {
    const act = async (self: Actor): Promise<void> => {
      for (const text of ['1', '2', '3']) await self.step(text);
    };
    const found = await explore({}, () => ({ acts: { one: act, two: act } }), { most: 8 });
    expect(found).toMatchObject({ isCutOff: true });
    expect(found.states).toBeLessThan(16);
  });

  it('finds what goes wrong in one order only, and by the fewest steps if it is to', async () => {
    const found = await explore({}, careless, { order: 'breadth' }).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(ExplorationFailed);
    expect(found).toMatchObject({
      message: expect.stringContaining('both took it'),
      steps: ['one: lstat /taken', 'two: lstat /taken', 'one: rename /a → /taken', 'two: rename /b → /taken'],
    });
    await expect(explore({}, careless)).rejects.toThrow('both took it');
  });

  it('kills who acts before any of its calls, and as often as it may', async () => {
    const ends = new Set<string>();
    const play = (world: World): Play => {
      const act = async (_: unknown, fs: FileSystem): Promise<void> => {
        for (const path of ['/1', '/2', '/3']) await fs.open(path, 'append');
      };
      return { acts: { one: act }, end: async () => void ends.add(Object.keys(world.disk.files()).join()) };
    };
    await explore({}, play);
    expect([...ends]).toEqual(['/1,/2,/3']);
    await explore({ kills: 1 }, play);
    expect([...ends].toSorted()).toEqual(['/1', '/1,/2', '/1,/2,/3']);
  });

  it('lets the reply to a call lie that was done, and to no other', async () => {
    const told: string[] = [];
    const play = (world: World): Play => {
      void world.outside('before').open('/a', 'append');
      const act = async (_: unknown, fs: FileSystem): Promise<void> => {
        const reply = await fs.link('/a', '/b').then(
          () => 'done',
          (error: unknown) => ['EEXIST', 'ENOENT'].find((code) => isErrno(error, code)) ?? 'another',
        );
        told.push(`${reply} ${fs.exists('/b')}`);
        await fs.unlink('/c').catch(() => undefined);
      };
      return { acts: { one: act } };
    };
    await explore({ lies: 1 }, play);
    expect(new Set(told)).toEqual(new Set(['done true', 'EEXIST true', 'ENOENT true']));
  });

  it('lists what comes or goes meanwhile, or not', async () => {
    const listed = new Set<string>();
    const play = (world: World): Play => {
      world.disk.mkdir('/d');
      void world.outside('before').open('/d/a', 'append');
      return {
        acts: {
          one: async (_, fs) => void listed.add((await fs.readdir('/d')).join()),
          two: (_, fs) => fs.rename('/d/a', '/d/b'),
        },
      };
    };
    await explore({}, play);
    expect([...listed].toSorted()).toEqual(['a', 'b']);
    await explore({ torn: true }, play);
    expect([...listed].toSorted()).toEqual(['', 'a', 'a,b', 'b']);
  });

  it('takes somebody for dead who is, and as often as it may somebody who lives', async () => {
    const found = new Set<string>();
    const play = (world: World): Play => {
      const two = world.actor('two');
      return {
        acts: {
          one: async (self) => {
            const isDead = await self.findsDead(two);
            found.add(`${isDead ? 'dead' : 'alive'}, and is ${two.isDead ? 'dead' : 'alive'}`);
          },
          two: async (self) => {
            await self.step('1');
            await self.step('2');
          },
        },
      };
    };
    await explore({ kills: 1 }, play);
    expect([...found].toSorted()).toEqual(['alive, and is alive', 'dead, and is dead']);
    await explore({ stalls: 1 }, play);
    expect([...found].toSorted()).toEqual(['alive, and is alive', 'dead, and is alive', 'dead, and is dead']);
  });

  it('knows a state again whatever random names stand in it', async () => {
    let tokens = 0x10000000;
    const found = await explore({ random: true }, () => {
      const act = async (_: unknown, fs: FileSystem): Promise<void> => {
        const path = `/${(tokens += 1).toString(16)}`;
        await fs.open(path, 'append');
        await fs.unlink(path);
      };
      return { acts: { one: act, two: act } };
    });
    expect(found).toMatchObject({ states: 9, ends: 1 });
  });

  it('takes two states for one in which only those have changed places who do the same, and still finds what goes wrong', async () => {
    const play =
      (alike: readonly string[], most: number) =>
      (world: World): Play => {
        world.disk.mkdir('/d');
        const saw: string[] = [];
        const act = async (self: Actor, fs: FileSystem): Promise<void> => {
          await fs.open(`/d/${self.name}`, 'append');
          if ((await fs.readdir('/d')).length > 1) saw.push(self.name);
        };
        const check = (): void => {
          if (saw.length > most) throw new Error(`all saw others: ${saw.length}`);
        };
        const memory = (rename: Rename): string => saw.map(rename).toSorted().join();
        return { acts: { one: act, two: act, three: act }, alike, check, memory };
      };
    const [all, fewer] = [await explore({}, play([], 3)), await explore({}, play(['one', 'two', 'three'], 3))];
    // What three who write and then look may see: 19 outcomes, 6 if it does not matter who is who.
    expect([all.states, all.ends, fewer.states, fewer.ends]).toEqual([93, 19, 33, 6]);
    await expect(explore({}, play(['one', 'two', 'three'], 2))).rejects.toThrow('all saw others: 3');
  });

  it('says so if the same choices lead to something else', async () => {
    let runs = 0;
    const act = async (self: { step(text: string): Promise<void> }): Promise<void> => {
      runs += 1;
      for (let step = 0; step < 5 - runs; step += 1) await self.step(String(step));
    };
    await expect(explore({}, () => ({ acts: { one: act, two: act } }))).rejects.toThrow('random');
  });
});
