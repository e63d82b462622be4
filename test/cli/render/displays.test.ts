import { describe, expect, it } from 'vitest';
import { JsonDisplay } from '../../../src/cli/render/json.ts';
import { LiveDisplay } from '../../../src/cli/render/live.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { PlainDisplay } from '../../../src/cli/render/plain.ts';
import { textWidth } from '../../../src/cli/render/text-width.ts';
import type { FailedAttempt, WorkDisplay, WorkSummary } from '../../../src/cli/render/work-display.ts';
import type { ConsumeProgress } from '../../../src/queues/consume-report.ts';
import { writtenOutput } from '../written-output.ts';

const counts = { taken: 0, done: 0, failed: 0, retried: 0, released: 0, lost: 0 };
const progress = (changes: Partial<ConsumeProgress>): ConsumeProgress => ({
  ...counts,
  state: 'working',
  running: 0,
  waitingForRetry: 0,
  startedAt: new Date(0),
  elapsedMs: 0,
  ...changes,
});
const failure: FailedAttempt = {
  id: '00000001-0000000007',
  attempt: 3,
  durationMs: 12,
  value: 'order 7\n',
  maxAttempts: 3,
  givenUp: true,
  error: { name: 'ProgramFailedError', message: 'exit code 1: no such\u001b[2J order' },
};
const summary: WorkSummary = {
  directory: 'orders',
  report: { ...counts, taken: 10, done: 8, failed: 1, released: 1, interrupted: { how: 'drained', signal: 'SIGINT' }, durationMs: 1234.5 },
  counts: { waiting: 3, taken: 0, done: 8, failed: 1, damaged: 0 },
  left: 3,
  failed: 1,
  failedBefore: 0,
};
const clean: WorkSummary = {
  directory: 'orders',
  report: { ...counts, taken: 10, done: 10, interrupted: null, durationMs: 100 },
  counts: { waiting: 0, taken: 0, done: 10, failed: 0, damaged: 0 },
  left: 0,
  failed: 0,
  failedBefore: 0,
};

async function showAll(display: WorkDisplay): Promise<void> {
  display.progress(progress({ done: 1, running: 2 }), 10);
  await display.output('stdout', Buffer.from('from stdout\n'));
  await display.output('stderr', Buffer.from('from stderr\n'));
  await display.done({ id: '00000001-0000000001', attempt: 1, durationMs: 5 });
  await display.failed(failure);
  await display.notice('a word');
  display.progress(progress({ state: 'ended' }), 10);
  await display.report(summary);
}

describe('the plain display', () => {
  it('writes whole lines to stderr and leaves stdout to the programs', async () => {
    const [out, err] = [writtenOutput(), writtenOutput()];
    await showAll(new PlainDisplay(out.output, err.output, { quiet: false }));
    expect(out.text()).toBe('from stdout\n');
    expect(err.text().split('\n')).toEqual([
      'dibs: 1 of 10 done',
      'from stderr',
      String.raw`dibs: 00000001-0000000007 ("order 7\n") given up at attempt 3 of 3: exit code 1: no such\u001b[2J order`,
      'dibs: a word',
      'dibs: 8 messages done, 1 given up, 1 given back in 1.2s; interrupted, 3 messages left',
      'dibs: 1 message failed. Reasons: dibs failed orders. Try again: dibs retry orders',
      '',
    ]);
  });

  it('tells the rate and what is left once it knows them', async () => {
    const err = writtenOutput();
    const display = new PlainDisplay(err.output, err.output, { quiet: false });
    display.progress(progress({ done: 0 }), 1_000);
    display.progress(progress({ done: 200, failed: 2, elapsedMs: 10_000 }), 1_000);
    await display.report(clean);
    expect(err.text()).toBe(
      'dibs: 0 of 1,000 done\ndibs: 200 of 1,000 done, 2 failed, 20.0/s, 40s left\ndibs: 10 messages done in 0.1s; nothing left\n',
    );
  });

  it.each([
    [1, '3 messages failed, 1 of them before this. Reasons'],
    [3, '3 messages failed, before this. Reasons'],
  ])('says of what is given up that %d was so before', async (failedBefore, words) => {
    const err = writtenOutput();
    const display = new PlainDisplay(err.output, err.output, { quiet: false });
    await display.report({ ...clean, failed: 3, failedBefore });
    expect(err.text()).toContain(words);
  });

  it('tells only failures when it is to be quiet', async () => {
    const [out, err] = [writtenOutput(), writtenOutput()];
    const display = new PlainDisplay(out.output, err.output, { quiet: true });
    expect(display.progressIntervalMs).toBeNull();
    await display.failed({ ...failure, givenUp: false, attempt: 1, value: { id: 7 } });
    await display.report(summary);
    expect(err.text()).toBe(
      String.raw`dibs: 00000001-0000000007 ({"id":7}) failed at attempt 1 of 3: exit code 1: no such\u001b[2J order` + '\n',
    );
  });
});

