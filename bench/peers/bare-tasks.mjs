/** What plain Node needs for the life of a task in a file: the bound that no tracker of files can pass. */
import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readSync, renameSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** As long as our names for a claim: a rename costs by the length of its names. */
const CONSUMER = `${hostname().toLowerCase().slice(0, 20)}-${process.pid}-0123abcd`;

const record = (status, rows, attempts) =>
  `${JSON.stringify({ format: 'dibs/task', version: 1, status, data: { rows }, attempts, failures: 0, createdAt: new Date().toISOString(), updatedAt: new Date().toISOString(), errors: [], checksum: '00000000' })}\n`;

export function makeRecords(directory, ids) {
  for (const place of ['pending', 'running', 'succeeded', 'stages']) mkdirSync(`${directory}/${place}`);
  for (const id of ids) writeFileSync(`${directory}/pending/${id}.json`, record('pending', 1, 0));
}

/** Each task in turn. */
export function settleRecords(directory, ids) {
  const buffer = Buffer.alloc(4_096);
  let claims = 0;
  for (const id of ids) {
    claims += 1;
    const claim = `${directory}/running/${id}.json.${CONSUMER}-${claims}a1`;
    const { size } = lstatSync(`${directory}/pending/${id}.json`);
    const found = JSON.parse(read(`${directory}/pending/${id}.json`, buffer, size));
    renameSync(`${directory}/pending/${id}.json`, `${claim}.wip`);
    lstatSync(`${claim}.wip`);
    const stage = `${directory}/stages/${id}.json.${CONSUMER}-${claims}a1.settling`;
    const file = openSync(stage, 'ax');
    writeSync(file, record('succeeded', found.data.rows + 1, found.attempts + 1));
    closeSync(file);
    renameSync(`${claim}.wip`, `${claim}.settling`);
    renameSync(stage, `${directory}/succeeded/${id}.json`);
    unlinkSync(`${claim}.settling`);
  }
}

function read(path, buffer, size) {
  const file = openSync(path, 'r');
  fstatSync(file);
  const length = readSync(file, buffer, 0, size, 0);
  closeSync(file);
  return buffer.toString('utf8', 0, length);
}
