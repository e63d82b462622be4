/** What was named is not in the store. */
export class NotThereError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotThereError';
  }
}
