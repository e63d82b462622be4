import type { DeclareStoreCommand } from '../store-command.ts';
import { countsCommand } from './counts.ts';
import { createCommand } from './create.ts';
import { failedCommand } from './failed.ts';
import { listCommand } from './list.ts';
import { removeCommand } from './remove.ts';
import { reopenCommand } from './reopen.ts';
import { retryCommand } from './retry.ts';
import { runCommand } from './run.ts';
import { showCommand } from './show.ts';
import { workCommand } from './work.ts';

/** In the order of the help. */
export function declareTaskCommands(declare: DeclareStoreCommand): void {
  declare(createCommand);
  declare(runCommand);
  declare(workCommand);
  declare(listCommand);
  declare(showCommand);
  declare(countsCommand);
  declare(failedCommand);
  declare(retryCommand);
  declare(reopenCommand);
  declare(removeCommand);
}
