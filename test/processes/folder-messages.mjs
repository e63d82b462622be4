/**
 * What became of one message of a folder in the end, for the checker of folders: whether it ended, once and for a reason, and whether
 * each who had it got it for a reason. Like the checker this knows nothing of the library.
 */
import { RULES } from './checker-rules.mjs';
import { filesOf, mayBeDone } from './kept-files.mjs';

/** Promises 1, 2 and 10: what was put for certain ended, as often as it was put, and as somebody asked for. */
export function judgeEnd(name, { asked, acknowledged, holds, dones, givenUps }, { done, failed }, { killed, complain }) {
  const isDone = done?.includes(name) ?? mayBeDone({ asked, holds });
  const isGivenUp = failed.includes(name);
  if (RULES.isLost({ isPut: acknowledged, isDone, isGivenUp })) complain(`${name} was put for certain, and is not among what is done`);
  if (dones > 0 && !isDone) complain(`${name} was done for certain, and is not among what is done`);
  if (givenUps > 0 && filesOf(name, failed).length === 0) complain(`${name} was given up for certain, and is not among what was given up`);
  const copies = filesOf(name, [...(done ?? []), ...failed]).length;
  if (copies > asked) complain(`${name} was put ${asked} times, and ended ${copies} times`);
  const wasAskedFor = holds.some(({ how }) => how === 'fail' || how === 'giveUp');
  // How often it may have been tried before somebody was killed is not known.
  if (isGivenUp && RULES.isGivenUpForNoReason({ isSpent: killed.size > 0, wasAskedFor }))
    complain(`${name} is given up, and nobody asked for it`);
}

/** Promises 3 and 4. Only at the end it is known who was killed: whoever saw that may have noted it late. */
export function judgeHolds(name, { asked, holds }, { killed, stopped, complain }) {
  if (asked === 1) judgeRepeats(name, holds, killed, complain);
  for (const hold of holds)
    if (hold.how === 'lost' && !stopped.has(hold.actor))
      complain(`line ${hold.line}: ${hold.actor} lost ${name} without having been stopped`);
}

function judgeRepeats(name, holds, killed, complain) {
  for (const hold of holds.slice(0, -1))
    if (RULES.isTakenFromTheLiving({ hold, mayHaveLostIt: killed.has(hold.actor) }))
      complain(`line ${hold.line}: ${hold.actor} held ${name}, lived, and another one got it`);
  const reasons = holds.filter(({ actor, how }) => how !== undefined || killed.has(actor)).length;
  if (RULES.isRepeatedForNoReason({ deliveries: holds.length, reasons }))
    complain(`${name} was delivered ${holds.length} times, for ${reasons} reasons`);
}
