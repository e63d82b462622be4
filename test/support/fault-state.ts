import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { textOf } from '../processes/folder-acts.mjs';

/** What chance, time and process numbers chose of names. */
const CHOSEN: readonly (readonly [RegExp, string])[] = [
  [/\d{8}_\d{6}_\d{6}__\d+\./, '*.'],
  [/^stage\..*$/, 'stage.*'],
  [/^\.stage-[a-z0-9]+$/, '.stage-*'],
  [/^reason\..*-(\d+)$/, 'reason.*-$1'],
  [/^copy\.\d+\.[a-z0-9]+/, 'copy.*'],
  [/\.[a-z0-9-]+-(\d+a\d+)\.(wip|finished|failing)$/, '.*-$1.$2'],
  [/\.[a-z0-9]+?(a\d+)\.again$/, '.*$1.again'],
  [/~\d+$/, '~*'],
  [/^[a-z0-9-]+-\d+-[0-9a-f]{8}$/, '*'],
  [/^[a-z0-9]+\.gone$/, '*.gone'],
];

/** What lies in a directory: names, kinds, sizes where they do not hang on a process's number, and how many names a file has. */
export function stateOf(directory: string): string {
  const lines = everythingIn(directory).map((path) => {
    const { size, nlink } = lstatSync(path);
    const names = relative(directory, path).split('/');
    const name = CHOSEN.reduce((text, [pattern, instead]) => text.replace(pattern, instead), names.at(-1) ?? '');
    const shown = [...names.slice(0, -1), name].join('/');
    if (lstatSync(path).isDirectory()) return `${shown}/`;
    return `${shown} ${/\.tsv/.test(name) && !name.endsWith('.json') ? size : Math.sign(size)} ${nlink}`;
  });
  return lines.sort().join('\n');
}

/** The messages of a folder queue that lie under a name that readers take for whole, and are not. */
export function tornFiles(kind: 'queue' | 'folder', directory: string): string[] {
  if (kind === 'queue') return [];
  return everythingIn(directory).filter((path) => {
    const found = /^((?:load|text|one|two|file)-[a-z0-9]+\.tsv)(~|\.|$)/.exec(basename(path));
    if (found?.[1] === undefined || path.endsWith('.json') || path.includes('/.dibs/')) return false;
    return readFileSync(path, 'utf8') !== textOf(found[1]);
  });
}

function everythingIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true }).map((entry) => join(entry.parentPath, entry.name));
}
