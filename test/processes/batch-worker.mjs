// Works on batches that it is told of, each line `<directory> <batch>`: all parts, and the reduce if it is the first. `hold`
// says that it has a part and keeps it; `reduce` that it reduces, and keeps at it. Each reduce that it ends is one line in `<directory>.reduced`.
import { openBatch } from '../../dist/tasks.js';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
const forEver = () => new Promise(() => setInterval(() => {}, 60_000));

for await (const line of createInterface(process.stdin)) {
  const [directory, id, halt] = line.split(' ');
  const batch = await openBatch(id, { store: `file:${directory}`, durability: 'process' });
  const { parts, reduced, status } = await batch.work(
    async (part) => {
      if (halt === 'hold') {
        say({ holds: part });
        await forEver();
      }
      return part * 2;
    },
    {
      pollIntervalMs: 10,
      async reduce({ results, total }) {
        let [sum, count] = [0, 0];
        for await (const { result } of results()) [sum, count] = [sum + result, count + 1];
        if (count !== total) throw new Error(`${count} of ${total} parts`);
        if (halt === 'reduce') {
          say({ reduces: sum });
          await forEver();
        }
        appendFileSync(`${directory}.reduced`, `${id} ${sum}\n`);
        return sum;
      },
    },
  );
  await batch.dispose();
  say({ done: parts.done, reduced, state: status?.state });
}
