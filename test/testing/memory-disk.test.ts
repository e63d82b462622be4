import Module from 'node:module';
import { describe, expect, it } from 'vitest';
import { MissingPeerError } from '../../src/testing/missing-peer-error.ts';
import { memoryDisk } from '../../src/testing/index.ts';

describe('memoryDisk', () => {
  it('begins with the files it is given', async () => {
    const fs = memoryDisk({ '/queue/a.tsv': 'rows' });
    expect(await fs.readdir('/queue')).toEqual(['a.tsv']);
    expect(await fs.lstat('/queue/a.tsv')).toMatchObject({ kind: 'file', size: 4 });
  });

  it('shares nothing with another memory disk', async () => {
    const one = memoryDisk();
    await one.mkdir('/queue');
    expect(await memoryDisk().lstat('/queue')).toBeUndefined();
  });

  it('says how to install memfs where it is missing', () => {
    const load: unknown = Reflect.get(Module, '_load');
    const withoutMemfs = (name: string, ...rest: unknown[]): unknown => {
      if (name === 'memfs') throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
      return typeof load === 'function' ? Reflect.apply(load, Module, [name, ...rest]) : undefined;
    };
    Reflect.set(Module, '_load', withoutMemfs);
    try {
      expect(() => memoryDisk()).toThrow(MissingPeerError);
      expect(() => memoryDisk()).toThrow('npm i memfs');
    } finally {
      Reflect.set(Module, '_load', load);
    }
  });
});
