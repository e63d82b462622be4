import { expect, it } from 'vitest';
import { renderDoctor } from '../../../src/cli/render/doctor.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import { adviseOn, noteOn } from '../../../src/doctor/advice.ts';
import type { Findings } from '../../../src/doctor/findings.ts';
import type { FolderReport } from '../../../src/doctor/folder-report.ts';
import { judgePromises } from '../../../src/doctor/verdict.ts';
import { OTHER, SOUND } from '../../doctor/findings.ts';

function reportOf(change: Partial<Findings> = {}): FolderReport {
  const findings = { ...SOUND, ...change };
  const promises = judgePromises(findings);
  const holds = promises.every((promise) => promise.holds);
  return { directory: '/data/inbox', holds, promises, advice: adviseOn(findings, promises), notes: noteOn(findings), findings };
}

const plain = (report: FolderReport): string => renderDoctor(report, paintFor(false, {})).join('\n');

it('says first whether all holds, and then why', () => {
  expect(plain(reportOf())).toMatch(
    /^\/data\/inbox: ext4, a disk of this machine\nAll promises hold here, as far as can be seen\.\n\n {2}holds {3}1 {2}Nothing acknowledged is lost\n/,
  );
});

it('has a line for each thing that was measured', () => {
  const text = plain(reportOf());
  expect(text).toContain('  rename race     100 files, 4 processes: one winner each; the lead changed 9 times\n');
  expect(text).toContain('  directory sync  1.0 ms\n');
  expect(text).toContain('  renames         50,000/s\n');
  expect(text).toContain('  listing         20 µs a name; 0 of 36 late\n');
  expect(text).toContain('  watch events    after 3.0 ms, 5 of 5; of 1,000 files at once 1,000, in 6 looks\n');
  expect(text).toContain('  names           case counts, Unicode forms count, kept as given, up to 255 bytes\n');
  expect(text).toContain('  file times      steps of 4.0 ms; ahead of this clock by 0 ms (±1)\n');
});

it('shows broken promises with their reasons, and what to do', () => {
  const text = plain(
    reportOf({
      kind: { name: 'fuse.sshfs', nature: 'program', options: [], cloud: null },
      links: { ...SOUND.links, hardLinksRefused: 'EPERM' },
      sync: { directory: { refused: 'EINVAL', ms: null }, file: { refused: null, ms: 2 } },
      races: { runs: 1, renames: { ...SOUND.races.renames, fair: 97, lost: 2, doubled: 1, lied: 4, odd: { EIO: 1 } }, links: null },
      watch: { ...SOUND.watch, wakeMs: null },
      throughput: { ...SOUND.throughput, putsPower: null },
    }),
  );
  expect(text).toContain('7 of 8 promises do not hold here.'.replace('7', '6'));
  expect(text).toMatch(/ {2}FAILS {3}1 {2}Nothing acknowledged is lost\n {13}2 of 100 files that 4 processes renamed are not where/);
  expect(text).toContain('97 with one winner, 1 with two winners, 2 lost, 4 won though told otherwise, EIO; ');
  expect(text).toContain('  link race       not run: there are no hard links\n');
  expect(text).toContain('  directory sync  refused (EINVAL)\n');
  expect(text).toContain('  put, power      not to be had\n');
  expect(text).toContain('  watch events    none: the timer alone wakes\n');
  expect(text).toMatch(/\nTo do\n {2}Keep queues in another folder/);
});

it('shows what was seen of other runs', () => {
  const text = plain(reportOf({ others: [OTHER, { ...OTHER, pid: 8, listingMs: null, clock: null }] }));
  expect(text).toContain(
    '  process 7 on elsewhere: new file listed after 2.0 ms, found by name after 2.0 ms, heartbeat after 3.0 ms, event after 4.0 ms, clock ahead by 120 ms (±2)\n',
  );
  expect(text).toContain('  process 8 on elsewhere: new file listed not seen, ');
  expect(text).toContain('1 of 8 promises does not hold here.');
});

it('colours the verdict on a terminal', () => {
  expect(renderDoctor(reportOf(), paintFor(true, {}))[1]).toContain('\u001b[32m');
});
