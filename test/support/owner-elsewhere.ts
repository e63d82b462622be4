import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatOwner, parseOwner } from '../../src/formats/owner-record.ts';

/** Says that the owner of a directory runs on another machine: nobody here can ask whether it lives. */
export function moveOwnerElsewhere(directory: string): void {
  const name = readdirSync(directory).find((file) => file.startsWith('owner.')) ?? '';
  const state = parseOwner(readFileSync(join(directory, name), 'utf8'));
  if (state === null) throw new Error(`${name} is damaged`);
  writeFileSync(join(directory, name), formatOwner({ ...state.record, host: 'elsewhere', bootId: 'another boot' }));
}
