import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installIsStale } from '../scripts/ready.mjs';

const lock = readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8');

describe('what is installed', () => {
  const text = (packages: Record<string, object>): string => JSON.stringify({ packages });
  const wanted = {
    '': { name: 'dibs' },
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };

  it('is fresh when all that is wanted is there, but for what is optional', () => {
    expect(installIsStale(text(wanted), text({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } }))).toBe(false);
  });

  it('is stale when something is missing, of another version or of other content', () => {
    expect(installIsStale(text(wanted), text({}))).toBe(true);
    expect(installIsStale(text(wanted), text({ 'node_modules/a': { version: '1.0.1', integrity: 'x' } }))).toBe(true);
    expect(installIsStale(text(wanted), text({ 'node_modules/a': { version: '1.0.0', integrity: 'y' } }))).toBe(true);
  });
});

it('has a lock file that names no registry, and every optional binary, so that it installs everywhere', () => {
  const {
    packages,
  }: { packages: Record<string, { resolved?: string; integrity?: string; optionalDependencies?: Record<string, string> }> } =
    JSON.parse(lock);
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  expect(entries.filter(([, entry]) => entry.resolved !== undefined || entry.integrity === undefined)).toEqual([]);
  const optional = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
  expect(optional.filter((name) => !entries.some(([path]) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});
