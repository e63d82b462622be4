/** The command itself can't be started, whatever the message. */
export class CannotStartError extends Error {
  readonly errno: string;

  constructor(program: string, errno: string) {
    super(`${program} can't be started (${errno}). Check its name and PATH; no attempt was counted.`);
    this.name = 'CannotStartError';
    this.errno = errno;
  }
}
