// A producer in Python, python-producer.py beside this file, feeds workers in Node: what is in the folder is all there is to
// agree on, and docs/on-disk.md has every name and body of it.
//
//   node examples/python-producer.mjs
//
// needs: python3
// prints: 12 receipts from Python, 2 workers: 78 euros
import { ReadableFolderQueue } from 'dibs';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

if (process.send === undefined) await main();
else await work();

async function main() {
  mkdirSync('receipts');
  const receipts = Array.from({ length: 12 }, (_, n) => `receipts/${n + 1}.tsv`);
  for (const [n, path] of receipts.entries()) writeFileSync(path, `euros\t${n + 1}\n`);

  let [count, euros] = [0, 0];
  const workers = [1, 2].map(() => fork(fileURLToPath(import.meta.url)));
  for (const worker of workers) {
    worker.on('message', (more) => {
      count += 1;
      euros += more;
    });
  }
  const script = fileURLToPath(new URL('python-producer.py', import.meta.url));
  await Promise.all([promisify(execFile)('python3', [script, 'till', ...receipts]), ...workers.map((worker) => once(worker, 'exit'))]);
  console.log(`${count} receipts from Python, ${workers.length} workers: ${euros} euros`);
}

async function work() {
  const queue = await ReadableFolderQueue.open('till');
  for await (const file of queue) {
    const [, euros] = readFileSync(file.path, 'utf8').trim().split('\t');
    await file.done();
    process.send(Number(euros));
  }
  await queue.dispose();
  process.disconnect();
}