describe('the live display', () => {
  it('takes its line away before anything else is written, and draws it again below', async () => {
    const terminal = writtenOutput({ isTTY: true });
    const display = new LiveDisplay(terminal.output, terminal.output, paintFor(false, {}));
    display.progress(progress({ done: 5, failed: 1, running: 2, waitingForRetry: 1 }), 12);
    await display.output('stdout', Buffer.from('a line\n'));
    const line = '[############............]  5/12  2 running  1 to be tried again  1 given up';
    expect(terminal.text()).toBe(`\r\u001b[K${line}\r\u001b[Ka line\n${line}`);
  });

  it('leaves nothing of its line behind the summary', async () => {
    const terminal = writtenOutput({ isTTY: true });
    const display = new LiveDisplay(terminal.output, terminal.output, paintFor(false, {}));
    await showAll(display);
    expect(terminal.text().split('\r\u001b[K').at(-1)).toBe(
      'dibs: 1 message failed. Reasons: dibs failed orders. Try again: dibs retry orders\n',
    );
  });

  it('fits into any width', async () => {
    const terminal = writtenOutput({ isTTY: true, columns: 40 });
    const display = new LiveDisplay(terminal.output, terminal.output, paintFor(false, {}));
    display.progress(progress({ done: 5_000_000, running: 2, waitingForRetry: 1 }), 12_000_000);
    await display.notice('x');
    const lines = terminal.text().split('\r\u001b[K');
    expect(Math.max(...lines.map((line) => textWidth(line.replace('dibs: x\n', ''))))).toBe(39);
  });

  it('says that it stops when it does', async () => {
    const terminal = writtenOutput({ isTTY: true });
    const display = new LiveDisplay(terminal.output, terminal.output, paintFor(false, {}));
    display.progress(progress({ state: 'stopping', running: 2 }), 12);
    await display.notice('x');
    expect(terminal.text()).toContain('2 running  stopping');
  });

  it('has colours unless NO_COLOR has a value', () => {
    expect(paintFor(true, {}).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(paintFor(true, { NO_COLOR: '' }).bold('x')).toBe('\u001b[1mx\u001b[22m');
    expect(
      [paintFor(true, { NO_COLOR: '1' }), paintFor(true, { TERM: 'dumb' }), paintFor(false, {})].map((paint) => paint.red('x')),
    ).toEqual(['x', 'x', 'x']);
  });
});

describe('the JSON display', () => {
  it('writes an event a line to stdout, and all that programs write to stderr', async () => {
    const [out, err] = [writtenOutput(), writtenOutput()];
    await showAll(new JsonDisplay(out.output, err.output));
    expect(err.text()).toBe('from stdout\nfrom stderr\ndibs: a word\n');
    expect(
      out
        .text()
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { event: 'done', id: '00000001-0000000001', attempt: 1, durationMs: 5 },
      {
        event: 'failed',
        id: '00000001-0000000007',
        attempt: 3,
        durationMs: 12,
        givenUp: true,
        error: { name: 'ProgramFailedError', message: 'exit code 1: no such\u001b[2J order' },
      },
      {
        event: 'report',
        taken: 10,
        done: 8,
        failed: 1,
        retried: 0,
        released: 1,
        lost: 0,
        interrupted: { how: 'drained', signal: 'SIGINT' },
        durationMs: 1235,
        counts: { waiting: 3, taken: 0, done: 8, failed: 1, damaged: 0 },
        failedBefore: 0,
      },
    ]);
  });
});
