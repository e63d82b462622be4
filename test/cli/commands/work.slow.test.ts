import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../support/temp-folder.ts';
import { dibs, jsonLines, startDibs } from '../dibs.ts';
import type { Ended } from '../dibs.ts';
import { eventually } from '../processes.ts';

async function queueOf(values: readonly unknown[]): Promise<string> {
  const cwd = tempFolder();
  await dibs(['put', 'q', '--json-values', '-'], { cwd, input: values.map((value) => JSON.stringify(value)).join('\n') });
  return cwd;
}

const work = (cwd: string, ...words: string[]): Promise<Ended> => dibs(['work', 'q', '--backoff', '0', ...words], { cwd });

describe('dibs work', () => {
  it('takes no more when nobody reads its output, and loses nothing', async () => {
    const cwd = await queueOf(Array.from({ length: 200 }, (_, i) => i));
    const working = startDibs(['work', 'q', '--', 'echo'], { cwd });
    working.child.stdout?.once('data', () => working.child.stdout?.destroy());
    expect(await working.ended).toMatchObject({ code: 141, signal: null });
    const [status] = jsonLines(await dibs(['status', 'q', '--json'], { cwd }));
    expect(status).toMatchObject({ counts: { taken: 0, failed: 0 } });
    expect((await work(cwd, '--', 'true')).code).toBe(0);
  });

  it('lets the queue go when all is done with --follow, and takes it again when there is work', async () => {
    const cwd = await queueOf(['a']);
    // Somebody has it at first: a follower waits for that too.
    const holder = startDibs(['put', 'q', '-'], { cwd, moreInput: true });
    await eventually(() => existsSync(join(cwd, 'q', 'owner.2')));
    const following = startDibs(['work', 'q', '--follow', '--', 'echo', 'did'], { cwd });
    await eventually(() => following.stderr().includes('waiting for work'));
    expect(following.stdout()).toBe('');
    holder.child.stdin?.end();
    await eventually(() => following.stdout().includes('did a') && following.stderr().split('waiting for work').length === 3);
    expect(await dibs(['put', 'q', 'b', '--wait', '20'], { cwd })).toMatchObject({ code: 0 });
    await eventually(() => following.stdout().includes('did b'));
    await dibs(['put', 'q', 'c', '--wait', '20'], { cwd });
    await eventually(() => following.stdout().includes('did c'));
    await eventually(() => following.stderr().split('waiting for work').length === 5);
    following.child.kill('SIGTERM');
    expect(await following.ended).toMatchObject({ code: 143, stdout: 'did a\ndid b\ndid c\n' });
  });
});
