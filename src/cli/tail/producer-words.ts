import { CONTROL_FILE_BYTES, type ControlType, parseControl, parseControlName } from '../../formats/control-file.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import { readSmallFile } from '../../fs/small-file.ts';
import type { Glance } from './folder-glance.ts';

/** Something that a producer said. */
export interface ProducerWord {
  readonly event: 'producer';
  readonly says: ControlType;
  /** What it is called; null for one without a name. */
  readonly producer: string | null;
  readonly host: string;
  readonly pid: number;
  /** Why it failed. */
  readonly reason?: string;
}

/** Tells what producers say, each word once. */
export class ProducerWords {
  readonly #fs: FileSystem;
  readonly #directory: string;
  #heard: Set<string>;

  constructor(fs: FileSystem, directory: string, { control }: Glance) {
    this.#fs = fs;
    this.#directory = directory;
    this.#heard = new Set(control);
  }

  async next({ control }: Glance): Promise<ProducerWord[]> {
    const words: ProducerWord[] = [];
    const heard = new Set<string>();
    for (const file of [...control].toSorted()) {
      const word = this.#heard.has(file) ? undefined : await this.#read(file);
      if (word !== null) heard.add(file);
      if (word) words.push(word);
    }
    this.#heard = heard;
    return words;
  }

  /** Null if it makes no sense: somebody may still write it. */
  async #read(file: string): Promise<ProducerWord | null> {
    const name = parseControlName(file);
    const found = await readSmallFile(this.#fs, `${this.#directory}/${file}`, CONTROL_FILE_BYTES);
    const record = name !== null && found.kind === 'text' ? parseControl(found.text, name) : null;
    if (record === null) return null;
    const { type, producer, hostName, machineFQDN, pid, reason } = record;
    return {
      event: 'producer',
      says: type,
      producer: producer || null,
      host: hostName || machineFQDN,
      pid,
      ...(reason !== '' && { reason }),
    };
  }
}
