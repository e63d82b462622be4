import type { CommandOption } from '../command.ts';

/** What all commands of tasks take. */
export interface TaskOptions {
  readonly useCase: string;
  readonly json?: boolean;
}

export const USE_CASE_OPTION: CommandOption = {
  flags: '--use-case <name>',
  description: 'which tasks of the store: use cases never see each other’s',
  default: 'default',
};
