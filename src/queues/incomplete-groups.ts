import type { IncompleteGroup } from '../machines/file-groups.ts';

/** The groups that were not whole at the end. Who asks for more after it comes to the end again: each is told of once. */
export class IncompleteGroups {
  readonly #tell: (group: IncompleteGroup) => void;
  #all: readonly IncompleteGroup[] = [];
  #told = new Set<string>();

  constructor(tell: ((group: IncompleteGroup) => void) | undefined) {
    this.#tell = tell ?? (() => undefined);
  }

  get all(): readonly IncompleteGroup[] {
    return this.#all;
  }

  /** All that there are at an end. */
  set(groups: readonly IncompleteGroup[]): void {
    this.#all = groups;
    const before = this.#told;
    this.#told = new Set();
    for (const group of groups) {
      const text = JSON.stringify([group.group, group.files, group.missing]);
      if (!before.has(text)) this.#tell(group);
      this.#told.add(text);
    }
  }
}
