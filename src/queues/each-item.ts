/** How the items of a queue are taken one after the other, and the last one given back. */
export interface ItemSource<I> {
  /** The next; undefined at the end. */
  readonly next: () => Promise<I | undefined>;
  /** Called with what was handed out last if the loop is left before its end: nobody will settle it unless somebody did. */
  readonly left: (item: I) => Promise<void>;
}

/** Item after item, to the end. A break or a throw gives the last one back, advancing does not. */
export async function* eachItem<I>({ next, left }: ItemSource<I>): AsyncGenerator<I, void, void> {
  let last: I | undefined;
  try {
    for (;;) {
      last = await next();
      if (last === undefined) return;
      yield last;
      last = undefined;
    }
  } finally {
    if (last !== undefined) await left(last);
  }
}
