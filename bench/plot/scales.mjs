/** From a value to a place between 0 and 1, and where the marks are. */

/** From zero to a round number; four to six marks. */
function linear(values) {
  const most = Math.max(...values);
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((digit) => digit * power).find((candidate) => candidate >= rough);
  const count = Math.ceil(most / step);
  return { place: (value) => value / (count * step), marks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** Each step is `base` times the one before; a little room is left at both ends, or whole steps with `whole`. */
function logarithmic(base, whole) {
  return (values) => {
    const steps = values.map((value) => Math.log(value) / Math.log(base));
    const [low, high] = [Math.min(...steps), Math.max(...steps)];
    const [from, to] = whole ? [Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))] : [low - 0.15, high + 0.15];
    const marks = [];
    for (let step = Math.ceil(from - 1e-9); step <= to + 1e-9; step += 1) marks.push(base ** step);
    return { place: (value) => (Math.log(value) / Math.log(base) - from) / (to - from), marks };
  };
}

export const X_SCALES = { decades: logarithmic(10, false), doublings: logarithmic(2, false) };
export const Y_SCALES = { linear, decades: logarithmic(10, true) };
