/**
 * Plays a scene of fault-scenes-queue.mjs or fault-scenes-folder.mjs, and says how it ended: `{ "ended": null }`, or the code
 * of the error that was thrown at it, if that is one of ours, or NOTHING if there was nothing to take. Any other error
 * ends it as it ends every program.
 *
 *   node fault-scene.mjs '{ kind, scene, place, actor, size?, isLast?, options? }'
 *   node fault-scene.mjs        plays one for each line of its input: what it plays then can't be told from other processes
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WorkQueueError } from 'dibs';
import { FOLDER_SCENES } from './fault-scenes-folder.mjs';
import { NothingToTake, QUEUE_SCENES } from './fault-scenes-queue.mjs';

const [told] = process.argv.slice(2);
if (told !== undefined) say(await play(JSON.parse(told)));
else {
  for await (const line of createInterface(process.stdin))
    say(await play(JSON.parse(line)).catch((error) => ({ ended: `${error.stack ?? error}` })));
}

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function play({ kind, scene, place, actor, size = 1, isLast = false, options = {} }) {
  const isQueue = kind === 'queue';
  const stage = {
    directory: join(place, 'disk', 'q'),
    source: join(place, 'disk', 'source'),
    ledger: join(place, 'ledger'),
    // No file that stays open: one process may play thousands of scenes.
    note: (event, facts) => appendFileSync(join(place, 'ledger'), `${JSON.stringify({ actor, event, ...facts })}\n`),
    actor,
    size,
    isLast,
    options,
    opened: [],
    held: new Set(),
    puts: 0,
  };
  let ended = null;
  try {
    await (isQueue ? QUEUE_SCENES : FOLDER_SCENES)[scene](stage);
  } catch (error) {
    if (!(error instanceof WorkQueueError || error instanceof NothingToTake)) throw error;
    ended = error.code;
  }
  return { ended: (await leave(stage, isQueue)) ?? ended };
}

/** Gives back what is in hands. */
async function leave({ opened, held, note }, isQueue) {
  if (isQueue) note('end?');
  for (const name of held) note('release?', { name });
  let ended;
  for (const queue of opened) {
    try {
      await queue.dispose();
    } catch (error) {
      if (!(error instanceof WorkQueueError)) throw error;
      ended ??= error.code;
    }
  }
  if (isQueue) note('end!');
  return ended;
}
