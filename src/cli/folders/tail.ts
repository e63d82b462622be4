import { layoutOf } from '../../folders/folder-layout.ts';
import type { FileSystem } from '../../fs/file-system.ts';
import type { Call, Surroundings } from '../command.ts';
import type { TailOptions } from '../commands/tail-options.ts';
import { machineDisk, readFolder } from '../library.ts';
import { looks } from '../looks.ts';
import { formatJsonLine } from '../render/json.ts';
import { paintFor } from '../render/paint.ts';
import { renderHappening, renderProducerWord } from '../render/tail-line.ts';
import { formatSentence } from '../render/visible-text.ts';
import { failureOf } from '../tail/failure-of.ts';
import { type Glance, glance } from '../tail/folder-glance.ts';
import { Follower } from '../tail/happenings.ts';
import { ProducerWords } from '../tail/producer-words.ts';
import { placesOf } from './folder-flags.ts';

/** Prints what happens in a folder, until the signal aborts. */
export async function tailFolder(
  surroundings: Surroundings,
  { directory, options }: Call<TailOptions>,
  signal: AbortSignal,
): Promise<never> {
  const { clock, err } = surroundings;
  const places = placesOf(options);
  const reader = await readFolder(directory, places);
  const { extension } = await reader.status();
  const fs = await machineDisk();
  const look = (): Promise<Glance> => glance(fs, { ...layoutOf(directory, places), extension });
  let teller: Teller | undefined;
  for await (const _ of looks(directory, { clock, intervalMs: options.interval ?? 1_000, signal })) {
    // The folder may have gone: that is told as any other command tells it.
    const seen = await look().catch(async (error: unknown) => {
      await reader.counts();
      throw error;
    });
    if (teller !== undefined) {
      await teller.tell(seen);
      continue;
    }
    teller = new Teller(surroundings, { fs, directory: reader.directory }, options, seen);
    if (!options.json) await err.line(`dibs: looking at ${formatSentence(directory)} from now on; Ctrl-C ends it`);
  }
  throw new Error('looks never end by themselves');
}

/** Prints the differences of one look to the one before. */
class Teller {
  readonly #surroundings: Surroundings;
  readonly #fs: FileSystem;
  readonly #isJson: boolean;
  readonly #follower: Follower;
  readonly #words: ProducerWords;

  constructor(
    surroundings: Surroundings,
    { fs, directory }: { readonly fs: FileSystem; readonly directory: string },
    { json, remove }: TailOptions,
    first: Glance,
  ) {
    this.#surroundings = surroundings;
    this.#fs = fs;
    this.#isJson = json === true;
    this.#follower = new Follower(first, { removesDone: remove === true });
    this.#words = new ProducerWords(fs, directory, first);
  }

  async tell(seen: Glance): Promise<void> {
    const { out, env, clock } = this.#surroundings;
    const paint = paintFor(out.isTerminal, env);
    const at = clock.wall();
    const words = await this.#words.next(seen);
    const show = (word: (typeof words)[number]): Promise<void> =>
      out.line(this.#isJson ? formatJsonLine({ at: at.toISOString(), ...word }) : renderProducerWord(at, word, paint));
    // Who begins says so before its files come, and after them that they are all.
    for (const word of words.filter(({ says }) => says === 'helo')) await show(word);
    for (const happening of this.#follower.next(seen)) {
      const error = await failureOf(this.#fs, happening);
      await out.line(
        this.#isJson
          ? formatJsonLine({ at: at.toISOString(), ...happening, ...(error && { error }) })
          : renderHappening(at, happening, error, paint),
      );
    }
    for (const word of words.filter(({ says }) => says !== 'helo')) await show(word);
  }
}
