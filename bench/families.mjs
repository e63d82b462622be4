/** Every family of figures, in the order of the table, by the file that holds it. */
export const FAMILIES = [
  { name: 'puts-power', file: 'puts-power.mjs', needs: 'redis' },
  { name: 'puts-bulk', file: 'puts-bulk.mjs' },
  { name: 'puts-process', file: 'puts-process.mjs' },
  { name: 'drains', file: 'drains.mjs', needs: 'redis' },
  { name: 'reopen', file: 'reopen.mjs' },
  { name: 'backlog', file: 'backlog.mjs' },
  { name: 'memory', file: 'memory.mjs' },
  { name: 'memory-10m', file: 'memory.mjs', full: true },
  { name: 'keys', file: 'memory.mjs' },
  { name: 'bounds', file: 'bounds.mjs' },
];

/** A family's figures and how to run them. Imported when it is to run: what it imports is installed by then. */
export async function loadFamily(name) {
  const { file } = FAMILIES.find((known) => known.name === name);
  const exported = await import(new URL(`figures/${file}`, import.meta.url));
  return Object.values(exported).find((family) => family.name === name);
}
