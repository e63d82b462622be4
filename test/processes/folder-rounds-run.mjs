/**
 * One process of several that put files into a folder and work it off, both at once. Writes down in a ledger what it asked for
 * before, and what it was promised after, and tells its parent once it has opened the folder.
 *
 *   node folder-rounds-run.mjs '{ directory, ledger, actor, seed, puts?, isLast?, isGrouped?, …options of open }'
 *
 * isLast: puts nothing but what is missing of a group, and works off all there is
 * isGrouped: two files are a group, and are put one by one and had together
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { GroupedFolderQueue, ReadableFolderQueue, WritableFolderQueue } from 'dibs';
import { openLedger, randomNumbers } from './ledger.mjs';

const {
  directory,
  ledger,
  actor,
  seed,
  puts = 60,
  isLast = false,
  isGrouped = false,
  durability,
  maxAttempts,
  leaseMs,
} = JSON.parse(process.argv[2]);
const MEMBERS = ['east', 'west'];
const GROUPS = { members: MEMBERS, groupKey: (name) => name.split('.')[0], memberKey: (name) => name.split('.')[1] };
const note = openLedger(ledger, actor);
const random = randomNumbers(seed);
const rules = { durability, maxAttempts, ...(leaseMs !== undefined && { leaseMs }) };

// Only the last one announces itself: a producer that is killed without its last word would end the others.
const outbox = await WritableFolderQueue.open(directory, { ...rules, producer: isLast ? 'the last one' : null });
const inbox = isGrouped
  ? await GroupedFolderQueue.open(directory, { ...rules, ...GROUPS, pollIntervalMs: 10 })
  : await ReadableFolderQueue.open(directory, { ...rules, pollIntervalMs: 10 });
process.send({ open: true });
if (isLast) void closeOutbox();
else void produce();
for await (const item of inbox) {
  const files = isGrouped ? item.files : [item];
  const names = files.map(({ name }) => name);
  for (const { name, path } of files) note('got', { name, attempt: item.attempt, text: readFileSync(path, 'utf8') });
  if (isGrouped && names.length !== MEMBERS.length) note('torn group', { name: names[0] });
  await (isLast ? undefined : pause(0.6));
  await told(isLast || random() < 0.8 ? 'done' : 'release', item, names);
}
await inbox.dispose();
await outbox.dispose();
process.disconnect();

/** One by one, or a few at once. */
async function produce() {
  for (let next = 1; next <= puts;) {
    const count = random() < 0.5 ? 1 : Math.ceil(random() * 5);
    await Promise.all(Array.from({ length: Math.min(count, puts + 1 - next) }, () => put(next++)));
    await pause(0.3);
  }
}

async function put(number) {
  const stem = `${actor.replaceAll(' ', '-')}-${number}`;
  for (const name of isGrouped ? MEMBERS.map((member) => `${stem}.${member}.tsv`) : [`${stem}.tsv`]) await putFile(name);
}

async function putFile(name) {
  const text = `${name}\n`.repeat(20);
  note('put?', { name, text });
  await outbox.putText(name, text);
  note('put!', { name });
}

async function told(how, item, names) {
  for (const name of names) note(`${how}?`, { name });
  await item[how]();
  for (const name of names) note(`${how}!`, { name });
}

/** Of groups whose producers were killed between their files the others are put first: no reader waits for them for ever. */
async function closeOutbox() {
  const namesIn = (folder) => new Set(readdirSync(folder).flatMap((file) => /^[^.]+\.(?:east|west)\.tsv/.exec(file)?.[0] ?? []));
  const there = isGrouped ? namesIn(directory) : [];
  for (const name of there) {
    const other = name.replace(/east|west/, (member) => (member === 'east' ? 'west' : 'east'));
    // Of a group that somebody had begun to finish one may be gone from here.
    if (!there.has(other) && !namesIn(`${directory}/done`).has(other)) await putFile(other);
  }
  await outbox.close();
}

/** A few milliseconds, or a few turns, or none. */
async function pause(share) {
  if (random() < share) await sleep(random() * 12);
  else for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await nextTurn();
}
