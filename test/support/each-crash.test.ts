import { describe, expect, it } from 'vitest';
import type { FileSystem } from '../../src/fs/file-system.ts';
import { eachCrash } from './each-crash.ts';
import type { Crash } from './each-crash.ts';
import type { FaultyDisk } from './faulty-disk.ts';
import { Stopped } from './faulty-disk.ts';

type Step = (fs: FileSystem) => Promise<void>;

const TEXT = 'some rows';

const writeTo =
  (path: string, { sync }: { sync: boolean }): Step =>
  async (fs) => {
    const file = await fs.open(path, 'append');
    file.write(Buffer.from(TEXT), 0, TEXT.length);
    if (sync) await file.sync();
    file.close();
  };

async function appendLine(fs: FileSystem, path: string, line: string): Promise<void> {
  const file = (await fs.lstat(path)) ? await fs.open(path, 'update') : await fs.open(path, 'append');
  file.write(Buffer.from(line), 0, line.length, file.size());
  await file.sync();
  file.close();
  await fs.syncDirectory('/q');
}

/** What the steps may leave under a name: its text, or nothing. */
async function allLeftUnder(path: string, files: Record<string, string>, ...steps: Step[]): Promise<ReadonlySet<string | undefined>> {
  const seen = new Set<string | undefined>();
  await eachCrash(
    files,
    async (fs) => {
      for (const step of steps) await step(fs);
    },
    (left, _, crash) => crash.call === undefined && seen.add(left[path]),
    { kinds: ['power'] },
  );
  return seen;
}

describe('what power cuts may leave after the last call, as real kernels showed it:', () => {
  const rename: Step = (fs) => fs.rename('/q/tmp', '/q/final');
  const syncDirectory: Step = (fs) => fs.syncDirectory('/q');
  const files = { '/q/other': '' };

  it('write, rename, no sync: nothing, or any of it', async () => {
    const left = await allLeftUnder('/q/final', files, writeTo('/q/tmp', { sync: false }), rename);
    expect(left).toContain(undefined);
    expect(left).toContain('');
    expect(left).toContain(TEXT);
    expect(left).toContain('\0'.repeat(TEXT.length));
  });

  it('write, sync, no sync of the directory: the whole file or none', async () => {
    expect(await allLeftUnder('/q/tmp', files, writeTo('/q/tmp', { sync: true }))).toEqual(new Set([TEXT, undefined]));
  });

  it('rename without a sync of the directory: the old name is back', async () => {
    const steps = [writeTo('/q/tmp', { sync: true }), syncDirectory, rename];
    expect(await allLeftUnder('/q/final', files, ...steps)).toEqual(new Set([TEXT, undefined]));
    expect(await allLeftUnder('/q/tmp', files, ...steps)).toEqual(new Set([TEXT, undefined]));
  });

  it('write without a sync, rename, sync of the directory: the final name with 0 bytes', async () => {
    const left = await allLeftUnder('/q/final', files, writeTo('/q/tmp', { sync: false }), rename, syncDirectory);
    expect(left).toContain('');
    expect(left).not.toContain(undefined);
  });

  it('write, sync, rename, sync of the directory: whole under the final name', async () => {
    expect(await allLeftUnder('/q/final', files, writeTo('/q/tmp', { sync: true }), rename, syncDirectory)).toEqual(new Set([TEXT]));
  });

  it('unlink without a sync of the directory: the file is back', async () => {
    const unlink: Step = (fs) => fs.unlink('/q/a');
    expect(await allLeftUnder('/q/a', { '/q/a': TEXT }, unlink)).toEqual(new Set([TEXT, undefined]));
    expect(await allLeftUnder('/q/a', { '/q/a': TEXT }, unlink, syncDirectory)).toEqual(new Set([undefined]));
  });
});

