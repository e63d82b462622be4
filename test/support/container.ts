import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { whyNotAsRoot } from './missing-tools.ts';
import { TalkingProcess } from './talking-process.ts';

const PROCESSES = join(import.meta.dirname, '..', 'processes');

/**
 * Starts a program in a pid namespace of its own, under the host name of all others, as a container has it: it is number 1
 * there. Nobody outside can ask whether it lives: only its beat tells.
 */
export const CONTAINER = ['unshare', '--kill-child', '-p', '-f', '--mount-proc', '-u'] as const;

/** Why there are no containers here; undefined if there are. */
export function whyNoContainers(): string | undefined {
  const why = whyNotAsRoot('unshare');
  if (why !== undefined) return why;
  const [unshare, ...options] = CONTAINER;
  return spawnSync(unshare, [...options, 'true']).status === 0 ? undefined : 'unshare is not allowed';
}

export interface InmateOptions {
  /** The number that it is to have. */
  readonly pid?: number;
  /** A file with the id of the boot that it is to take for its own. */
  readonly bootId?: string;
  /** In a time namespace of its own, for which the machine was started a day earlier. */
  readonly isShifted?: boolean;
}

const SHIFTED = ['unshare', '-T', '--boottime', '86400'] as const;

/** Why there are no time namespaces here; undefined if there are. */
export function whyNoTimeNamespaces(): string | undefined {
  const [unshare, ...options] = SHIFTED;
  return spawnSync(unshare, [...options, 'true']).status === 0 ? undefined : 'unshare -T is not allowed';
}

/** A container in which processes are started as they are told, under any number that is free. */
export class Container {
  readonly #init = new TalkingProcess(join(PROCESSES, 'container-init.mjs'), CONTAINER);
  #count = 0;

  /** One of the programs in test/processes. */
  run(script: string, options: InmateOptions = {}): Promise<Inmate> {
    const command = [process.execPath, join(PROCESSES, script)];
    return this.start(options.isShifted === true ? [...SHIFTED, ...command] : command, options);
  }

  async start(command: readonly string[], { pid, bootId }: InmateOptions = {}): Promise<Inmate> {
    this.#count += 1;
    const inmate = new Inmate(`inmate ${this.#count}`, (line) => this.#init.ask(line));
    await inmate.tell('start', { command, pid, bootId });
    return inmate;
  }
}

/** A process in a container. */
export class Inmate {
  readonly #name: string;
  readonly #ask: (line: string) => Promise<Record<string, unknown>>;

  constructor(name: string, ask: (line: string) => Promise<Record<string, unknown>>) {
    this.#name = name;
    this.#ask = ask;
  }

  ask(line: string): Promise<Record<string, unknown>> {
    return this.#ask(JSON.stringify(['ask', this.#name, line]));
  }

  async kill(): Promise<void> {
    await this.tell('kill');
  }

  async signal(name: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    await this.tell(name === 'SIGSTOP' ? 'stop' : 'go');
  }

  /** @internal */
  async tell(command: string, ...rest: unknown[]): Promise<void> {
    const { error } = await this.#ask(JSON.stringify([command, this.#name, ...rest]));
    if (error !== undefined) throw new Error(`${command}: ${JSON.stringify(error)}`);
  }
}
