import { expect, it } from 'vitest';
import { BatchPlace } from '../support/batch-places.ts';

it('tells of the parts that somebody has, in order: who, since when and how far, and of the reduce', async () => {
  const place = new BatchPlace('memory');
  const batch = await place.create(Array.from({ length: 12 }));
  const at = (): string => place.clock.wall().toISOString();
  const started = [at(), at()];
  await batch.part(10, async (_, attempt) => {
    await attempt.progress(0.25, 'half of the half');
    await batch.part(9, async () => {
      const { running } = await (await place.open()).status();
      const holder = { consumer: expect.any(String), standing: 'alive' };
      expect(running).toEqual([
        { partId: '9', attempt: 1, holder, startedAt: started[1] },
        { partId: '10', attempt: 1, holder, startedAt: started[0], progress: { fraction: 0.25, note: 'half of the half' } },
      ]);
    });
  });
  expect((await batch.status()).running).toEqual([]);
  await batch.work(() => 1);
  await batch.reduce(async () => {
    expect((await batch.status()).running).toMatchObject([
      { partId: 'reduce', attempt: 1, holder: { standing: 'alive' }, startedAt: at() },
    ]);
  });
  expect((await batch.status()).running).toEqual([]);
});
