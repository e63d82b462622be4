import { EXIT } from '../exit-code.ts';
import { batchLibrary } from '../library.ts';
import { wholeNumber } from '../option-values.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatSentence } from '../render/visible-text.ts';
import type { StoreCommand } from '../store-command.ts';
import { parseValue } from '../value-source.ts';
import { partsIn } from './parts-source.ts';

interface CreateOptions {
  readonly id?: string;
  readonly metadata?: string;
  readonly retries?: number;
  readonly deleteWhenDone?: boolean;
  readonly json?: boolean;
}

export const createCommand: StoreCommand<CreateOptions> = {
  name: 'create',
  summary: 'make a batch of parts, one a line of JSON, and print its id',
  operands: [{ syntax: '<file>', description: 'the parts, a JSON text a line; - for stdin' }],
  options: [
    { flags: '--id <id>', description: 'its id; with the same parts it may be there already (default: one that nobody has)' },
    { flags: '--metadata <json>', description: 'kept with it as it is (default: null)' },
    {
      flags: '--retries <n>',
      description: 'so many failures in a row, and a part, or the reduce, is given up: the batch fails (default: 3)',
      parse: wholeNumber('--retries', 1),
    },
    { flags: '--delete-when-done', description: 'it goes when its reduce has succeeded' },
  ],
  examples: [
    ['dibs batch create parts.jsonl --id load-7 --store file:./load', 'a part a line'],
    ['ls in/*.csv | jq -R . | dibs batch create - --metadata \'{"day":"monday"}\'', 'a part a file'],
  ],
  async run(surroundings, { store, words: [file = ''], options }) {
    const { id, metadata, retries, deleteWhenDone = false, json } = options;
    const { createBatch } = await batchLibrary();
    const batch = await createBatch(partsIn(file, surroundings), {
      store,
      clock: surroundings.clock,
      ...(id !== undefined && { id }),
      ...(metadata !== undefined && { metadata: parseValue(metadata, '--metadata', true) }),
      ...(retries !== undefined && { maxAttempts: retries }),
      deleteWhenDone,
    });
    try {
      await surroundings.out.line(json ? formatJsonLine(await batch.status()) : formatSentence(batch.id));
    } finally {
      await batch.dispose();
    }
    return EXIT.ok;
  },
};
