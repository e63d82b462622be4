import { BATCH_STATES, type BatchState, type BatchStatus } from '../../batches/batch-status.ts';
import { EXIT } from '../exit-code.ts';
import { batchListing, machineDisk } from '../library.ts';
import { NotThereError } from '../not-there-error.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { UsageError } from '../usage-error.ts';

interface ListOptions {
  readonly status?: BatchState;
  readonly hideCompleted?: boolean;
  readonly json?: boolean;
}

function parseState(text: string): BatchState {
  const state = BATCH_STATES.find((one) => one === text);
  if (state === undefined) throw new UsageError(`--status takes ${BATCH_STATES.join(', ')}, not '${text}'`);
  return state;
}

export const listCommand: StoreCommand<ListOptions> = {
  name: 'ls',
  summary: 'print the ids of the batches, one a line',
  operands: [],
  options: [
    { flags: '--status <state>', description: `only those that are ${BATCH_STATES.join(', ')}`, parse: parseState },
    { flags: '--hide-completed', description: 'leave out those that are done' },
  ],
  examples: [
    ['dibs batch ls --hide-completed', 'what is not done, failed ones too'],
    ['dibs batch ls --json', 'how each stands, a JSON line a batch'],
  ],
  async run({ out, clock }, { store, options: { status, hideCompleted, json } }) {
    await assertStoreIsThere(store);
    const { listBatches } = await batchListing();
    const isWanted = ({ state }: BatchStatus): boolean =>
      (status === undefined || state === status) && !(hideCompleted === true && state === 'done');
    async function* lines(): AsyncGenerator<string, void, void> {
      for await (const batch of listBatches({ store, clock }))
        if (isWanted(batch)) yield json ? formatJsonLine(batch) : formatSentence(batch.id);
    }
    await out.lines(lines());
    return EXIT.ok;
  },
};

/** A misspelt address would look like a store without batches. @throws NotThereError */
async function assertStoreIsThere(url: string): Promise<void> {
  if (!/^file:/i.test(url)) return;
  const { directoryOf } = await import('../../stores/file-store.ts');
  if (!(await machineDisk()).exists(directoryOf(url)))
    throw new NotThereError(`There is no store in ${url}. Check --store; dibs batch create makes it.`);
}
