/**
 * What the checkers have in common: how a ledger is read, and by which rules they judge. Each rule is one of the promises that the
 * library makes of what was acknowledged, said in facts that a ledger tells. Nothing here knows anything of the library.
 */

/** What became of an item in somebody's hands, as far as it was said: `how` it was to end, and whether that `isCertain`. */
export const isOpen = ({ how, isCertain }) => how === undefined || !isCertain;

export const RULES = {
  /** Promise 1: what was put for certain is done in the end, or given up. */
  isLost: ({ isPut, isDone, isGivenUp }) => isPut && !isDone && !isGivenUp,

  /** Promises 2 and 10: what was done or given up for certain, as often as it was put, does not come again. */
  comesAfterItsEnd: ({ ends, puts }) => ends >= puts,

  /** Promise 3: who has it in hands, and lives, has it alone. Who is dying, or leaving, may have lost it before that could be noted. */
  isTakenFromTheLiving: ({ hold, mayHaveLostIt }) => isOpen(hold) && !mayHaveLostIt,

  /**
   * Promise 4: each delivery carries the number of its attempt. It counts on from the one before, whatever became of that; only
   * what was given back is not counted, and what was given up and put back to work begins anew.
   */
  leastAttempt: ({ before, isUncounted, beginsAnew }) => (beginsAnew ? 1 : before + (isUncounted ? 0 : 1)),

  /** Promise 4: one attempt is one delivery, and what was given back for certain is not counted. */
  mostAttempt: ({ before, isUncounted }) => before + (isUncounted ? 0 : 1),

  /** Promise 4: it is delivered once, and once more for each reason. */
  isRepeatedForNoReason: ({ deliveries, reasons }) => deliveries > 1 + reasons,

  /** Promise 5: who was overtaken by another owner changes nothing any more, and is not told that it did. */
  isLateCommit: ({ isCertain, isLate, isOthers }) => isCertain && isLate && isOthers,

  /** Promise 6: a message is whole or not there. Of which no text was noted nothing is known. */
  isTorn: ({ text, texts }) => text !== undefined && texts.size > 0 && !texts.has(text),

  /** Promise 10: it is given up when its attempts are used up, or when somebody asked for that. */
  isGivenUpForNoReason: ({ isSpent, wasAskedFor }) => !isSpent && !wasAskedFor,
};

/** An event's name taken apart: `done?` is about to be, `done!` is for certain. Undefined if it settles nothing. */
export function parseSettling(event) {
  const [, how, mark] = /^(done|release|fail|giveUp)([?!])$/.exec(event) ?? [];
  return how === undefined ? undefined : { how, isCertain: mark === '!' };
}

/**
 * Gives each event to `read`, with the number of its line. What makes no sense is a violation too.
 * @param {string} text the ledger
 */
export function readLedger(text, read, complain) {
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    try {
      read(JSON.parse(withoutTorn(line)), index + 1);
    } catch (error) {
      complain(`no event, or one that makes no sense: ${line} (${error.message})`, index + 1);
    }
  }
}

/**
 * The line without what a kill cut off before it: a write that goes over the end of a page of memory can be torn there. The one who
 * wrote it did nothing after that, and whoever killed it says so right behind it.
 */
function withoutTorn(line) {
  const [, actor] = /^\{"actor":"([^"]+)"/.exec(line) ?? [];
  const killed = `{"actor":"${actor}","event":"kill!"}`;
  return line.endsWith(killed) ? killed : line;
}

/** What a checker says when it is run as a program of its own. */
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.violations.length > 0 ? 1 : 0;
}
