import type { DeclareStoreCommand } from './store-command.ts';

/** Verbs that share a first word. They are loaded when that is typed. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  load(): Promise<(declare: DeclareStoreCommand) => void>;
}

/** In the order of the help. */
export const GROUPS: readonly CommandGroup[] = [
  {
    name: 'task',
    summary: 'tasks whose status survives, in a store that --store or DIBS_STORE names: create, run, list them',
    load: async () => (await import('./tasks/task-commands.ts')).declareTaskCommands,
  },
  {
    name: 'batch',
    summary: 'batches, in a store too: parts that are worked on, then reduced once',
    load: async () => (await import('./batches/batch-commands.ts')).declareBatchCommands,
  },
];
