/** python3-dirq, which is Debian's: in a process of its own, since it is Python. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installByApt } from './apt.mjs';

const SCRIPT = fileURLToPath(new URL('dirq-drain.py', import.meta.url));
/** Debian's own, which finds Debian's packages, before any other. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

function findPython() {
  return PYTHONS.find((python) => spawnSync(python, ['-c', 'import dirq.QueueSimple'], { stdio: 'ignore' }).status === 0);
}

export function hasDirq() {
  return findPython() !== undefined;
}

export function versionOfDirq() {
  return spawnSync(findPython(), ['-c', 'import dirq; print(dirq.VERSION)'], { encoding: 'utf8' }).stdout.trim();
}

export function installDirq(say) {
  return installByApt('python3-dirq', hasDirq, say);
}

/** Fills a queue and drains it. Gives the seconds that the drain took, and the bytes that were read. */
export function fillAndDrain(directory, texts) {
  const { status, stdout } = spawnSync(findPython(), [SCRIPT, directory, String(texts.length)], {
    input: texts.join('\n'),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('The drain by python3-dirq failed.');
  const [seconds, bytes] = stdout.trim().split(' ').map(Number);
  return { seconds, bytes };
}
