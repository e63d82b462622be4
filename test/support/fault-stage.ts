import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { judgeStates, namesBelow } from '../processes/allowed-states.mjs';
import { judge as judgeFolder } from '../processes/folder-checker.mjs';
import { judge as judgeQueue } from '../processes/checker.mjs';
import type { FaultScene } from './fault-scenes.ts';
import { readCalls, shimEnvironment, type ShimCall, type ShimFault } from './fault-shim.ts';
import { stateOf, tornFiles } from './fault-state.ts';
import type { TalkingProcess } from './talking-process.ts';

/** Plays the scenes; can be bundled, and be started in less time. */
export const PLAYER = join(import.meta.dirname, '..', 'processes', 'fault-scene.mjs');

/** Longer than any scene takes on a busy machine: who takes longer hangs. */
const HANG_MS = 60_000;

export interface Played {
  /** Killed, or the code of the error it ended with (null: none), or what went wrong. */
  readonly outcome: 'killed' | 'ended' | 'broke' | 'hung';
  readonly code: string | null;
  readonly said: string;
  /** What the shim saw. */
  readonly calls: readonly ShimCall[];
}

/** What starts a program that is to meet a fault; gives the command and what it has to know. */
export type Launcher = (program: readonly string[]) => { readonly command: readonly string[]; readonly env?: Record<string, string> };

/** What is no violation where a disk lied. */
export interface Tolerance {
  readonly mayBeRenamed?: boolean;
  readonly mayLeaveEmpty?: boolean;
}

/** The place of one scene: a directory whose disk fails, and a ledger beside it. */
export class FaultStage {
  readonly scene: FaultScene;
  readonly place: string;
  readonly #size: number;
  readonly #player: string;

  /** @param player plays its scenes: PLAYER, or that bundled */
  constructor(scene: FaultScene, place: string, size: number, player: string) {
    this.scene = scene;
    this.place = place;
    this.#size = size;
    this.#player = player;
  }

  /** A fresh one, with all that comes before the scene played in it. */
  static async make(...[scene, place, size, player]: ConstructorParameters<typeof FaultStage>): Promise<FaultStage> {
    const stage = new FaultStage(scene, place, size, player);
    mkdirSync(stage.disk, { recursive: true });
    appendFileSync(stage.ledger, '');
    for (const [index, before] of scene.before.entries()) {
      const { outcome, code, said } = await stage.play(before, `before ${index + 1}`);
      const isRight = before.startsWith('hold') ? outcome === 'killed' : outcome === 'ended' && code === null;
      if (!isRight) throw new Error(`${scene.title}, ${before}: ${outcome} ${code} ${said}`);
    }
    return stage;
  }

