import type { Shelf, TaskStore } from '../../src/stores/store.ts';
import type { Member } from './explored-room.ts';

/**
 * What is decided about a batch goes from call to call, and of each only its answer is used: where one is, and what it was
 * answered last, is all it knows.
 */
export class Steps {
  readonly #member: Member;
  #where = '';
  #count = 0;

  constructor(member: Member) {
    this.#member = member;
  }

  begin(where: string): void {
    this.#where = where;
    this.#count = 0;
    this.#member.forget(where);
  }

  async of<R>(work: Promise<R>): Promise<R> {
    const answer = await work;
    this.#count += 1;
    const told = answer instanceof Map ? [...answer].toSorted(([one], [other]) => (one < other ? -1 : 1)) : answer;
    if (this.#where.startsWith('end')) this.#member.forget(`${this.#where}, call ${this.#count}: ${JSON.stringify(told) ?? 'nothing'}`);
    return answer;
  }
}

export function shelfInSteps(shelf: Shelf, steps: Steps): Shelf {
  return {
    where: (name) => shelf.where(name),
    create: (name, fields) => steps.of(shelf.create(name, fields)),
    read: (name) => steps.of(shelf.read(name)),
    names: () => shelf.names(),
    remove: (name) => shelf.remove(name),
    removeIf: (name, isMeant) => shelf.removeIf(name, isMeant),
    countdown: (name) => {
      const countdown = shelf.countdown(name);
      return {
        begin: (count) => countdown.begin(count),
        finish: (index) => steps.of(countdown.finish(index)),
      };
    },
  };
}

/** Those of its calls that a verdict makes. */
export function tasksInSteps(tasks: TaskStore, steps: Steps): TaskStore {
  return {
    create: (id, place, fields) => steps.of(tasks.create(id, place, fields)),
    counts: () => steps.of(tasks.counts()),
    read: (id) => tasks.read(id),
    claim: (seen, place, options) => tasks.claim(seen, place, options),
    release: (claim) => tasks.release(claim),
    checkpoint: (claim, fields) => tasks.checkpoint(claim, fields),
    settle: (claim, place, fields) => tasks.settle(claim, place, fields),
    discard: (claim) => tasks.discard(claim),
    discardDamaged: (damaged, place) => tasks.discardDamaged(damaged, place),
    freeLostId: (id) => tasks.freeLostId(id),
    list: (query) => tasks.list(query),
    ids: (places) => tasks.ids(places),
    places: () => tasks.places(),
    dispose: () => tasks.dispose(),
  };
}
