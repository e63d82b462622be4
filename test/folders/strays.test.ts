import { expect, it } from 'vitest';
import { parseClaimName } from '../../src/formats/claim-name.ts';
import { strayClaims } from '../../src/folders/strays.ts';

const claims = ['a.tsv.me-1a1.wip', 'b.tsv.me-2a1.wip', 'c.tsv.me-2a1.wip', 'd.tsv.old-1a1.wip', 'e.tsv.other-1a1.wip'].flatMap((file) => {
  const claim = parseClaimName(file, '.tsv');
  return claim === null ? [] : [{ ...claim, file }];
});

it('are claims under any name of ours that nobody holds; of a group one file tells for all', () => {
  const strays = (held: readonly string[]) =>
    strayClaims(claims, { own: new Set(['me', 'old']), held: held.map((file) => ({ path: `/q/${file}` })), extension: '.tsv' }).map(({ file }) => file); // prettier-ignore
  expect(strays([])).toEqual(['a.tsv.me-1a1.wip', 'b.tsv.me-2a1.wip', 'c.tsv.me-2a1.wip', 'd.tsv.old-1a1.wip']);
  expect(strays(['b.tsv.me-2a1.wip', 'd.tsv.old-1a1.wip'])).toEqual(['a.tsv.me-1a1.wip']);
  expect(strays(['a.tsv.me-1a1.wip', 'b.tsv.me-2a1.finished', 'd.tsv.old-1a1.wip'])).toEqual([]);
});
