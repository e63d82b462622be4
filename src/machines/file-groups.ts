/** Which files belong together, and what each set of them still lacks. Pure: names in, groups out. */

export interface GroupRules {
  /** A name to the group that it belongs to; undefined for one that belongs to none. */
  readonly groupKey: (name: string) => string | undefined;
  /** A name to its place in its group. */
  readonly memberKey: (name: string) => string | undefined;
  /** The places of a whole group. */
  readonly members: readonly string[] | ((group: string) => readonly string[]);
}

/** A file, and the message's own name. */
export interface NamedFile {
  readonly file: string;
  readonly name: string;
}

export interface FileGroup<F extends NamedFile> {
  readonly group: string;
  /** One for each place, by their own names. The first decides for the group. */
  readonly files: readonly F[];
}

export interface IncompleteGroup {
  readonly group: string;
  /** The own names of the files that are there. */
  readonly files: readonly string[];
  /** The places that are not filled. */
  readonly missing: readonly string[];
}

/** A file that has no place in any group. */
export interface Stranger {
  readonly name: string;
  readonly reason: string;
}

export interface FileGroups<F extends NamedFile> {
  readonly complete: readonly FileGroup<F>[];
  readonly incomplete: readonly IncompleteGroup[];
  readonly strangers: readonly Stranger[];
}

/**
 * Sorts files into groups. Complete is a group by its places, not by how many files it has: of two files for one place the
 * first is taken, and the other waits for the group's next set. The order of the files is kept.
 */
export function groupFiles<F extends NamedFile>(files: readonly F[], rules: GroupRules): FileGroups<F> {
  const strangers: Stranger[] = [];
  const places = new Places(rules);
  const groups = new Map<string, Map<string, F>>();
  for (const file of files) {
    const place = places.of(file.name);
    if ('reason' in place) {
      strangers.push({ name: file.name, reason: place.reason });
      continue;
    }
    const members = groups.get(place.group) ?? new Map<string, F>();
    groups.set(place.group, members);
    if (!members.has(place.member)) members.set(place.member, file);
  }
  const complete: FileGroup<F>[] = [];
  const incomplete: IncompleteGroup[] = [];
  for (const [group, members] of groups) {
    const missing = places.all(group).filter((place) => !members.has(place));
    const found = [...members.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
    if (missing.length === 0) complete.push({ group, files: found });
    else incomplete.push({ group, missing, files: found.map(({ name }) => name) });
  }
  return { complete, incomplete, strangers };
}

/** Where a file belongs, or why that can't be told. */
type Place = { readonly group: string; readonly member: string } | { readonly reason: string };

/**
 * What the rules say, each asked once for the same thing. They are the user's: they may throw, or give anything, and
 * something else each time; but two files of one name never are two members, which would get one name when claimed.
 */
class Places {
  readonly #rules: GroupRules;
  readonly #places = new Map<string, Place>();
  readonly #groups = new Map<string, ReadonlySet<string>>();

  constructor(rules: GroupRules) {
    this.#rules = rules;
  }

  of(name: string): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#find(name);
    this.#places.set(name, place);
    return place;
  }

  /** Of a group of which there is a member. */
  all(group: string): readonly string[] {
    return [...(this.#groups.get(group) ?? [])];
  }

  #find(name: string): Place {
    try {
      const group: unknown = this.#rules.groupKey(name);
      if (typeof group !== 'string') return { reason: 'groupKey gives no group for it' };
      const member: unknown = this.#rules.memberKey(name);
      if (typeof member !== 'string') return { reason: 'memberKey gives no place for it' };
      const members = this.#groups.get(group) ?? membersOf(this.#rules, group);
      if (members === undefined) return { reason: `members gives no list of places for ${JSON.stringify(group)}` };
      this.#groups.set(group, members);
      if (!members.has(member)) return { reason: `${JSON.stringify(member)} is no member of ${JSON.stringify(group)}` };
      return { group, member };
    } catch (error) {
      return { reason: `its group can't be told: ${error instanceof Error ? error.message : 'what was thrown is no error'}` };
    }
  }
}

function membersOf({ members }: GroupRules, group: string): ReadonlySet<string> | undefined {
  const all: unknown = typeof members === 'function' ? members(group) : members;
  return Array.isArray(all) && all.every((one) => typeof one === 'string') ? new Set(all) : undefined;
}
