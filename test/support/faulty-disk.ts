import type { EntryKind, FileStat, FileSystem, OpenFile, OpenMode } from '../../src/fs/file-system.ts';
import { describeCall, isRefusal } from './fault-plan.ts';
import type { Call, Fault, FaultPlan, Stop } from './fault-plan.ts';
import { FaultyFile } from './faulty-file.ts';
import { systemError } from './system-error.ts';

/** The process ended here: thrown by the call that it ended in, and by all later ones. */
export class Stopped extends Error {
  constructor(call: Call) {
    super(`the process ended at call ${describeCall(call)}`);
    this.name = 'Stopped';
  }
}

/** Counts the calls to a disk, and ends or fails the one it is told to. Fits over any disk behind the port. */
export class FaultyDisk implements FileSystem {
  readonly calls: Call[] = [];
  /** Resolves when the process ended. */
  readonly ended: Promise<void>;
  readonly #inner: FileSystem;
  readonly #stop: Stop | undefined;
  readonly #meanwhile: FaultPlan['meanwhile'];
  readonly #onEnd: () => void;
  #faults: readonly Fault[];
  #errors = 0;
  #healedAt = Infinity;
  #stopped: Stopped | undefined;
  #end: () => void = () => undefined;

  constructor(inner: FileSystem, { stop, faults = [], meanwhile }: FaultPlan = {}, onEnd: () => void = () => undefined) {
    this.#inner = inner;
    this.#stop = stop;
    this.#meanwhile = meanwhile;
    this.#faults = faults;
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Whether the process ended: what it says from then on was never heard. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** So many calls failed, or were done in part. */
  get errors(): number {
    return this.#errors;
  }

  /** The calls that could have failed: those before it was healed. */
  get fallible(): readonly Call[] {
    return this.calls.slice(0, this.#healedAt);
  }

  /** Ends the process between two calls. */
  kill(): void {
    this.#endAt(this.calls.at(-1) ?? { number: 0, operation: 'close', path: '', changes: false });
  }

  /** From now on nothing fails any more. */
  heal(): void {
    this.#faults = [];
    this.#healedAt = Math.min(this.#healedAt, this.calls.length);
  }

  mkdir(path: string): Promise<void> {
    return this.#later({ operation: 'mkdir', path, changes: true }, () => this.#inner.mkdir(path));
  }

  readdir(path: string): Promise<string[]> {
    return this.#later({ operation: 'readdir', path, changes: false }, () => this.#inner.readdir(path));
  }

  scan(path: string, visit: (name: string, kind: EntryKind) => void): Promise<void> {
    return this.#later({ operation: 'scan', path, changes: false }, () => this.#inner.scan(path, visit));
  }

  isLocal(path: string): Promise<boolean> {
    return this.#later({ operation: 'isLocal', path, changes: false }, () => this.#inner.isLocal(path));
  }

  lstat(path: string): Promise<FileStat | undefined> {
    return this.#later({ operation: 'lstat', path, changes: false }, () => this.#inner.lstat(path));
  }

  exists(path: string): boolean {
    const { call, fault } = this.begin({ operation: 'exists', path, changes: false });
    if (isRefusal(fault)) throw systemError(fault.errno, call.operation, call.path);
    const result = this.#inner.exists(path);
    this.finish(call, fault);
    return result;
  }

  link(from: string, to: string): Promise<void> {
    return this.#later({ operation: 'link', path: from, to, changes: true }, () => this.#inner.link(from, to));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#later({ operation: 'rename', path: from, to, changes: true }, () => this.#inner.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.#later({ operation: 'unlink', path, changes: true }, () => this.#inner.unlink(path));
  }

  rmdir(path: string): Promise<void> {
    return this.#later({ operation: 'rmdir', path, changes: true }, () => this.#inner.rmdir(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#later({ operation: 'syncDirectory', path, changes: true }, () => this.#inner.syncDirectory(path));
  }

  async open(path: string, mode: OpenMode): Promise<OpenFile> {
    const call = { operation: 'open', path, to: mode, changes: mode === 'append' || mode === 'create' } as const;
    const file = await this.#later(
      call,
      () => this.#inner.open(path, mode),
      (unheard) => unheard.close(),
    );
    return new FaultyFile(this, file, path);
  }

  /** Notes a call and gives the fault that meets it; throws if the process ends or ended before it. */
  begin(made: Omit<Call, 'number'>): { call: Call; fault: Fault | undefined } {
    const call: Call = { number: this.calls.length + 1, ...made };
    if (this.#stopped) throw this.#stopped;
    this.calls.push(call);
    if (this.#meanwhile?.call === call.number) this.#meanwhile.act();
    if (this.#stop?.call === call.number && this.#stop.when === 'before') this.#endAt(call);
    this.#refuseIfEnded();
    const fault = this.#faults.find(({ at }) => at(call));
    if (fault !== undefined) this.#errors += 1;
    return { call, fault };
  }

  /** The call was done: now its reply is lost, or heard. */
  finish(call: Call, fault: Fault | undefined): void {
    if (this.#stop?.call === call.number && !this.stopped) this.#endAt(call);
    this.#refuseIfEnded();
    if (fault && 'errno' in fault) throw systemError(fault.errno, call.operation, call.path);
  }

  /** How many bytes a write may take, of those it is given. */
  taken(call: Call, fault: Fault | undefined, length: number): number {
    if (this.#stop?.call === call.number && this.#stop.when === 'in') return Math.min(this.#stop.bytes, length);
    return fault && 'bytes' in fault ? Math.min(fault.bytes, length) : length;
  }

  async #later<T>(made: Omit<Call, 'number'>, act: () => Promise<T>, undo?: (result: T) => void): Promise<T> {
    const { call, fault } = this.begin(made);
    if (isRefusal(fault)) throw systemError(fault.errno, call.operation, call.path);
    const result = await act();
    try {
      this.finish(call, fault);
    } catch (error) {
      undo?.(result);
      throw error;
    }
    return result;
  }

  #refuseIfEnded(): void {
    if (this.#stopped) throw this.#stopped;
  }

  #endAt(call: Call): void {
    if (this.stopped) return;
    this.#stopped = new Stopped(call);
    this.#onEnd();
    this.#end();
  }
}
