import { UpstreamFailedError } from '../errors.ts';
import { ProducerLostError } from '../folders/folder-errors.ts';
import type { Consumer } from '../folders/consumer.ts';
import type { FolderContext } from '../folders/folder-context.ts';
import type { FolderLook } from '../folders/folder-look.ts';
import type { FolderSight } from '../folders/folder-sight.ts';
import type { Attended, Neighbours } from '../folders/neighbours.ts';
import { strayClaims } from '../folders/strays.ts';
import { takeBack } from '../folders/take-back.ts';
import type { Upstream, UpstreamState } from '../folders/upstream.ts';
import type { ProducerRun } from '../machines/producer-roster.ts';
import type { FolderHoldings, Held } from './folder-holdings.ts';

/** What is taken out of looks at a folder: files, or groups of them. */
export interface Supply<H> {
  /** Whether there is anything to take in what a look found. */
  offers(look: FolderLook): boolean;
  /** From now on this look is taken from. */
  fill(look: FolderLook): Promise<void>;
  /** The next of them that nobody else was faster to take; undefined when it is time to look again. */
  take(): Promise<H | undefined>;
}

export interface FolderOutlookParts<H extends Held> {
  readonly context: FolderContext;
  readonly consumer: Consumer;
  readonly holdings: FolderHoldings<H>;
  readonly supply: Supply<H>;
  readonly sight: FolderSight;
  readonly neighbours: Neighbours;
  readonly upstream: Upstream;
  /** Told of what the last look found, at the very end. */
  readonly atEnd?: (look: FolderLook) => void;
}

/**
 * What a look at the folder amounts to. `again`: something came back while it was looked at. `idle`: there is nothing now,
 * but what is in hands may come again. `over`: there is nothing, and nothing can come.
 */
export type Outcome = 'ready' | 'again' | 'wait' | 'idle' | 'over';

/** Looks at a folder, and tells what is to be expected of it. */
export class FolderOutlook<H extends Held> {
  readonly #parts: FolderOutlookParts<H>;
  #isFirstLook = true;

  constructor(parts: FolderOutlookParts<H>) {
    this.#parts = parts;
  }

  /** @param isTaking whether something is being claimed by us: what there is of ours may be in nobody's hands yet */
  async look(isTaking: boolean): Promise<Outcome> {
    const { context, sight, upstream, holdings, supply } = this.#parts;
    const { directory } = context.layout;
    const look = await sight.look();
    const up = await upstream.hear(look.control);
    if (up.failed) throw new UpstreamFailedError(directory, describe(up.failed));
    const { tookBack, isHeldByOthers, trouble } = await this.#attend(look, isTaking);
    const isFirst = this.#isFirstLook;
    this.#isFirstLook = false;
    if (isFirst && look.ready.length + look.claims.length === 0) upstream.forgetWhatIsOver(up);
    if (supply.offers(look)) {
      await supply.fill(look);
      return 'ready';
    }
    if (trouble) throw trouble.error;
    if (tookBack > 0 || up.isSuspicious || isFirst) return 'again';
    if (up.lost) throw new ProducerLostError(directory, describe(up.lost));
    if (!up.isDrained) return 'wait';
    // Who holds files is not told that this was all, but that there is nothing now: so two of them can't wait for each other.
    if (holdings.size > 0) return 'idle';
    return isHeldByOthers ? 'wait' : this.#endForSure(up);
  }

  /** What was claimed and is in nobody's hands comes back. A file that can't be brought back must not keep the others from being served. */
  async #attend(look: FolderLook, isTaking: boolean): Promise<Attended & { readonly trouble?: { readonly error: unknown } }> {
    const { context, consumer, holdings, neighbours } = this.#parts;
    try {
      // While something is being claimed, it can't be told from what was left behind.
      const strays = isTaking ? [] : strayClaims(look.claims, { own: consumer.names, held: holdings, extension: context.rules.extension });
      const ours = await takeBack(context, strays, () => consumer.claimer(context.clock.monotonic()));
      const { tookBack, isHeldByOthers } = await neighbours.attend(look);
      return { tookBack: tookBack + ours, isHeldByOthers };
    } catch (error) {
      return { tookBack: 0, isHeldByOthers: true, trouble: { error } };
    }
  }

  /** Everybody is done: it is over if a look that began after that, and that nothing disturbed, finds nothing. */
  async #endForSure({ runs }: UpstreamState): Promise<Outcome> {
    const { sight, upstream, supply, atEnd } = this.#parts;
    const last = await sight.lookForSure();
    if (last === undefined || supply.offers(last)) return 'again';
    const up = await upstream.hear(last.control);
    if (!up.isDrained || up.runs.length !== runs.length) return 'again';
    // Ours too: it is being taken just now.
    if (last.claims.length > 0) return 'again';
    atEnd?.(last);
    return 'over';
  }
}

function describe({ producer, pid, machineFQDN, reason }: ProducerRun): string {
  const who = `${producer || 'a producer'} (process ${pid} on ${machineFQDN})`;
  return reason === '' ? who : `${who}: ${reason}`;
}
