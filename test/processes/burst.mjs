/**
 * Drops files into a folder as fast as it can, as a program that knows nothing of queues.
 *
 *   node burst.mjs FOLDER PREFIX COUNT
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, prefix, count] = process.argv.slice(2);
for (let number = 0; number < Number(count); number += 1) {
  const part = join(folder, `${prefix}-${number}.part`);
  writeFileSync(part, '');
  renameSync(part, join(folder, `${prefix}-${number}.tsv`));
}
