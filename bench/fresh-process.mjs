/** Runs a script in a process of its own, where neither compiled code nor heap of another round is left. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Gives the first message that the script sends. With `kill`, it is then killed as a crash would: SIGKILL. */
export async function inFreshProcess(script, settings, { kill = false } = {}) {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const child = fork(path, [JSON.stringify(settings)], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const answer = await Promise.race([once(child, 'message').then(([message]) => message), exited.then(() => undefined)]);
  if (kill) child.kill('SIGKILL');
  await exited;
  if (answer === undefined) throw new Error(`${script} ended without a result`);
  return answer;
}

/** In such a script: what it was given. */
export function settings() {
  return JSON.parse(process.argv[2]);
}

/** In such a script: the result, and the end. */
export function answer(result) {
  process.send(result, () => process.exit(0));
}

/** In a script that is to be killed: the result, then waiting for the kill. */
export function answerAndWait(result) {
  process.send(result);
  setInterval(() => {}, 60_000);
}
