import { readFolder } from '../../folders/folder-directory.ts';
import { layoutOf } from '../../folders/folder-layout.ts';
import { quoteCommand } from '../child/command-template.ts';
import { machineDisk } from '../library.ts';
import { UsageError } from '../usage-error.ts';

export interface RuleOptions {
  readonly extension?: string;
  readonly retries?: number;
}

/**
 * What a folder was made with can't be changed by who works on it: all of them have to keep to it. Says so before anything
 * is touched, and gives the rules as the library takes them.
 *
 * @throws UsageError, QueueNotFoundError
 */
export async function rulesFor(
  directory: string,
  { extension, retries }: RuleOptions,
): Promise<{ readonly extension?: string; readonly maxAttempts?: number }> {
  const found = await readFolder(await machineDisk(), layoutOf(directory));
  if (found !== undefined && found !== 'damaged') {
    const where = quoteCommand([directory]);
    if (retries !== undefined && retries !== found.maxAttempts)
      throw new UsageError(
        `--retries ${retries} is not what ${where} was made with: each file is tried ${found.maxAttempts} times, by all who work on it. Leave --retries out`,
      );
    if (extension !== undefined && extension !== found.extension)
      throw new UsageError(`${where} is a folder of ${found.extension} files, not of ${extension} ones. Leave --extension out`);
  }
  return { ...(extension !== undefined && { extension }), ...(retries !== undefined && { maxAttempts: retries }) };
}
