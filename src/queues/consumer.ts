import { Hands, type Held } from './hands.ts';

/** Somebody who takes items: this process, or a worker that it shares the queue with. */
export class Consumer<I extends Held> {
  /** What it has in hands. */
  readonly held = new Hands<I>();
  /** It is gone: nobody will settle what it had. */
  ended = false;
}
