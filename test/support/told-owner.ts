import { program } from './programs.ts';
import { TalkingProcess } from './talking-process.ts';

/** A process that owns a queue, and does as it is told. */
export class ToldOwner {
  readonly process = new TalkingProcess(program('persistent-queue-owner.mjs'));

  ask(command: string, ...rest: unknown[]): Promise<Record<string, unknown>> {
    return this.process.ask(JSON.stringify([command, ...rest]));
  }
}
