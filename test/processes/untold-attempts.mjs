/**
 * Promise 4, from above: an attempt that no delivery tells of was made by somebody who died, or was stopped, before it could note
 * what it had got. So each needs one of them who may have had the message, and all together no more than those could have had.
 * Like the checkers this knows nothing of the library.
 */

export class UntoldAttempts {
  /** By actor: the line from which on it may have taken something, and the last line at which it may have. */
  #dead = new Map();
  #counted = [];
  #atOnce;

  /** @param {number} atOnce what one of them may have got at once, and not have noted */
  constructor(atOnce) {
    this.#atOnce = atOnce;
  }

  /** @param {{ since?: number, line: number }} life of who is killed or stopped now, by lines of the ledger */
  die(actor, { since = 0, line }) {
    // Who noted its end late may have been stopped, and have gone on: its last end counts.
    this.#dead.set(actor, { since, line });
  }

  /**
   * A delivery, whose attempt may be `most` by what was told.
   * @param {{ what: string, attempt: number, most: number, putAt: number, line: number }} delivery
   */
  count(delivery) {
    if (delivery.attempt > delivery.most) this.#counted.push(delivery);
  }

  /** Only at the end it is known who died: whoever saw that may have noted it late. */
  judge(complain) {
    let untold = 0;
    for (const { what, attempt, most, putAt, line } of this.#counted) {
      untold += attempt - most;
      const suspects = [...this.#dead.values()].filter((life) => life.line > putAt && life.since < line).length;
      if (attempt > most + suspects) complain(`line ${line}: ${what} came as attempt ${attempt}, of at most ${most + suspects}`);
    }
    const possible = this.#atOnce * this.#dead.size;
    if (untold > possible) complain(`${untold} attempts were counted that nobody told of, and who died had ${possible} at most`);
    return untold;
  }
}
