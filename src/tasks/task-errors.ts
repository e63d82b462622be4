import { WorkQueueError } from '../errors.ts';

/** A task was not started, and nothing about it was changed. Each reason has a class of its own. */
export abstract class TaskRefusedError extends WorkQueueError {
  readonly useCase: string;
  readonly taskId: string;

  /** @param options `what` says what became of the task, where it may have been something else that was refused */
  constructor(
    useCase: string,
    taskId: string,
    why: string,
    { what = 'was not started', ...options }: ErrorOptions & { readonly what?: string } = {},
  ) {
    super(`Task ${taskId} of ${useCase} ${what}: ${why}`, options);
    this.useCase = useCase;
    this.taskId = taskId;
  }
}

/** There is no task of that id. */
export class TaskNotFoundError extends TaskRefusedError {
  readonly code = 'ERR_TASK_NOT_FOUND';

  constructor(useCase: string, taskId: string, options?: ErrorOptions) {
    super(
      useCase,
      taskId,
      'there is no such task. Create it first; if its id is taken all the same, somebody removed its file: delete it, to free the id.',
      { what: 'was not found', ...options },
    );
  }
}

/** Somebody has it, and lives, as far as can be told. To a queue whose item brought it that is no attempt: the item comes again in a while. */
export class TaskLockedError extends TaskRefusedError {
  readonly code = 'ERR_TASK_LOCKED';
  /** Who has it. */
  readonly holder: string;

  constructor(useCase: string, taskId: string, holder: string, options?: ErrorOptions) {
    super(useCase, taskId, `${holder} has it. Wait until that ends; if it died, its lease runs out.`, {
      what: 'was left as it is',
      ...options,
    });
    this.holder = holder;
  }

  override get isNoAttempt(): boolean {
    return true;
  }
}

/** It succeeded before. */
export class TaskSucceededError extends TaskRefusedError {
  readonly code = 'ERR_TASK_SUCCEEDED';

  constructor(useCase: string, taskId: string, options?: ErrorOptions) {
    super(useCase, taskId, 'it succeeded before. A task of a use case is run again once it is reopened.', options);
  }
}

/** It was given up: its attempts are used up, or one of them said that another would not help. */
export class TaskIgnoredError extends TaskRefusedError {
  readonly code = 'ERR_TASK_IGNORED';

  constructor(useCase: string, taskId: string, options?: ErrorOptions) {
    super(useCase, taskId, 'it was given up. See why with failed(), mend that, and put it back to work with retry().', options);
  }
}

/** It failed, or was created for later, and its time has not come. */
export class TaskNotDueError extends TaskRefusedError {
  readonly code = 'ERR_TASK_NOT_DUE';
  /** When it is due, as ISO 8601. */
  readonly notBefore: string;

  constructor(useCase: string, taskId: string, notBefore: string, options?: ErrorOptions) {
    super(useCase, taskId, `it is due at ${notBefore}. Wait until then, or reopen it to have it due now.`, options);
    this.notBefore = notBefore;
  }
}

/** It is in a status that this step does not start from. */
export class TaskNotReadyError extends TaskRefusedError {
  readonly code = 'ERR_TASK_NOT_READY';
  /** Where it is. */
  readonly place: string;

  constructor(useCase: string, taskId: string, place: string, options?: ErrorOptions) {
    super(
      useCase,
      taskId,
      `it is in ${place}, from which this step does not start. If it is to, give the code of that status as startsFrom (--starts-from).`,
      { what: 'was left as it is', ...options },
    );
    this.place = place;
  }
}

/** What was thrown in an attempt could not be written down. Nothing else changed: the task was given back, and is due. */
export class TaskUnsettledError extends WorkQueueError {
  readonly code = 'ERR_TASK_UNSETTLED';
  readonly useCase: string;
  readonly taskId: string;
  /** What the attempt threw. Why it could not be written down is the `cause`. */
  readonly failure: unknown;

  constructor(useCase: string, taskId: string, failure: unknown, options?: ErrorOptions) {
    const [thrown, why] = [failure, options?.cause].map((error) => (error instanceof Error ? error.message : String(error)));
    super(
      `Task ${taskId} of ${useCase} failed: ${thrown} That could not be written down: ${why} It was given back, and starts again.`,
      options,
    );
    this.useCase = useCase;
    this.taskId = taskId;
    this.failure = failure;
  }
}

/** The text can't be the id of a task, or the name of a use case or batch. */
export class TaskIdError extends WorkQueueError {
  readonly code = 'ERR_TASK_ID';
  readonly id: string;

  constructor(what: string, id: string, why: string, options?: ErrorOptions) {
    super(`${JSON.stringify(id)} can't be ${what}: ${why}.`, options);
    this.id = id;
  }
}
