/** All that is known of one value, told by whoever put, took and settled it. */
export interface LedgerEntry {
  readonly value: string;
  /** Refused is what the disk refused while the queue went on: it must not be there after all. */
  put: 'asked' | 'acknowledged' | 'refused';
  /** What it was put under, as long as its load lasts. */
  key: string | undefined;
  /** As it was told to takers; the same for ever. */
  id: string | undefined;
  /** How often a taker got it. */
  taken: number;
  /** How often it was surely given back uncounted, and how often perhaps. */
  released: number;
  maybeReleased: number;
  done: 'no' | 'asked' | 'acknowledged';
  givenUp: 'no' | 'asked' | 'acknowledged';
  /** How often its retry was acknowledged, and so its attempts forgiven. */
  retried: 'no' | 'asked' | 'acknowledged';
}

/**
 * What a program was promised, kept outside of what it tests. Once the program has ended nothing is noted any more: an
 * answer that comes later was never heard.
 */
export class QueueLedger {
  readonly entries = new Map<string, LedgerEntry>();
  #hears: () => boolean = () => true;

  /** The program that speaks from now on is heard as long as `hears` says so. */
  hear(hears: () => boolean): void {
    this.#hears = hears;
  }

  /** Begins anew with what another ledger says. */
  become(other: QueueLedger, hears: () => boolean): void {
    this.entries.clear();
    for (const [value, entry] of other.entries) this.entries.set(value, { ...entry });
    this.#hears = hears;
  }

  /** Another one that says the same, and hears everything. */
  copy(): QueueLedger {
    const copy = new QueueLedger();
    copy.become(this, () => true);
    return copy;
  }

  note(value: string, change: (entry: LedgerEntry) => void): void {
    if (!this.#hears()) return;
    const entry = this.entries.get(value) ?? newEntry(value);
    this.entries.set(value, entry);
    change(entry);
  }

  /** Everything, as one string. */
  text(): string {
    return JSON.stringify([...this.entries.values()]);
  }
}

function newEntry(value: string): LedgerEntry {
  return {
    value,
    put: 'asked',
    key: undefined,
    id: undefined,
    taken: 0,
    released: 0,
    maybeReleased: 0,
    done: 'no',
    givenUp: 'no',
    retried: 'no',
  };
}