describe('eachCrash finds what is wrong with', () => {
  const publish = async (fs: FileSystem, how: { syncFile: boolean; syncDirectory: boolean }): Promise<void> => {
    await writeTo('/q/tmp', { sync: how.syncFile })(fs);
    await fs.rename('/q/tmp', '/q/final');
    if (how.syncDirectory) await fs.syncDirectory('/q');
  };
  const wholeOrNothing = (left: Readonly<Record<string, string>>): void => expect([undefined, TEXT]).toContain(left['/q/final']);

  it('a file that is renamed before it is synced: under its final name it is empty', async () => {
    const action = (fs: FileSystem): Promise<void> => publish(fs, { syncFile: false, syncDirectory: true });
    await expect(eachCrash({ '/q/x': '' }, action, wholeOrNothing)).rejects.toThrow(/A power cut .*rename|syncDirectory/s);
  });

  it('a file written under its final name: a kill shows a part of it', async () => {
    const action = writeTo('/q/final', { sync: true });
    const kills = eachCrash({ '/q/x': '' }, action, wholeOrNothing, { kinds: ['kill'] });
    await expect(kills).rejects.toThrow(/^A kill after call 1, open \/q\/final to append/);
  });

  it('an acknowledgement before the directory was synced: the rename is undone', async () => {
    let acknowledged = false;
    const run = (syncDirectory: boolean): Promise<unknown> =>
      eachCrash(
        { '/q/x': '' },
        async (fs) => {
          acknowledged = false;
          await publish(fs, { syncFile: true, syncDirectory });
          acknowledged = !fs.stopped;
        },
        (left) => acknowledged && expect(left['/q/final']).toBe(TEXT),
      );
    await expect(run(false)).rejects.toThrow('lost: rename /q/tmp → /q/final');
    await expect(run(true)).resolves.toBeDefined();
  });

  it('a sync that nobody waited for', async () => {
    let acknowledged = false;
    const action = async (fs: FaultyDisk): Promise<void> => {
      acknowledged = false;
      const file = await fs.open('/q/log', 'update');
      file.write(Buffer.from('line'), 0, 4, 0);
      void file.sync().catch(() => undefined);
      acknowledged = !fs.stopped;
      await fs.lstat('/q/log');
    };
    const check = (left: Readonly<Record<string, string>>): unknown => acknowledged && expect(left['/q/log']).toBe('line');
    await expect(eachCrash({ '/q/log': '' }, action, check)).rejects.toThrow('A power cut before call 4, lstat');
  });

  it('"done" written before the work is: the work is lost', async () => {
    const action = async (fs: FileSystem): Promise<void> => {
      await appendLine(fs, '/q/done', 'a\n');
      await appendLine(fs, '/q/effects', 'a\n');
    };
    const check = (left: Readonly<Record<string, string>>): unknown => left['/q/done'] === 'a\n' && expect(left['/q/effects']).toBe('a\n');
    await expect(eachCrash({ '/q/done': '' }, action, check, { kinds: ['kill'] })).rejects.toThrow('A kill after call 4, write /q/done');
  });

  it('lines that do not begin with their newline: a torn one takes the next good one along', async () => {
    const lines = { plain: ['b\n', 'c\n'], framed: ['\nb\n', '\nc\n'] };
    const survives = ([torn = '', next = '']: string[]): Promise<unknown> =>
      eachCrash(
        { '/q/log': '' },
        (fs) => appendLine(fs, '/q/log', torn),
        async (_, fs) => {
          await appendLine(fs, '/q/log', next);
          expect(crashed(await readAll(fs, '/q/log'))).toContain('c');
        },
      );
    const crashed = (text: string): string[] => text.split('\n').map((line) => line.replaceAll('\0', ''));
    await expect(survives(lines.plain.map((line) => `long ${line}`))).rejects.toThrow();
    await expect(survives(lines.framed)).resolves.toBeDefined();
  });

  it('what a process relied on that was killed before it synced: the power cut comes in the life of the next', async () => {
    const finish = async (fs: FileSystem): Promise<void> => {
      const done = await fs.open('/q/done', 'read');
      const isDone = done.size() > 0;
      done.close();
      if (!isDone) return;
      await fs.unlink('/q/work');
      await fs.syncDirectory('/q');
    };
    const neverLost = (left: Readonly<Record<string, string>>): void =>
      expect(left['/q/done'] !== '' || left['/q/work'] !== undefined, 'neither work nor its done').toBe(true);
    const markUnsynced = async (fs: FileSystem): Promise<void> => {
      const file = await fs.open('/q/done', 'update');
      file.write(Buffer.from('x'), 0, 1, 0);
      file.close();
    };
    const twice = eachCrash({ '/q/work': 'w', '/q/done': '' }, markUnsynced, (_, __, crash) => eachCrash(crash.disk, finish, neverLost));
    await expect(twice).rejects.toThrow('neither work nor its done');
  });
});

