import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { program } from '../support/programs.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { judge } from './folder-checker.mjs';

const CHECKER = program('folder-checker.mjs');

/** What the checker says of a ledger, where `left` lies in the folder at the end and `done` where finished files go. */
function check(events: readonly string[], { left = [], done = ['a.tsv'] }: { left?: string[]; done?: string[] } = {}): string[] {
  return judge(lines(events), { left, done }).violations;
}

/** Events as a ledger has them. */
function lines(events: readonly string[]): string {
  return events
    .map((text) => {
      const [actor, event, name, attempt] = text.split(' ');
      return `${JSON.stringify({ actor, event, ...(name && { name }), ...(attempt && { attempt: Number(attempt) }) })}\n`;
    })
    .join('');
}

const PUT = ['p put? a.tsv', 'p put! a.tsv'];
const DONE = ['w done? a.tsv', 'w done! a.tsv'];

describe('the checker of folders', () => {
  it('finds nothing in a life as it should be', () => {
    expect(check([...PUT, 'w got a.tsv 1', ...DONE])).toEqual([]);
  });

  it('finds nothing in repeats that have a reason: a kill, a stop, a release, a failure', () => {
    expect(check([...PUT, 'v got a.tsv 1', 'w got a.tsv 2', 'v kill!', ...DONE])).toEqual([]);
    expect(check([...PUT, 'v got a.tsv 1', 'v stop!', 'w got a.tsv 2', ...DONE, 'v cont!', 'v done? a.tsv', 'v lost a.tsv'])).toEqual([]);
    expect(check([...PUT, 'v got a.tsv 1', 'v release? a.tsv', 'v release! a.tsv', 'w got a.tsv 1', ...DONE])).toEqual([]);
    expect(check([...PUT, 'v got a.tsv 1', 'v fail? a.tsv', 'v fail! a.tsv', 'w got a.tsv 2', ...DONE])).toEqual([]);
    expect(check([...PUT, 'v got a.tsv 1', 'v done? a.tsv', 'v kill!', 'w got a.tsv 2', ...DONE])).toEqual([]);
  });

  it('finds nothing in what another one got before it was noted that it was given back, or in what a kill cut off', () => {
    for (const how of ['release', 'fail'])
      expect(check([...PUT, `v got a.tsv 1`, `v ${how}? a.tsv`, 'w got a.tsv 2', `v ${how}! a.tsv`, ...DONE])).toEqual([]);
    const late = [...PUT, 'v got a.tsv 1', 'w got a.tsv 2', 'v stop!', 'v release? a.tsv', 'v release! a.tsv', ...DONE];
    expect(check(late)).toContainEqual(expect.stringMatching(/^line 7: v was late and still release! a\.tsv/));
    const torn = `${lines([...PUT, 'v got a.tsv 1'])}{"actor":"v","event":"done?","na${lines(['v kill!', 'w got a.tsv 2', ...DONE])}`;
    expect(judge(torn, { left: [], done: ['a.tsv'] }).violations).toEqual([]);
  });

  it('takes what was given up, and what was retried, for what it is', () => {
    const gaveUp = [...PUT, 'w got a.tsv 1', 'w fail? a.tsv', 'w fail! a.tsv'];
    const folder = { left: [], done: [], failed: ['a.tsv'] };
    expect(judge(lines(gaveUp), folder).violations).toEqual([]);
    const forSure = [...PUT, 'w got a.tsv 1', 'w giveUp? a.tsv', 'w giveUp! a.tsv'];
    expect(judge(lines(forSure), folder).violations).toEqual([]);
    const again = [...forSure, 'v got a.tsv 2', 'v done? a.tsv', 'v done! a.tsv'];
    expect(judge(lines(again), { left: [], done: ['a.tsv'] }).violations).toEqual([
      'line 6: v got a.tsv again, which was given up for certain',
      'a.tsv was given up for certain, and is not among what was given up',
    ]);
    expect(
      judge(lines(forSure.concat('v retry? a.tsv', 'v got a.tsv 1', 'v done? a.tsv')), { left: [], done: ['a.tsv'] }).violations,
    ).toEqual([]);
    const retried = [...gaveUp, 'v retry? a.tsv', 'w got a.tsv 1', ...DONE];
    expect(judge(lines(retried), { left: [], done: ['a.tsv'] }).violations).toEqual([]);
    expect(judge(lines([...PUT, 'w got a.tsv 1']), folder).violations).toEqual(['a.tsv is given up, and nobody asked for it']);
    // Under a second name, with the reason beside it: that is one file.
    const renamed = { left: [], done: [], failed: ['a.tsv~17', 'a.tsv~17.error.json'] };
    expect(judge(lines(forSure.filter((line) => line !== 'p put! a.tsv')), renamed).violations).toEqual([]);
    expect(judge(lines(gaveUp), { ...folder, done: ['a.tsv~17'] }).violations).toContain('a.tsv was put 1 times, and ended 2 times');
  });

  it('takes it on trust that what is removed when it is done was done, if the last who had it asked for that', () => {
    const removed = (...events: string[]): string[] => judge(lines([...PUT, ...events]), { left: [], done: null }).violations;
    expect(removed('w got a.tsv 1', 'w done? a.tsv')).toEqual([]);
    expect(removed('w got a.tsv 1', 'w done? a.tsv', 'w kill!')).toEqual([]);
    expect(removed('w got a.tsv 1', 'w done? a.tsv', 'w release? a.tsv', 'w kill!')).toEqual([]);
    const isGone = [expect.stringContaining('put for certain')];
    expect(removed('w got a.tsv 1')).toEqual(isGone);
    expect(removed('w got a.tsv 1', 'w done? a.tsv', 'w release? a.tsv', 'w release! a.tsv')).toEqual(isGone);
    expect(removed('v got a.tsv 1', 'v done? a.tsv', 'v kill!', 'w got a.tsv 2', 'w kill!')).toEqual(isGone);
  });

  it('lets an attempt be counted of which nobody told, for each who died and may have had it', () => {
    expect(check([...PUT, 'v kill!', 'w got a.tsv 2', ...DONE])).toEqual([]);
    expect(check([...PUT, 'w got a.tsv 2', 'v kill!', ...DONE])).toEqual([]);
    expect(check([...PUT, 'u stop!', 'v kill!', 'w got a.tsv 3', ...DONE])).toEqual([]);
    const tooMany = expect.stringContaining('a.tsv came as attempt');
    expect(check([...PUT, 'v kill!', 'w got a.tsv 3', ...DONE])).toEqual([tooMany]);
    expect(check(['v kill!', ...PUT, 'w got a.tsv 2', ...DONE])).toEqual([tooMany]);
    const others = ['b.tsv', 'c.tsv', 'd.tsv'].flatMap((name) => [`p put? ${name}`, `w got ${name} 2`, `w done? ${name}`]);
    expect(check([...others, 'v kill!'], { done: ['b.tsv', 'c.tsv', 'd.tsv'] })).toEqual([
      expect.stringContaining('3 attempts were counted that nobody told of'),
    ]);
  });

  it('lets a release count that the disk forgot', () => {
    const released = [...PUT, 'v got a.tsv 1', 'v release? a.tsv', 'v release! a.tsv'];
    expect(check([...released, 'disk cut!', 'w got a.tsv 2', ...DONE])).toEqual([]);
    expect(check(['disk cut!', ...released, 'w got a.tsv 2', ...DONE])).toEqual([
      expect.stringContaining('came as attempt 2, of at most 1'),
      expect.stringContaining('1 attempts were counted that nobody told of'),
    ]);
  });

  it('judges whether what is kept is whole, and what was handed out', () => {
    const put = { actor: 'p', event: 'put?', name: 'a.tsv', text: 'all of it' };
    const got = { actor: 'w', event: 'got', name: 'a.tsv', attempt: 1, text: 'all of it' };
    const asked = { actor: 'w', event: 'done?', name: 'a.tsv' };
    const failing = { ...asked, event: 'fail?' };
    const text = (...events: object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const kept = { left: [], done: ['a.tsv', '.stage-17'], readDone: () => 'all of it' };
    expect(judge(text(put, got, asked), kept).violations).toEqual([]);
    expect(judge(text(put, got, asked), { ...kept, readDone: () => 'all' }).violations).toEqual(['a.tsv is kept, and is not whole']);
    expect(judge(text(put, { ...got, text: 'all' }, asked), kept).violations).toEqual(['line 2: w got a.tsv, and it is not whole']);
    const givenUp = { left: [], done: [], failed: ['a.tsv', 'a.tsv.error.json'], readFailed: () => '' };
    expect(judge(text(put, got, failing), givenUp).violations).toEqual([
      'a.tsv is kept, and is not whole',
      'a.tsv.error.json is kept, and is not whole',
    ]);
    const reported = (report: string) => (name: string) => (name.endsWith('.json') ? report : 'all of it');
    const report = JSON.stringify({ name: 'a.tsv', error: { name: 'Error', message: 'no' } });
    const said = (readFailed: (name: string) => string): string[] => judge(text(put, got, failing), { ...givenUp, readFailed }).violations;
    expect(said(reported(report))).toEqual([]);
    expect(said(reported(report.slice(0, -2)))).toEqual(['a.tsv.error.json is kept, and is not whole']);
    expect(said(reported('{"name":"a.tsv","error":{}}'))).toEqual(['a.tsv.error.json is kept, and is not whole']);
  });

  it.each([
    ['a message that was put and is nowhere', PUT, { done: [] }, 'not among what is done'],
    ['a message that was done and is not kept', [...PUT, 'w got a.tsv 1', ...DONE], { done: [] }, 'not among what is done'],
    ['a message that is left', [...PUT, 'w got a.tsv 1', ...DONE], { left: ['b.tsv'] }, 'left in the folder'],
    ['a claim that is left', [...PUT, 'w got a.tsv 1', ...DONE], { left: ['a.tsv.w-1-1a1.wip'] }, 'left in the folder'],
    ['what was done and comes again', [...PUT, 'w got a.tsv 1', ...DONE, 'v got a.tsv 2'], {}, 'again, which was done for certain'],
    ['two owners that live', [...PUT, 'v got a.tsv 1', 'w got a.tsv 2', ...DONE], {}, 'lived, and another one got it'],
    [
      'a late owner that commits',
      [...PUT, 'v got a.tsv 1', 'v stop!', 'w got a.tsv 2', 'v done? a.tsv', 'v done! a.tsv'],
      {},
      'was late and still',
    ],
    [
      'two dones of one message',
      [...PUT, 'w got a.tsv 1', ...DONE, 'v stop!', 'v got a.tsv 2', 'v done! a.tsv'],
      {},
      'more often than it was put',
    ],
    ['an attempt that was not counted', [...PUT, 'v got a.tsv 1', 'v kill!', 'w got a.tsv 1', ...DONE], {}, 'was before it'],
    ['a claim lost without a stop', [...PUT, 'v got a.tsv 1', 'v lost a.tsv', 'w got a.tsv 2', ...DONE], {}, 'without having been stopped'],
    ['what ended in done and was never handed out', PUT, {}, 'a.tsv is done 1 times, and that was asked for 0 times'],
    ['what was released and ended in done', [...PUT, 'w got a.tsv 1', 'w release? a.tsv', 'w release! a.tsv'], {}, 'asked for 0 times'],
    ['a first delivery that counts as the fifth', [...PUT, 'w got a.tsv 5', ...DONE], {}, 'came as attempt 5, of at most 1'],
    [
      'a release that is counted',
      [...PUT, 'v got a.tsv 1', 'v release? a.tsv', 'v release! a.tsv', 'w got a.tsv 2', ...DONE],
      {},
      'came as attempt 2, of at most 1',
    ],
    [
      'what is kept and nobody put',
      [...PUT, 'w got a.tsv 1', ...DONE],
      { done: ['a.tsv', 'ghost.tsv'] },
      'ghost.tsv is kept, and nobody put',
    ],
    ['what nobody put', ['w got a.tsv 1', ...DONE], {}, 'which nobody put'],
    ['what was settled and never handed out', [...PUT, 'w done! a.tsv'], {}, 'which it never got'],
    ['what was settled twice', [...PUT, 'w got a.tsv 1', ...DONE, 'w release! a.tsv'], {}, 'twice'],
    ['an event that there is not', ['w danced a.tsv'], {}, 'there is no event'],
  ] as const)('finds %s', (_, events, folder, complaint) => {
    expect(check([...events], { ...folder } as { left?: string[]; done?: string[] }).join('\n')).toContain(complaint);
  });

  it('is a program of its own, which looks into the folder itself', () => {
    const folder = tempFolder();
    const run = (events: readonly string[]): { status: number | null; violations: string[] } => {
      writeFileSync(join(folder, 'ledger'), lines(events));
      const { status, stdout } = spawnSync(process.execPath, [CHECKER, join(folder, 'ledger'), join(folder, 'inbox')], {
        encoding: 'utf8',
      });
      const { violations }: { violations: string[] } = JSON.parse(stdout);
      return { status, violations };
    };
    mkdirSync(join(folder, 'inbox', 'done'), { recursive: true });
    writeFileSync(join(folder, 'inbox', 'done', 'a.tsv'), '');
    expect(run([...PUT, 'w got a.tsv 1', ...DONE])).toEqual({ status: 0, violations: [] });
    writeFileSync(join(folder, 'inbox', 'b.tsv'), '');
    expect(run([...PUT, 'w got a.tsv 1', ...DONE])).toEqual({
      status: 1,
      violations: [expect.stringContaining('left in the folder: b.tsv')],
    });
    rmSync(join(folder, 'inbox', 'done', 'a.tsv'));
    expect(run(PUT).violations).toContainEqual(expect.stringContaining('not among what is done'));
    mkdirSync(join(folder, 'inbox', 'failed'));
    writeFileSync(join(folder, 'inbox', 'failed', 'ghost.tsv'), '');
    expect(run(PUT).violations).toContain('ghost.tsv is kept, and nobody put it');
  });
});
