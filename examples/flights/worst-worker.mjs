// One worker process of the third stage: takes parts of the batch until none is left, and reduces it if it is the first to get there.
import { openBatch } from 'dibs/tasks';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { places } from './output.mjs';
import { delaysOf, worstOf } from './worst-routes.mjs';
import { BATCH, storeOf } from './worst.mjs';

const [dir = '.demo', lingerOver] = process.argv.slice(2);
const { routes, delays } = places(dir);
const tell = (/** @type {import('./worst.mjs').PartNews} */ news) => void process.send?.(news);

// Whoever started it is gone. The batch needs nobody; but who kills a demo wants to be rid of all of it.
process.once('disconnect', () => process.exit());

/** @type {import('dibs/tasks').Batch<import('./worst.mjs').Day, import('./worst.mjs').Mapped>} */
const batch = await openBatch(BATCH, { store: storeOf(dir) });

await batch.work(
  async ({ day }, attempt) => {
    const lingers = day === lingerOver && attempt.number === 1;
    tell({ took: attempt.id, day, attempt: attempt.number, lingers });
    if (lingers) await wait(30_000);
    const found = delaysOf(await readFile(join(routes, day), 'utf8'));
    // Appears under its name when the part is done, and not before.
    await writeFile(
      await attempt.output(join(delays, day)),
      found.map(({ route, flights, delay }) => `${route}\t${flights}\t${delay}\n`).join(''),
    );
    tell({ did: attempt.id, day, attempt: attempt.number });
    return { routes: found.length };
  },
  {
    pollIntervalMs: 50,
    async reduce({ results }) {
      const days = [];
      for await (const { part } of results()) days.push(await readFile(join(delays, part.day), 'utf8'));
      const worst = worstOf(days);
      tell({ reduced: worst });
      return worst;
    },
  },
);
await batch.dispose();
process.disconnect?.();
