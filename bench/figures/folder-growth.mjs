/** A drain does not cost more a file as the folder grows, nor memory without bound. Each side of each round in a fresh process. */
import { inFreshProcess } from '../fresh-process.mjs';

const FEW = 1_000;
/** How many files a side drains at least, so that a turn is not over in a moment. */
const AT_LEAST = 40_000;

function drained(script, files) {
  return ({ directory, scale }) => {
    const count = Math.max(FEW, files * scale);
    return inFreshProcess(script, { directory, files: count, drains: Math.max(1, Math.round((AT_LEAST * scale) / count)) });
  };
}

const ours = (files) => drained('folder-drain.mjs', files);
const bare = (files) => drained('bare-folder-drain.mjs', files);
const rate = ({ rate: value }) => value;

/** Beside the bare calls on as many files. */
function besideBare(files) {
  return {
    name: `folder-drain-${files}`,
    title: `drain of ${files.toLocaleString('en')} files, listing included`,
    ours: `ours${files}`,
    peer: `bare${files}`,
    peerName: 'bare listing, renameSync, unlinkSync',
    pick: rate,
    chart: { name: 'growth', panel: 'folder', x: files, ours: 'folder queue', peer: 'bare calls' },
  };
}

function growth(name, sizes, most) {
  const last = sizes.at(-1);
  const words = last.toLocaleString('en');
  const common = { ours: `ours${last}`, peer: `ours${FEW}`, peerName: 'the same of 1,000' };
  return {
    name,
    fresh: true,
    most,
    sides: {
      ...Object.fromEntries([FEW, ...sizes].map((files) => [`ours${files}`, ours(files)])),
      ...Object.fromEntries(sizes.map((files) => [`bare${files}`, bare(files)])),
    },
    figures: [
      { ...common, name, title: `drain of ${words} files, listing included`, pick: rate, atLeast: 0.6 },
      {
        ...common,
        name: `${name}-memory`,
        title: `peak memory, ${words} files`,
        unit: 'MB',
        pick: ({ megabytes }) => megabytes,
        compare: (megabytes) => megabytes,
      },
      ...sizes.map(besideBare),
    ],
  };
}

export const folderGrowth = growth('folder-growth', [FEW, 10_000, 100_000]);
export const folderGrowthMillion = growth('folder-growth-1m', [1_000_000], 3);
