/** Every family of figures, in the order of the table, by the file that holds it. What a family needs of servers.mjs, it says. */
export const FAMILIES = [
  { name: 'puts-power', file: 'puts-power.mjs', needs: ['redis', 'postgres'] },
  { name: 'puts-bulk', file: 'puts-bulk.mjs', needs: ['postgres'] },
  { name: 'puts-process', file: 'puts-process.mjs' },
  { name: 'drains', file: 'drains.mjs', needs: ['redis', 'postgres'] },
  { name: 'growth', file: 'growth.mjs' },
  { name: 'queue-sharing', file: 'queue-sharing.mjs' },
  { name: 'reopen', file: 'reopen.mjs' },
  { name: 'backlog', file: 'backlog.mjs' },
  { name: 'size', file: 'size.mjs' },
  { name: 'memory', file: 'memory.mjs' },
  { name: 'memory-10m', file: 'memory.mjs', full: true },
  { name: 'keys', file: 'memory.mjs' },
  { name: 'folder-claims', file: 'folder-claims.mjs' },
  { name: 'folder-puts', file: 'folder-puts.mjs' },
  { name: 'folder-sharing', file: 'folder-sharing.mjs' },
  { name: 'folder-growth', file: 'folder-growth.mjs' },
  { name: 'folder-growth-1m', file: 'folder-growth.mjs', full: true },
  { name: 'folder-peers', file: 'folder-peers.mjs', needs: ['dirq'] },
  { name: 'folder-latency', file: 'folder-latency.mjs' },
  { name: 'tasks', file: 'tasks.mjs' },
  { name: 'tasks-1m', file: 'tasks.mjs', full: true },
  { name: 'bounds', file: 'bounds.mjs' },
];

/** A family's figures and how to run them. Imported when it is to run: what it imports is installed by then. */
export async function loadFamily(name) {
  const { file } = FAMILIES.find((known) => known.name === name);
  const exported = await import(new URL(`figures/${file}`, import.meta.url));
  return Object.values(exported).find((family) => family.name === name);
}
