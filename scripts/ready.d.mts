/** True when npm's record of the last install differs from the lock file. */
export function installIsStale(lockText: string, installedText: string): boolean;
/** Runs `npm ci` if what is installed is not what the lock file names. Ends the process if that fails. */
export function install(): void;
/** Builds `dist` if a source changed; false if there were type errors. */
export function build(): boolean;