  /** The same once more, elsewhere: with the same links, so that what was one file is one file. */
  copy(place: string): FaultStage {
    const { status, stderr } = spawnSync('cp', ['-a', this.place, place], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return new FaultStage(this.scene, place, this.#size, this.#player);
  }

  get disk(): string {
    return join(this.place, 'disk');
  }

  get ledger(): string {
    return join(this.place, 'ledger');
  }

  /** What lies on the disk, without what chance and time chose. */
  get state(): string {
    return stateOf(this.disk);
  }

  remove(): void {
    rmSync(this.place, { recursive: true, force: true });
  }

  /** Plays a scene in a process of its own, which meets that fault. */
  playWithShim(shim: string, scene: string, actor: string, fault?: ShimFault): Promise<Played> {
    const log = join(this.place, `calls of ${actor}`);
    return this.play(scene, actor, (command) => ({ command, env: shimEnvironment(shim, this.disk, log, fault) }));
  }

  async play(scene: string, actor: string, launcher: Launcher = (command) => ({ command })): Promise<Played> {
    const { command, env } = launcher([process.execPath, this.#player, this.#job(scene, actor, false)]);
    const [program = '', ...args] = command;
    // One thread for what waits for the disk, so that the order of calls is the same each time.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UV_THREADPOOL_SIZE: '1', ...env } });
    let said = '';
    let complained = '';
    child.stdout.on('data', (text) => (said += String(text)));
    child.stderr.on('data', (text) => (complained += String(text)));
    let isHung = false;
    const watch = setTimeout(() => {
      isHung = true;
      child.kill('SIGKILL');
    }, HANG_MS);
    const [code, signal] = await once(child, 'close');
    clearTimeout(watch);
    // A launcher that dies as its child did may do so by its exit code.
    const isKilled = signal === 'SIGKILL' || code === 137;
    if (isKilled) this.#noteEnd(actor, 'killed');
    const calls = readCalls(join(this.place, `calls of ${actor}`));
    if (isHung) return { outcome: 'hung', code: null, said: complained, calls };
    if (isKilled) return { outcome: 'killed', code: null, said: complained, calls };
    if (code !== 0) {
      this.#noteEnd(actor, 'broke');
      return { outcome: 'broke', code: null, said: complained, calls };
    }
    const { ended }: { ended: string | null } = JSON.parse(said);
    if (ended !== null) this.#noteEnd(actor, 'ended');
    return { outcome: 'ended', code: ended, said: complained, calls };
  }

  /**
   * Works off what is left, in a process that plays this for many stages, and gives what is wrong with what it finds. What is
   * done keeps its name, except where the disk said that this one is taken; and an empty directory may be left of which it said
   * that it is not empty, or not there.
   */
  async judge(rescuer: TalkingProcess, may: Tolerance = {}): Promise<string[]> {
    const torn = [...tornFiles(this.scene.kind, this.disk).map((file) => `${file} is not whole`), ...this.#strangeStates()];
    const { ended } = await rescuer.ask(this.#job(this.scene.after, 'rescuer', true));
    if (ended !== null) return [...torn, `who works off the rest ended with ${JSON.stringify(ended)}`];
    const tornAfterwards = tornFiles(this.scene.kind, this.disk).map((file) => `${file} is not whole in the end`);
    return [...torn, ...tornAfterwards, ...this.#strangeStates(), ...this.#violations(may)];
  }

  /** What no row of the table in docs/crashes.md allows. */
  #strangeStates(): string[] {
    const [directory, source] = [join(this.disk, 'q'), join(this.disk, 'source')];
    if (!existsSync(directory)) return [];
    return judgeStates(this.scene.kind, namesBelow(directory, existsSync(source) ? source : undefined));
  }

  #violations({ mayBeRenamed = false, mayLeaveEmpty = false }: Tolerance): string[] {
    const text = readFileSync(this.ledger, 'utf8');
    if (this.scene.kind === 'queue') return judgeQueue(text).violations;
    const at = join(this.disk, 'q');
    const names = namesIn(at);
    const isEmpty = (name: string): boolean => statSync(join(at, name)).isDirectory() && namesIn(join(at, name)).length === 0;
    if (this.scene.leaves === 'nothing')
      return names.filter((name) => !mayLeaveEmpty || !isEmpty(name)).map((name) => `${name} is left after all was deleted`);
    const left = [
      ...names.filter((name) => /\.(tsv|wip|again|finished|failing)$/.test(name)),
      ...namesIn(join(this.disk, 'source')).filter(() => this.scene.scene === 'move'),
    ];
    const kept = (folder: string): string[] => namesIn(join(at, folder)).map((name) => (mayBeRenamed ? name.replace(/~\d+$/, '') : name));
    const done = this.scene.leaves === undefined ? kept('done') : null;
    return judgeFolder(text, { left, done, failed: kept('failed') }).violations;
  }

  #job(scene: string, actor: string, isLast: boolean): string {
    const { kind } = this.scene;
    // What was in the hands of one who took its leave in spite of an error is free after a lease: that of who looks.
    const options = isLast && kind === 'folder' ? { ...this.scene.options, leaseMs: 300 } : this.scene.options;
    return JSON.stringify({ kind, scene, place: this.place, actor, size: this.#size, isLast, options });
  }

  /** What it could not say itself. */
  #noteEnd(actor: string, how: 'killed' | 'broke' | 'ended'): void {
    const isQueue = this.scene.kind === 'queue';
    // Who came to its end has given back what it had.
    if (how === 'ended' && isQueue) return;
    const events = isQueue ? ['kill?', 'kill!'] : ['kill!'];
    for (const event of events) appendFileSync(this.ledger, `${JSON.stringify({ actor, event })}\n`);
  }
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).map((name) => basename(name)) : [];
}
