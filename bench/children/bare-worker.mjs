/**
 * What many write at first, as one of several on a folder: list it, and take each file in the order of names, until there is
 * none. With `apart`, each takes other files than the rest, which nobody could know in practice: none is ever lost. Warms up,
 * begins and answers as folder-worker.mjs does.
 */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { makeFiles } from '../files.mjs';
import { answer, settings } from '../fresh-process.mjs';
import { takeInOrder } from '../peers/bare-folder.mjs';

const WARM_UP_FILES = 1_000;
const { directory, apart, index, count } = settings();

const own = `${directory}-${process.pid}`;
mkdirSync(own);
makeFiles(own, WARM_UP_FILES);
takeInOrder(own);

process.send('ready');
await once(process, 'message');
answer(apart ? takeInOrder(directory, index, count) : takeInOrder(directory));
