import { WorkQueueError } from '../errors.ts';

/** There is no folder to examine: nothing is there, or something else. */
export class FolderNotFoundError extends WorkQueueError {
  readonly code = 'ERR_FOLDER_NOT_FOUND';
  readonly directory: string;

  constructor(directory: string, why: string, options?: ErrorOptions) {
    super(`${directory} ${why}. Name a folder that is there: dibs doctor examines it, and makes none.`, options);
    this.directory = directory;
  }
}

/** The runs of `dibs doctor` that were to examine a folder together did not all come, or not all stay. */
export class MeetingFailedError extends WorkQueueError {
  readonly code = 'ERR_MEETING_FAILED';
  readonly directory: string;

  constructor(directory: string, why: string, options?: ErrorOptions) {
    super(
      `${why} in ${directory}. Start all of them within the time that --wait gives, with the same folder and the same number.`,
      options,
    );
    this.directory = directory;
  }
}
