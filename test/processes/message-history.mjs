/**
 * What befell one message of a queue of values, for its checker: whether each delivery after the first had a reason, whether what
 * was given up had been tried as often as it says, and whether its life makes sense as a whole. Like the checker this knows nothing
 * of the library.
 *
 * @typedef {{ actors: import('./queue-actors.mjs').QueueActors, maxAttempts: number, complain: (what: string) => void }} Judgement
 */
import { RULES } from './checker-rules.mjs';

/** Promise 4: a delivery after another needs a reason, and its attempt follows from it. */
export function judgeRepeat({ deliveries, forgiven }, { id, attempt }, { actors, complain }) {
  const before = deliveries.at(-1);
  const { actor, how } = before;
  // Of what was asked for it is not known whether it was done: it may be somebody else's by then.
  const mayHaveLostIt = how !== undefined || actors.isGoing(actor);
  if (RULES.isTakenFromTheLiving({ hold: before, mayHaveLostIt })) complain(`${id} was delivered to another while ${actor} held it`);
  // What was asked for and refused was in hands still when its taker ended.
  const isUncounted = how === 'release' || (!before.isCertain && actors.isEnding(actor));
  const least = RULES.leastAttempt({ before: before.attempt, isUncounted, beginsAnew: forgiven === deliveries.length });
  if (attempt < least) complain(`${id}: attempt ${attempt} after attempt ${before.attempt}, which ${how ?? 'its taker left'}`);
}

/** Promise 10: it is listed as given up once, after as many attempts as it had, and for a reason. */
export function judgeGivenUp(message, { id, attempts }, { actors, maxAttempts, complain }) {
  if (message.done === 'acknowledged') complain(`${id} is given up, though it was done`);
  if (message.listed !== undefined) complain(`${id} is listed twice`);
  message.listed = attempts;
  const counted = message.deliveries
    .slice(message.forgiven)
    .filter(({ actor, how, isCertain }) => how !== 'release' && !(!isCertain && actors.isEnding(actor))).length;
  if (attempts < counted) complain(`${id} was given up after ${attempts} attempts, and had ${counted}`);
  if (RULES.isGivenUpForNoReason({ isSpent: attempts >= maxAttempts, wasAskedFor: message.givenUp !== 'no' }))
    complain(`${id} was given up after ${attempts} attempts of ${maxAttempts}, and nobody asked for it`);
}

/** Promises 1 and 4, at the end: only then it is known who died. */
export function judgeLife(id, { deliveries, givenUp, done, listed }, { actors, complain }) {
  if (givenUp === 'acknowledged' && done === 'no' && listed === undefined) complain(`lost: ${id} was given up, and is not listed`);
  const reasons = deliveries.filter(({ actor, how }) => how !== undefined || actors.isGoing(actor)).length;
  if (RULES.isRepeatedForNoReason({ deliveries: deliveries.length, reasons }))
    complain(`${id} was delivered ${deliveries.length} times, for ${reasons} reasons`);
}
