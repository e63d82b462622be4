import { EXIT } from '../exit-code.ts';
import { formatJsonLine } from '../render/json.ts';
import { formatNumberOf } from '../render/quantity.ts';
import type { StoreCommand } from '../store-command.ts';
import { withBatch } from './with-batch.ts';

export const announceCommand: StoreCommand<{ readonly json?: boolean }> = {
  name: 'announce',
  summary: 'go on where a create was killed: make all parts ready to be worked on',
  operands: [{ syntax: '<id>', description: 'its id' }],
  options: [],
  examples: [['dibs batch announce load-7', 'work does that by itself']],
  run: (surroundings, call) =>
    withBatch(surroundings, call, async (batch) => {
      const announced = await batch.announce();
      await surroundings.out.line(call.options.json ? formatJsonLine({ announced }) : `${formatNumberOf(announced, 'part')} announced`);
      return EXIT.ok;
    }),
};
