/** The first `limit` of a stream (all without one), each turned into something else. Reads no further than that. */
export async function* takeFirst<T, R>(from: AsyncIterable<T>, limit: number | undefined, turn: (value: T) => R): AsyncGenerator<R> {
  if (limit === 0) return;
  let taken = 0;
  for await (const value of from) {
    yield turn(value);
    taken += 1;
    if (taken === limit) return;
  }
}
