import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Packs this package as `npm publish` would and installs it in an empty project, offline: its dependencies are links to ours. */
export function installPacked(project: string): void {
  const [packed]: { filename: string }[] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  if (!packed) throw new Error('npm pack made no file');
  execFileSync('tar', ['-xzf', join(project, packed.filename), '-C', project]);
  mkdirSync(join(project, 'node_modules'));
  renameSync(join(project, 'package'), join(project, 'node_modules', 'dibs'));
  for (const name of Object.keys(readManifest(join(project, 'node_modules', 'dibs')).dependencies ?? {})) linkPackage(project, name);
}

/** What a user would have installed beside it. */
export function linkPackage(project: string, name: string): void {
  const target = join(project, 'node_modules', name);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), target, 'junction');
}

/** Makes a package missing, even if a directory further up happens to have it. */
export function hidePackage(project: string, name: string): void {
  mkdirSync(join(project, 'node_modules', name), { recursive: true });
  writeFileSync(join(project, 'node_modules', name, 'package.json'), JSON.stringify({ name, exports: {} }));
}

/** The directories of all packages that `npm i dibs` brings, by name, without dibs itself and optional peers. */
export function productionClosure(directory = ROOT, found = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const name of Object.keys(readManifest(directory).dependencies ?? {})) {
    const dependency = resolvePackage(name, directory);
    if ([...found.values()].includes(dependency)) continue;
    found.set(found.has(name) ? `${name} (in ${directory})` : name, dependency);
    productionClosure(dependency, found);
  }
  return found;
}

/** Where Node would find it: beside, or in a node_modules further up. */
function resolvePackage(name: string, from: string): string {
  for (let directory = from; directory !== dirname(directory); directory = dirname(directory)) {
    const candidate = join(directory, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
  }
  throw new Error(`${name}, which ${from} depends on, is not installed`);
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

/** Bytes of all files below a directory, packages nested in it left out: they are counted as their own. */
export function bytesBelow(directory: string): number {
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : bytesBelow(path);
    else bytes += statSync(path).size;
  }
  return bytes;
}
