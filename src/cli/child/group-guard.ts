import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

// Reads `+ group` and `- group`; when we are gone, however that came, the pipe ends and it kills what is left.
const SCRIPT = `
groups=
while read -r change group; do
  if [ "$change" = + ]; then groups="$groups $group"; continue; fi
  left=
  for other in $groups; do [ "$other" = "$group" ] || left="$left $other"; done
  groups=$left
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

/**
 * Ends the running programs when this process dies without a chance to (`kill -9`, out of memory). Else they would go
 * on, and the next `dibs work` would start the same messages beside them. It is a small `sh` at the other end of a pipe;
 * where there is none, programs outlive such a death, and so does one that was started in its very moment.
 */
export class GroupGuard {
  readonly #sh: ChildProcess | undefined;

  constructor() {
    if (process.platform === 'win32') return;
    this.#sh = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#sh.on('error', () => {}); // no /bin/sh: see above
    this.#sh.stdin?.on('error', () => {});
    this.#sh.unref();
  }

  add(group: number): void {
    this.#sh?.stdin?.write(`+ ${group}\n`);
  }

  remove(group: number): void {
    this.#sh?.stdin?.write(`- ${group}\n`);
  }

  /** It ends by itself with this process; this is for who lives on. */
  close(): void {
    this.#sh?.stdin?.end();
  }
}
