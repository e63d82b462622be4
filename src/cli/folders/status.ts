import type { Clock } from '../../clock.ts';
import { changedAt } from '../../fs/changed-at.ts';
import { readFolder } from '../library.ts';
import { type HeldClaim, renderFolderStatus, renderFolderStatusLine, type ShownFolderStatus } from '../render/folder-status.ts';
import type { StatusSource } from '../status-source.ts';
import { placesOf, type PlaceOptions } from './folder-flags.ts';

/** How a folder stands. Asked again and again it tells who lives. */
export async function folderStatus(directory: string, options: PlaceOptions, clock: Clock): Promise<StatusSource<ShownFolderStatus>> {
  const reader = await readFolder(directory, { ...placesOf(options), clock });
  return {
    async look() {
      const { claims, ...status } = await reader.status();
      const held: HeldClaim[] = [];
      for (const claim of claims) {
        const at = await changedAt(claim.path);
        held.push({ ...claim, heldMs: at === undefined ? null : Math.max(0, clock.wall().getTime() - at.getTime()) });
      }
      return { ...status, claims: held };
    },
    done: ({ counts }) => counts.done,
    left,
    isOver: (status) => left(status) === 0 && !status.producers.some(({ state }) => state === 'open'),
    render: renderFolderStatus,
    renderLine: renderFolderStatusLine,
  };
}

function left({ counts }: ShownFolderStatus): number {
  return counts.ready + counts.claimed;
}
