import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DISK_TROUBLES, type Trouble } from '../support/disk-troubles.ts';
import { FullDiskUser, type QueueKind } from '../support/full-disk-user.ts';
import { sayIfSkipped } from '../support/missing-tools.ts';
import { DEEP } from '../support/sample.ts';
import { SmallDisk, whyNoSmallDisks } from '../support/small-disk.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CASES = (['queue', 'folder'] as const).flatMap((kind) =>
  Object.entries(DISK_TROUBLES).map(([what, trouble]): FullDiskCase => ({
    name: `${kind}: ${what}`,
    kind,
    trouble,
    points: pointsOf(trouble),
  })),
);

interface FullDiskCase {
  readonly name: string;
  readonly kind: QueueKind;
  readonly trouble: Trouble;
  readonly points: number;
}

function pointsOf({ isSlow }: Trouble): number {
  return DEEP ? 200 : isSlow ? 6 : 20;
}

const isTried = sayIfSkipped('real disks that are full, damaged or read-only', CASES.length, whyNoSmallDisks());

/** How often each was refused. */
function countOf(refused: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of refused) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} × ${what}`).join(', ');
}

describe.runIf(isTried)('what is refused is told honestly, and when all is well again all goes on and nothing is lost', () => {
  it.each(CASES)(
    'T13 $name, at $points points',
    async ({ name, kind, trouble, points }) => {
      const disk = new SmallDisk(trouble.on);
      const [ledgers, user] = [tempFolder(), new FullDiskUser()];
      const [wrong, all]: [string[], string[]] = [[], []];
      for (let point = 0; point < points; point += 1) {
        const directory = join(disk.directory, `${point}`);
        await user.begin({ kind, directory, ledger: join(ledgers, `${point}`), errnos: trouble.errnos, seed: point });
        await trouble.play(disk, user, point);
        const { violations, refused } = await user.end();
        wrong.push(...violations.map((violation) => `point ${point}: ${violation}`));
        all.push(...refused);
        rmSync(directory, { recursive: true });
      }
      console.log(`T13 ${name}: ${points} points, ${countOf(all)}`);
      expect(wrong).toEqual([]);
      // Proof that something was wrong with it.
      expect(all.length).toBeGreaterThan(0);
    },
    DEEP ? 3_600_000 : 300_000,
  );
});
