import { describe, expect, it } from 'vitest';
import { adviseOn, noteOn } from '../../src/doctor/advice.ts';
import type { Findings } from '../../src/doctor/findings.ts';
import { judgePromises } from '../../src/doctor/verdict.ts';
import { OTHER, SOUND } from './findings.ts';

const advise = (change: Partial<Findings>): string[] => {
  const findings = { ...SOUND, ...change };
  return adviseOn(findings, judgePromises(findings));
};
const note = (change: Partial<Findings>): string[] => noteOn({ ...SOUND, ...change });
const kind = (change: Partial<Findings['kind']>): Partial<Findings> => ({ kind: { ...SOUND.kind, ...change } });

describe('advice', () => {
  it('has nothing to say of a sound folder', () => {
    expect(advise({})).toEqual([]);
    expect(advise({ others: [OTHER] })).toEqual([]);
  });

  it.each<[string, Partial<Findings>, RegExp]>([
    ['no hard links', { links: { ...SOUND.links, hardLinksRefused: 'EPERM' } }, /in another folder/],
    ['two winners', { races: { ...SOUND.races, renames: { ...SOUND.races.renames, doubled: 1 } } }, /in another folder/],
    ['a sync that is refused', { sync: { ...SOUND.sync, directory: { refused: 'EINVAL', ms: null } } }, /'power' means no more/],
    ['a disk in memory', kind({ nature: 'memory' }), /'power' means no more/],
    ['a cloud folder', kind({ cloud: 'Dropbox' }), /folder of Dropbox/],
    ['NFS', kind({ name: 'nfs4', nature: 'network' }), /leaseMs of at least 60000/],
    ['SMB', kind({ name: 'cifs', nature: 'network' }), /On SMB/],
    ['FUSE', kind({ name: 'fuse.sshfs', nature: 'program' }), /fuse\.sshfs/],
    ['a network nobody else was asked on', kind({ nature: 'network' }), /--together 2/],
    ['a slow beat', { others: [{ ...OTHER, beatMs: 30_200 }] }, /leaseMs at least 151000: a heartbeat took 30\.2 s/],
    ['a beat that is never seen', { others: [{ ...OTHER, beatMs: null }] }, /only one machine/],
    ['events that do not come', { watch: { ...SOUND.watch, wakeMs: null } }, /pollIntervalMs/],
    ['events of others that do not come', { others: [{ ...OTHER, eventMs: null }] }, /pollIntervalMs/],
  ])('is given for %s', (_what, change, words) => {
    expect(advise(change)).toContainEqual(expect.stringMatching(words));
  });

  it('does not send people who asked other machines to ask them', () => {
    expect(advise({ ...kind({ nature: 'network' }), others: [OTHER] })).toEqual([]);
  });
});

describe('notes', () => {
  it('say what was not asked', () => {
    expect(note({})).toEqual([expect.stringContaining('power cut'), expect.stringContaining('other machines were not asked')]);
    expect(note({ others: [OTHER] })).toEqual([expect.stringContaining('power cut')]);
  });

  it.each<[string, Partial<Findings>, RegExp]>([
    ['a slow folder', { throughput: { ...SOUND.throughput, renames: { count: 10, ms: 52 } } }, /5\.2 ms, as over a network/],
    ['lies', { races: { ...SOUND.races, renames: { ...SOUND.races.renames, lied: 2 } } }, /^2 calls succeeded and said/],
    ['a race that was none', { races: { ...SOUND.races, renames: { ...SOUND.races.renames, turns: 0 } } }, /proved little/],
    ['case', { folding: { ...SOUND.folding, ignoresCase: true } }, /differ in case only/],
    ['forms', { folding: { ...SOUND.folding, ignoresNormalForm: true } }, /accented/],
    ['changed names', { folding: { ...SOUND.folding, keepsBytes: false } }, /normalising/],
    ['refused characters', { names: { ...SOUND.names, refused: [':', '*'] } }, /^Not in a name: : {2}\*$/],
    ['changed characters', { names: { ...SOUND.names, changed: [':'] } }, /come back as something else: :$/],
    ['short names', { names: { ...SOUND.names, longestBytes: 143 } }, /at most 143 bytes/],
    ['coarse times', { times: { ...SOUND.times, granularityMs: 2_000 } }, /steps of 2\.0 s/],
    ['a rename that removes', { links: { ...SOUND.links, renameOntoItself: 'removed' } }, /removes the first/],
    ['late names', { others: [{ ...OTHER, lookupMs: 4_000 }] }, /only after 4\.0 s/],
  ])('are made of %s', (_what, change, words) => {
    expect(note(change)).toContainEqual(expect.stringMatching(words));
  });
});
