/**
 * Who speaks in the ledger of a queue: since when, in which run, and whether it is dying, leaving, or gone. Like the checker this knows
 * nothing of the library.
 */
export class QueueActors {
  #dying = new Set();
  #ending = new Set();
  #over = new Set();
  /** By actor: the run in which it spoke first. */
  #runs = new Map();
  /** By actor: the line from which on it may have taken something. */
  #takers = new Map();

  /** The run counts from its `open`, which is its own first word. */
  speak({ actor, event }, { run, line }) {
    if (!this.#runs.has(actor)) this.#runs.set(actor, run + (event === 'open' ? 1 : 0));
    if (!this.#takers.has(actor) && /^(open|got)$/.test(event)) this.#takers.set(actor, line);
  }

  /** About to be killed, or stopped. */
  die(actor) {
    this.#dying.add(actor);
  }

  /** About to dispose of the queue. */
  end(actor) {
    this.#ending.add(actor);
  }

  /** It can't say anything any more. */
  leave(actor) {
    this.#over.add(actor);
  }

  isDying(actor) {
    return this.#dying.has(actor);
  }

  isEnding(actor) {
    return this.#ending.has(actor);
  }

  isOver(actor) {
    return this.#over.has(actor);
  }

  /** What it had may be somebody else's by now, whatever it said. */
  isGoing(actor) {
    return this.isDying(actor) || this.isEnding(actor);
  }

  /** Who is stopped may be succeeded meanwhile: what it was told before, it may write down only when it wakes. */
  isLate(actor, run) {
    return this.isDying(actor) && this.#runs.get(actor) < run;
  }

  isLaterThan(other, actor) {
    return this.#runs.get(other) > this.#runs.get(actor);
  }

  /** From which line on it may have got something; undefined if it can't have. */
  takesSince(actor) {
    // A worker has no queue of its own to open: it may have got something before its first word.
    return this.#takers.get(actor) ?? (actor.startsWith('worker') ? 0 : undefined);
  }
}
