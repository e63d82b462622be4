/** Runs the sides of a family in turns and judges its figures by the median of the ratios of each turn. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

/** A family whose turns are short asks for some `times` as many rounds, one whose turns take minutes for no more than `most`. */
export function roundsOf(family, context) {
  return Math.min(context.rounds * (family.times ?? 1), family.most ?? Infinity);
}

/**
 * Each round runs every side once, in their order (A B A B …), each in a directory of its own on a settled disk and a
 * collected heap. One round more, the first, warms both up and is not counted, unless the sides run in fresh processes.
 * Gives the values of each side, round by round.
 */
export async function interleave(family, context, onRound) {
  const measured = Object.fromEntries(Object.keys(family.sides).map((side) => [side, []]));
  const rounds = roundsOf(family, context);
  for (let round = family.fresh ? 0 : -1; round < rounds; round += 1) {
    for (const [side, run] of Object.entries(family.sides)) {
      const directory = join(context.directory, `${side}-${round + 1}`);
      mkdirSync(directory, { recursive: true });
      const value = await run({ ...context, directory, shared: context.directory });
      rmSync(directory, { recursive: true });
      if (round >= 0) measured[side].push(value);
    }
    onRound(round + 1);
  }
  return measured;
}

/** Items a second of `work`, which starts on a collected heap and a disk that owes nothing to what ran before. */
export function rateOf(items, work) {
  settleDisk();
  globalThis.gc?.();
  return rateNow(items, work);
}

/** The same at once, for what is short: V8 throws compiled code away when it collects. */
export async function rateNow(items, work) {
  const start = performance.now();
  await work();
  return items / ((performance.now() - start) / 1_000);
}

/** Waits until the disk has written what it was given before. */
export function settleDisk() {
  spawnSync('sync');
}

/**
 * The table's rows: each figure of the family with its median, its spread, and whether it is met. A side may measure several
 * things at once; `pick` says which of them a figure is about.
 */
export function judge(family, measured) {
  return family.figures.map((figure) => {
    const pick = figure.pick ?? ((value) => value);
    const ours = measured[figure.ours].map(pick);
    const peer = measured[figure.peer].map(pick);
    const ratios = ours.map((value, round) => (figure.compare ?? divide)(value, peer[round]));
    const ratio = median(ratios);
    return {
      figure: figure.name,
      title: figure.title,
      unit: figure.unit ?? family.unit ?? 'items/s',
      ours: median(ours),
      peer: median(peer),
      peerName: figure.peerName,
      ratio,
      min: Math.min(...ratios),
      max: Math.max(...ratios),
      rounds: ratios.length,
      target: targetOf(figure),
      met: isMet(figure, ratio),
      measured: { ours, peer, ratios },
      chart: figure.chart,
    };
  });
}

function divide(ours, peer) {
  return ours / peer;
}

function targetOf({ atLeast, atMost }) {
  if (atLeast !== undefined) return `>= ${atLeast}`;
  return atMost === undefined ? null : `<= ${atMost}`;
}

function isMet({ atLeast, atMost }, ratio) {
  if (atLeast !== undefined) return ratio >= atLeast;
  return atMost === undefined ? null : ratio <= atMost;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
