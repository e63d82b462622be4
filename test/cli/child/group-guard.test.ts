import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { eventually, isAlive } from '../processes.ts';

const GUARD = new URL('../../../dist/cli/child/group-guard.js', import.meta.url).href;

/** A process with a guard that starts three programs, lets go of the second, prints their ids and waits. */
const SCRIPT = `
  import { spawn } from 'node:child_process';
  import { GroupGuard } from ${JSON.stringify(GUARD)};
  const guard = new GroupGuard();
  const programs = [1, 2, 3].map(() => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid);
  for (const pid of programs) guard.add(pid);
  guard.remove(programs[1]);
  console.log(programs.join(' '));
  setInterval(() => {}, 1000);
`;

it('ends the running programs of a process that was killed, and no others', async () => {
  const owner = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: owner.stdout });
  const [line]: unknown[] = await once(lines, 'line');
  const [first = 0, second = 0, third = 0] = String(line).split(' ').map(Number);
  owner.kill('SIGKILL');
  await eventually(() => !isAlive(first) && !isAlive(third));
  expect(isAlive(second)).toBe(true);
  process.kill(second, 'SIGKILL');
});

it('holds up nobody who has ended', async () => {
  const script = `import { GroupGuard } from ${JSON.stringify(GUARD)}; const guard = new GroupGuard(); guard.add(2 ** 22 + 7); guard.remove(2 ** 22 + 7); guard.close();`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
  expect(await once(owner, 'exit')).toEqual([0, null]);
});
