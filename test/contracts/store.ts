import { afterEach, beforeEach, describe } from 'vitest';
import type { Store, TaskStore, TaskStoreOptions } from '../../src/stores/store.ts';
import { claimContract } from './store-claims.ts';
import { endContract } from './store-ends.ts';
import { listContract } from './store-lists.ts';
import { recordContract } from './store-records.ts';

/** A store of the kind that is to be tested, empty, and whoever opens it. */
export interface StoreGround {
  /** Opens it: each opening as if it were another process. */
  open(): Promise<Store>;
  /** Lets so much time go by that what is changed from now on is newer. */
  later(): Promise<void>;
}

/** What the tests of a store stand on. */
export interface StoreWorld extends StoreGround {
  /** The tasks `jobs` in an opening of its own. */
  tasks(options?: Partial<TaskStoreOptions>): Promise<TaskStore>;
}

export interface StoreKind {
  /** False where two who write the same record of a shelf at the same moment may both be told that they did: there are no hard links. */
  readonly isDecisive: boolean;
}

/** What every store must do. */
export function storeContract(
  kind: string,
  make: () => Promise<StoreGround> | StoreGround,
  options: StoreKind = { isDecisive: true },
): void {
  describe(`${kind} keeps the contract of a store:`, () => {
    let world: StoreWorld;
    let open: Store[];

    beforeEach(async () => {
      const ground = await make();
      open = [];
      const opened = async (): Promise<Store> => {
        const store = await ground.open();
        open.push(store);
        return store;
      };
      world = {
        open: opened,
        later: () => ground.later(),
        tasks: async (options = {}) => (await opened()).tasks('tasks', 'jobs', { leaseMs: 30_000, ...options }),
      };
    });
    afterEach(() => Promise.all(open.map((store) => store.dispose())));

    recordContract(() => world, options);
    claimContract(() => world);
    endContract(() => world);
    listContract(() => world);
  });
}