describe('eachCrash', () => {
  const append: Step = (fs) => appendLine(fs, '/q/log', '0123456789');

  it('stops before every call, after every change, and inside writes', async () => {
    const places = new Set<string>();
    const counts = await eachCrash({ '/q/x': '' }, append, (_, __, { where }) => places.add(where));
    const at = (operation: string): string[] =>
      [...places].filter((place) => place.includes(operation)).map((place) => place.replace(/call.*B\)|call.*/, '…'));
    expect(at('write')).toEqual(['before …', 'in … after 1 B', 'in … after 5 B', 'in … after 9 B', 'after …']);
    expect(at('lstat')).toEqual(['before …']);
    expect(at('syncDirectory')).toEqual(['before …', 'after …']);
    expect(places).toContain('after the last call');
    expect(counts.stops).toBe(places.size);
  });

  it('stops after every byte of a write if asked to', async () => {
    const counts = await eachCrash({ '/q/x': '' }, append, () => undefined, { kinds: ['kill'] });
    const more = await eachCrash({ '/q/x': '' }, append, () => undefined, { kinds: ['kill'], everyByte: true });
    expect(more.stops - counts.stops).toBe(6);
  });

  it('stops at a share of the points if that is enough, and in every kind of call all the same', async () => {
    const kindsAt = async (share: number): Promise<{ kinds: ReadonlySet<string>; points: number; stops: number }> => {
      const kinds = new Set<string>();
      const note = (_: unknown, __: unknown, { where, call }: Crash): unknown => kinds.add(`${where.split(' ')[0]} ${call?.operation}`);
      const action: Step = async (fs) => {
        for (let round = 0; round < 8; round += 1) await appendLine(fs, `/q/log${round}`, 'line\n');
      };
      return { kinds, ...(await eachCrash({ '/q/x': '' }, action, note, { kinds: ['kill'], share })) };
    };
    const [all, some] = [await kindsAt(1), await kindsAt(20)];
    expect(some.kinds).toEqual(all.kinds);
    expect([all.stops, some.points]).toEqual([all.points, all.points]);
    expect(some.stops).toBeLessThan(all.stops / 3);
  });

  it('hears nothing from a process that ended, and refuses its later calls', async () => {
    const errors: unknown[] = [];
    await eachCrash(
      { '/q/x': 'x' },
      async (fs) => {
        await fs.unlink('/q/x').catch((error: unknown) => errors.push(error));
        if (!fs.stopped) return;
        await fs.rename('/q/x', '/q/y').catch((error: unknown) => errors.push(error));
      },
      (left) => expect(left['/q/y']).toBeUndefined(),
    );
    expect(errors.length).toBe(4);
    for (const error of errors) expect(error).toBeInstanceOf(Stopped);
  });

  it('gives the disk as the next process finds it, which can go on', async () => {
    const seen: (string | undefined)[] = [];
    await eachCrash(
      { '/q/x': 'x' },
      (fs) => fs.rename('/q/x', '/q/y'),
      async (left, fs, crash) => {
        if (left['/q/y'] === undefined) await fs.rename('/q/x', '/q/y');
        seen.push(crash.disk.files()['/q/y']);
      },
    );
    expect(new Set(seen)).toEqual(new Set(['x']));
  });

  it('judges twins once, if it is told what the ledger says', async () => {
    const all = await eachCrash({ '/q/x': '' }, append, () => undefined);
    const once = await eachCrash({ '/q/x': '' }, append, () => undefined, { ledger: () => '' });
    expect(once.states + once.twins).toBe(all.states);
    expect(once.states).toBeLessThan(all.states);
  });

  it('says where, what was lost and what is left', async () => {
    const check = (_: unknown, __: unknown, { kind, call }: Crash): void => {
      if (kind === 'power' && call?.operation === 'sync') throw new Error('not so');
    };
    const failed: unknown = await eachCrash({ '/q/x': 'old' }, append, check).catch((error: unknown) => error);
    expect(String(failed)).toMatch(/A power cut before call 5, sync \/q\/log: not so\nlost: .*\nleft:\n {2}\/q\/log .*\/q\/x "old"/s);
    expect(String(failed)).toContain('  4, write /q/log (10 B)');
  });

  it('passes on what the action itself throws', async () => {
    await expect(
      eachCrash(
        {},
        (fs) => fs.unlink('/none'),
        () => undefined,
      ),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is quick: a crash takes a few milliseconds at the most', async () => {
    const files = { '/q/x': '' };
    const action: Step = async (fs) => {
      for (let round = 0; round < 8; round += 1) await appendLine(fs, `/q/log${round}`, 'line\n');
    };
    const start = process.cpuUsage();
    const { stops, states } = await eachCrash(files, action, () => undefined, { kinds: ['power'] });
    expect(states).toBeGreaterThan(300);
    const { user } = process.cpuUsage(start);
    expect(user / 1000 / (stops + states), 'milliseconds of work for each').toBeLessThan(4);
  });
});

async function readAll(fs: FileSystem, path: string): Promise<string> {
  const file = await fs.open(path, 'read');
  const buffer = Buffer.alloc(file.size());
  file.read(buffer, 0, buffer.length, 0);
  file.close();
  return buffer.toString();
}
