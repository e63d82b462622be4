import { expect, it } from 'vitest';
import { keepShape } from '../../src/machines/keep-shape.ts';
import { collect } from '../support/collect.ts';

it('keeps a sample that nobody else holds', async () => {
  const [kept, other] = [{ sample: 1 }, { sample: 2 }].map((sample) => new WeakRef(sample));
  if (kept === undefined || other === undefined) throw new TypeError();
  keepShape(kept.deref() ?? {});
  await collect();
  expect(other.deref()).toBeUndefined();
  expect(kept.deref()).toEqual({ sample: 1 });
});
