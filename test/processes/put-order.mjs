/**
 * The order in which messages come, for the checker of queues: what somebody gets that nobody had before in that run comes in the
 * order in which it was put, of which the ids tell. Like the checker this knows nothing of the library.
 */
export class PutOrder {
  /** By actor and run: the last id that was delivered to it for the first time. */
  #last = new Map();
  #complain;

  constructor(complain) {
    this.#complain = complain;
  }

  deliver({ actor, id }, run) {
    const key = `${run} ${actor}`;
    const last = this.#last.get(key);
    if (last !== undefined && id < last) this.#complain(`${id} was delivered to ${actor} after ${last}`);
    this.#last.set(key, id);
  }
}
