/**
 * Makes what is published smaller: comments go from the code (the declarations keep theirs, which editors show), and the
 * declarations go of what no entry point speaks of.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a user may import. */
const ENTRIES = ['index.d.ts', 'tasks.d.ts', join('testing', 'index.d.ts')];

/** @param {readonly string[]} files what was compiled into the directory, by absolute path */
export function trim(directory, files) {
  // Not before it is asked for: it may have to be installed first.
  const ts = createRequire(import.meta.url)('typescript');
  const printer = ts.createPrinter({ removeComments: true });
  for (const file of files.filter((name) => name.endsWith('.js'))) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
    writeFileSync(file, printer.printFile(source));
  }
  const spoken = reachedFrom(
    ENTRIES.map((entry) => join(directory, entry)),
    ts,
  );
  for (const file of files) if (file.endsWith('.d.ts') && !spoken.has(file)) rmSync(file);
}

/** These declarations, and all that they import, and so on. */
function reachedFrom(entries, ts) {
  const reached = new Set();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.')) waiting.push(join(dirname(file), fileName.replace(/\.[jt]s$/, '.d.ts')));
    }
  }
  return reached;
}
