import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { circlesAmong } from './circles.ts';
import { sourceFacts } from './source-facts.ts';
import type { SourceFacts, SourceImport } from './source-facts.ts';

/** The floors of src, ground first. Neighbours on one floor do not know each other. */
export const FLOORS: readonly (readonly string[])[] = [
  ['machines'],
  ['formats'],
  ['fs'],
  ['journals', 'folders'],
  ['queues', 'stores'],
  ['tasks'],
  ['batches'],
  ['jobs', 'doctor', 'verify'],
  ['engines', 'web', 'testing'],
  ['cli'],
];

/** What every floor may use; they use no floor themselves. */
const GROUND: readonly string[] = ['errors.ts', 'clock.ts'];
/** The public surface, a file for each path that can be imported: above everything but the command line. */
const ROOFS: readonly string[] = ['index.ts', 'tasks.ts'];
/** The pure floors may compute with these; anything else of Node is the world. */
const PURE_NODE: Readonly<Record<string, readonly string[] | 'all'>> = {
  'node:assert': 'all',
  'node:buffer': 'all',
  'node:path': ['basename', 'dirname', 'extname', 'format', 'isAbsolute', 'join', 'normalize', 'parse', 'posix', 'relative', 'sep'],
  'node:string_decoder': 'all',
  'node:util': 'all',
  'node:zlib': ['crc32', 'constants'],
  'node:crypto': ['createHash', 'hash', 'timingSafeEqual'],
};
const DISK = new Set(['node:fs', 'node:fs/promises', 'fs-extra', 'graceful-fs']);
const HOMELESS = /^(utils?|helpers?|common|types|misc|shared)(\.ts)?$/;

/** All that is wrong with the arrows of these files: paths below src (`fs/disk.ts`) with their text. */
export function complaintsAbout(files: ReadonlyMap<string, string>): string[] {
  const complaints: string[] = [];
  const importersOf = new Map<string, Set<string>>();
  const arrows = new Map<string, string[]>();
  for (const [path, text] of files) {
    const facts = sourceFacts(path, text);
    const reached = facts.imports.map(({ specifier }) => sourceOf(path, specifier, files) ?? '');
    // Between rooms an arrow that could close a circle goes up, which is complained of below.
    arrows.set(
      path,
      reached.filter((source) => folderOf(source) === folderOf(path)),
    );
    complaints.push(...homeComplaints(path), ...pureComplaints(path, facts), ...starComplaints(path, facts));
    for (const one of facts.imports) {
      const complaint = arrowComplaint(path, one, files);
      if (complaint) complaints.push(`${path}:${one.line} ${complaint}`);
      const name = packageOf(one.specifier);
      if (name) importersOf.set(name, (importersOf.get(name) ?? new Set()).add(path));
    }
  }
  for (const circle of circlesAmong(arrows)) complaints.push(`${circle.join(' → ')}: give what they share a file below both`);
  for (const [name, importers] of importersOf) {
    if (importers.size > 1)
      complaints.push(`${name} is imported by ${[...importers].join(' and ')}: let one file import it, and the others that file`);
  }
  return complaints;
}

function homeComplaints(path: string): string[] {
  const complaints = path
    .split('/')
    .filter((part) => HOMELESS.test(part))
    .map((part) => `${path} is named ${part}: name it after its one idea`);
  if (levelOf(path) === undefined) complaints.push(`${path} is on no floor: give its folder one, or move it`);
  return complaints;
}

/** Machines and formats are functions of their arguments: no disk, no clock, no chance. */
function pureComplaints(path: string, facts: SourceFacts): string[] {
  const level = levelOf(path);
  if (level === undefined || level < 0 || level > 1) return [];
  const imports = facts.imports.filter(({ specifier, names }) => {
    if (!specifier.startsWith('node:')) return false;
    const allowed = PURE_NODE[specifier];
    return allowed !== 'all' && !names.every((name) => allowed?.includes(name));
  });
  return [
    ...imports.map(
      ({ specifier, names, line }) =>
        `${path}:${line} takes ${names.join(', ') || 'all'} of ${specifier}: a pure floor gets it as an argument`,
    ),
    ...facts.worldUses.map(({ what, line }) => `${path}:${line} uses ${what}: a pure floor gets it as an argument`),
  ];
}

function starComplaints(path: string, facts: SourceFacts): string[] {
  return facts.starExports.map((line) => `${path}:${line} exports *: spell the names out`);
}

function arrowComplaint(path: string, { specifier }: SourceImport, files: ReadonlyMap<string, string>): string | undefined {
  if (specifier.startsWith('(computed')) return `imports ${specifier}: name it, so that it can be followed`;
  if (!specifier.startsWith('.')) return outsideComplaint(path, specifier);
  if (posix.join(posix.dirname(path), specifier) === '../package.json') return undefined; // the version, which is written there alone
  const source = sourceOf(path, specifier, files);
  if (source === undefined) return `reaches for ${specifier}, which is not in src (write the .ts)`;
  return mayUse(path, source) ? undefined : `reaches up or sideways to ${source}`;
}

/** The file in src that is meant. */
function sourceOf(path: string, specifier: string, files: ReadonlyMap<string, string>): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const target = posix.join(posix.dirname(path), specifier);
  // A worker's file is named as it will be in dist.
  return [target, target.replace(/\.js$/, '.ts')].find((source) => files.has(source));
}

function outsideComplaint(path: string, specifier: string): string | undefined {
  if (builtinModules.includes(specifier)) return `imports ${specifier}: write node:${specifier}`;
  if (specifier === 'dibs' || specifier.startsWith('dibs/')) return `imports ${specifier}, which is itself: use a relative path`;
  if (DISK.has(specifier) && folderOf(path) !== 'fs') return `imports ${specifier}: only fs/ touches the disk; use the FileSystem port`;
  return undefined;
}

function mayUse(from: string, to: string): boolean {
  const [low, high] = [levelOf(to), levelOf(from)];
  if (low === undefined || high === undefined) return true; // complained of by homeComplaints
  return low < high || folderOf(from) === folderOf(to);
}

/** -1 for what all may use, the floor, just below the command line for the roof; undefined for a room on no floor. */
function levelOf(path: string): number | undefined {
  if (GROUND.includes(path)) return -1;
  if (ROOFS.includes(path)) return FLOORS.length - 1.5;
  const level = FLOORS.findIndex((rooms) => rooms.includes(folderOf(path)));
  return level < 0 ? undefined : level;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function packageOf(specifier: string): string | undefined {
  if (/^[.(]|^node:/.test(specifier) || builtinModules.includes(specifier)) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
