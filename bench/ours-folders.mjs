/** Our side of the folders' figures: the built package, used as its README says. */
import { ReadableFolderQueue, WritableFolderQueue } from '../dist/index.js';
import { eachInFlight } from './in-flight.mjs';

export function openReader(directory, options) {
  return ReadableFolderQueue.open(directory, options);
}

export function openWriter(directory, options) {
  return WritableFolderQueue.open(directory, options);
}

/** Takes `count` files and finishes them, one by one. */
export async function drainFiles(reader, count) {
  for (let done = 0; done < count; done += 1) {
    const file = await reader.get();
    await file.done();
  }
}

export async function putTexts(writer, names, textOf, inFlight) {
  await eachInFlight(names, inFlight, (name) => writer.putText(name, textOf(name)));
}
