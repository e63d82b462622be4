import type { DeclareStoreCommand } from '../store-command.ts';
import { announceCommand } from './announce.ts';
import { createCommand } from './create.ts';
import { failCommand } from './fail.ts';
import { infoCommand } from './info.ts';
import { listCommand } from './list.ts';
import { pendingCommand } from './pending.ts';
import { removeCommand } from './remove.ts';
import { resultCommand } from './result.ts';
import { retryCommand } from './retry.ts';
import { workCommand } from './work.ts';

/** In the order of the help. */
export function declareBatchCommands(declare: DeclareStoreCommand): void {
  declare(createCommand);
  declare(workCommand);
  declare(infoCommand);
  declare(resultCommand);
  declare(listCommand);
  declare(pendingCommand);
  declare(announceCommand);
  declare(retryCommand);
  declare(failCommand);
  declare(removeCommand);
}
