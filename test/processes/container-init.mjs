/**
 * Process 1 of a container, which starts others there and passes on what they are told and what they answer, a line of JSON
 * each on stdin: [command, name, …arguments].
 *
 *   start NAME { command, pid?, bootId? }   pid: which number it is to have · bootId: a file that tells it which boot this is
 *   ask NAME LINE · stop NAME · go NAME · kill NAME
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const processes = new Map();

/** Another thread of ours may have taken the number in between. */
const MOST_TRIES = 50;

const commands = {
  async start(name, { command, pid, bootId }) {
    const bind = `mount --bind "${bootId}" /proc/sys/kernel/random/boot_id && exec "$@"`;
    const [program, ...args] = bootId === undefined ? command : ['unshare', '-m', 'sh', '-c', bind, 'sh', ...command];
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (pid !== undefined) writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1));
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      if (pid === undefined || child.pid === pid) {
        processes.set(name, { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() });
        return { pid: child.pid };
      }
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    return { error: `no process could get the number ${pid}` };
  },

  async ask(name, line) {
    const { child, lines } = processes.get(name);
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    return done ? { error: `${name} ended without an answer` } : JSON.parse(value);
  },

  stop: (name) => ({ told: processes.get(name).child.kill('SIGSTOP') }),
  go: (name) => ({ told: processes.get(name).child.kill('SIGCONT') }),

  /** Answers once its number is free. */
  async kill(name) {
    const { child } = processes.get(name);
    processes.delete(name);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return { killed: child.pid };
  },
};

for await (const line of createInterface(process.stdin)) {
  const [command, ...rest] = JSON.parse(line);
  const answer = await commands[command](...rest);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
