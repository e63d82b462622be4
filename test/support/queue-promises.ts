/** Something that was promised does not hold. */
export class Broken extends Error {}

/** One opening of the queue. */
export interface Tenure {
  readonly name: string;
  /** 0 until it is open. */
  run: number;
  /** Whether anybody was told anything by it. */
  hasSpoken: boolean;
}

/** What became of a value, as far as anybody wrote it in time, and as far as it was acknowledged. */
interface Fact {
  written: boolean;
  acknowledged: boolean;
}

const FACTS = ['put', 'done', 'failed'] as const;
type Kind = (typeof FACTS)[number];

/**
 * What those who have a queue were told, and what that allows to find in it. A line counts for certain if it was
 * acknowledged; for certain not if it was written after somebody later had told anybody anything; else perhaps.
 */
export class QueuePromises {
  readonly #tenures: Tenure[] = [];
  readonly #values = new Map<string, Record<Kind, Fact>>();
  readonly #ids = new Map<string, string>();

  tenure(name: string): Tenure {
    const tenure: Tenure = { name, run: 0, hasSpoken: false };
    this.#tenures.push(tenure);
    return tenure;
  }

  /** A write to a journal. */
  wrote({ run }: Tenure, file: string, text: string): void {
    if (this.#tenures.some((other) => other.run > run && other.hasSpoken)) return;
    if (file.endsWith('.put.tsv')) for (const [, value = ''] of text.matchAll(/\t(\w+)\.+(?=\n)/g)) this.#of(value).put.written = true;
    if (!file.endsWith('.done.tsv')) return;
    for (const [, kind, id = ''] of text.matchAll(/\t(done|failed)\t(\d{8}-\d{10})/g))
      this.#of(this.#ids.get(id) ?? id)[kind === 'done' ? 'done' : 'failed'].written = true;
  }

  handedOut(tenure: Tenure, { id, value }: { readonly id: string; readonly value: string }): void {
    tenure.hasSpoken = true;
    this.#ids.set(id, value);
    const { put, done } = this.#of(value);
    if (!put.written) throw new Broken(`${tenure.name} was given ${value}, which counts for nobody`);
    if (done.acknowledged) throw new Broken(`${tenure.name} was given ${value}, which was done`);
  }

  acknowledged(tenure: Tenure, kind: Kind | 'closed', value = ''): void {
    tenure.hasSpoken = true;
    if (kind === 'closed') return;
    const fact = this.#of(value)[kind];
    if (fact.acknowledged) throw new Broken(`${value} was acknowledged twice to be ${kind}`);
    if (!fact.written) throw new Broken(`it was acknowledged that ${value} is ${kind}, and counts for nobody`);
    fact.acknowledged = true;
  }

  /** What somebody finds who comes when all is over. */
  judge(outstanding: readonly string[], failed: readonly string[]): void {
    for (const list of [outstanding, failed]) if (new Set(list).size < list.length) throw new Broken(`it is there twice: ${list.join()}`);
    for (const value of [...outstanding, ...failed]) {
      const fact = this.#of(value);
      if (!fact.put.written) throw new Broken(`${value} is there, and counts for nobody`);
      if (fact.done.acknowledged) throw new Broken(`${value} was done, and comes back`);
    }
    for (const [value, { put, done, failed: gaveUp }] of this.#values) {
      if (put.acknowledged && !done.written && !outstanding.includes(value) && !failed.includes(value))
        throw new Broken(`${value} is lost`);
      if (gaveUp.acknowledged && !done.written && !failed.includes(value)) throw new Broken(`${value} was given up, and is not`);
      if (!gaveUp.written && failed.includes(value)) throw new Broken(`nobody gave ${value} up`);
    }
  }

  /** All it remembers. */
  toString(): string {
    const tenures = this.#tenures.map(({ run, hasSpoken }) => `${run}${hasSpoken ? '!' : ''}`).join();
    const shown = ({ written, acknowledged }: Fact): string => (acknowledged ? '!' : written ? '?' : '-');
    const values = [...this.#values].map(([value, facts]) => `${value} ${FACTS.map((kind) => shown(facts[kind])).join('')}`);
    return `${tenures} ${values.toSorted().join()}`;
  }

  #of(value: string): Record<Kind, Fact> {
    const fact = (): Fact => ({ written: false, acknowledged: false });
    const known = this.#values.get(value) ?? { put: fact(), done: fact(), failed: fact() };
    this.#values.set(value, known);
    return known;
  }
}
