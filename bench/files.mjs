/** The files that both sides of a folder's figure are given. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { message } from './messages.mjs';

export function fileName(number) {
  return `sales-${String(number).padStart(8, '0')}.tsv`;
}

/** The number in a name that `fileName` made. */
export function numberOf(name) {
  return Number(name.slice(6, 14));
}

/** What is in one: about 100 bytes of JSON. */
export function fileText(number) {
  return JSON.stringify(message(number));
}

/** Makes so many. They are empty, unless it matters what is in them. */
export function makeFiles(directory, count, textOf) {
  for (let number = 0; number < count; number += 1) {
    const file = openSync(`${directory}/${fileName(number)}`, 'wx');
    if (textOf) writeSync(file, textOf(number));
    closeSync(file);
  }
}
