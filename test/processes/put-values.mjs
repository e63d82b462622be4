/**
 * The values that were put, for the checker of queues: under which keys, whether for certain, and what came of each in the end. Like
 * the checker this knows nothing of the library.
 */
import { RULES } from './checker-rules.mjs';

export class PutValues {
  /** By value: { put: 'asked' | 'acknowledged', key, id, putAt } */
  #values = new Map();
  /** Keys for which a put was refused. */
  #refusedKeys = new Set();
  #complain;

  constructor(complain) {
    this.#complain = complain;
  }

  get(value) {
    return this.#values.get(value);
  }

  ask({ value, key }, line) {
    if (this.#values.has(value)) this.#complain(`${value} is put twice: the ledger can't tell which is which`);
    this.#values.set(value, { put: 'asked', key, id: undefined, putAt: line });
  }

  /** True if it was asked for. */
  acknowledge({ value }) {
    const put = this.#values.get(value);
    if (put === undefined) return (this.#complain(`${value} was put without being asked for`), false);
    const { key } = put;
    if (key !== undefined && [...this.#values.values()].some((other) => other.key === key && other.put === 'acknowledged'))
      this.#complain(`the key ${key} was put twice`);
    put.put = 'acknowledged';
    return true;
  }

  /** It is there already under its key. */
  refuse({ value }) {
    const { key } = this.#values.get(value) ?? {};
    this.#values.delete(value);
    if (key === undefined) this.#complain(`${value} was refused, and has no key`);
    else this.#refusedKeys.add(key);
  }

  /**
   * Promise 1, at the end: what was put for certain came to an end, and so did something of each key that was refused.
   * @param {ReadonlyMap<string, { done: string, listed?: number }>} messages by id
   */
  judge(messages) {
    for (const [value, { put, id }] of this.#values) {
      const message = messages.get(id);
      const [isDone, isGivenUp] = [message !== undefined && message.done !== 'no', message?.listed !== undefined];
      if (!RULES.isLost({ isPut: put === 'acknowledged', isDone, isGivenUp })) continue;
      if (message === undefined) this.#complain(`lost: ${value} was put, and never delivered`);
      else this.#complain(`lost: ${value} (${id}) was put, and is neither done nor given up`);
    }
    for (const key of this.#refusedKeys) {
      const values = [...this.#values.values()].filter((value) => value.key === key);
      if (!values.some(({ id }) => messages.has(id)))
        this.#complain(`lost: puts of the key ${key} were refused, and none of it was ever delivered`);
    }
  }
}
