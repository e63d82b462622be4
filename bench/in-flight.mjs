/** Calls `act` for each value with `inFlight` calls under way: whoever is done begins the next. */
export async function eachInFlight(values, inFlight, act) {
  let next = 0;
  async function lane() {
    while (next < values.length) {
      const value = values[next];
      next += 1;
      await act(value);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane));
}
