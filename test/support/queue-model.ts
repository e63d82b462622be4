/** A message as the model knows it. */
export interface ModelMessage {
  readonly id: string;
  readonly value: string;
  readonly key: string | undefined;
  state: 'waiting' | 'taken' | 'done' | 'failed';
  /** Deliveries that count against it. */
  attempts: number;
  /** Whether it is delivered: what earlier runs left is not, with `resume: false`. */
  admitted: boolean;
}

/** What a queue of values does, without any disk: for tests to compare the real one with. */
export class QueueModel {
  readonly #maxAttempts: number;
  #messages: ModelMessage[] = [];
  #keys = new Set<string>();
  #run = 0;
  #sequence = 0;
  #isClosed = false;
  #closedRun = 0;
  #lastRunWithPuts = 0;

  constructor(maxAttempts: number) {
    this.#maxAttempts = maxAttempts;
  }

  /** Another process opens the queue: after a kill what was in hands counts as an attempt, after a clean stop it does not. */
  open(before: 'dispose' | 'kill', resume: boolean): void {
    for (const message of this.in('taken')) {
      message.state = 'waiting';
      if (before === 'dispose') message.attempts -= 1;
    }
    if (this.#closedRun > 0 && this.#closedRun >= this.#lastRunWithPuts && this.in('waiting').length === 0) this.#finishLoad();
    for (const message of this.#messages) message.admitted = resume;
    this.#run += 1;
    this.#sequence = 0;
    this.#isClosed = false;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  put(value: string, key?: string): boolean {
    if (key !== undefined && this.#keys.has(key)) return false;
    if (key !== undefined) this.#keys.add(key);
    this.#sequence += 1;
    this.#lastRunWithPuts = this.#run;
    const id = `${String(this.#run).padStart(8, '0')}-${String(this.#sequence).padStart(10, '0')}`;
    this.#messages.push({ id, value, key, state: 'waiting', attempts: 0, admitted: true });
    return true;
  }

  /** The next one in put order, or the one with that id. What was delivered too often is given up when its turn comes. */
  take(wanted?: string): ModelMessage | undefined {
    for (const message of this.in('waiting').filter(({ admitted, id }) => admitted && (wanted ?? id) === id)) {
      if (message.attempts < this.#maxAttempts) {
        message.state = 'taken';
        message.attempts += 1;
        return message;
      }
      message.state = 'failed';
    }
    return undefined;
  }

  done(message: ModelMessage): void {
    message.state = 'done';
  }

  release(message: ModelMessage): void {
    message.state = 'waiting';
    message.attempts -= 1;
  }

  fail(message: ModelMessage, isPermanent: boolean): void {
    message.state = isPermanent || message.attempts >= this.#maxAttempts ? 'failed' : 'waiting';
  }

  retry(ids: readonly string[]): number {
    const retried = this.in('failed').filter(({ id }) => ids.includes(id));
    for (const message of retried) Object.assign(message, { state: 'waiting', attempts: 0, admitted: true });
    return retried.length;
  }

  markAllDone(): number {
    const open = [...this.in('waiting'), ...this.in('taken')];
    for (const message of open) message.state = 'done';
    return open.length;
  }

  requeueOutstanding(): void {
    for (const message of this.#messages) message.admitted = true;
  }

  close(): void {
    this.#isClosed = true;
    this.#closedRun = this.#run;
  }

  in(...states: readonly ModelMessage['state'][]): ModelMessage[] {
    return this.#messages.filter(({ state }) => states.includes(state));
  }

  /** What was given up outlives its load; its key does not. */
  #finishLoad(): void {
    this.#messages = this.in('failed');
    this.#keys = new Set();
    this.#closedRun = 0;
    this.#lastRunWithPuts = 0;
  }
}
