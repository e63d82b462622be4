/** What an option may be: in words, and in code. */
export interface OptionRule {
  readonly wants: string;
  readonly test: (value: unknown) => boolean;
}

/** The rule of each option there is. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** Checks options once, at the door. `undefined` means the default. @throws TypeError that shows what came and what was expected */
export function checkOptions(where: string, options: unknown, rules: OptionRules): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`${where} takes an options object, got ${show(options)}.`);
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined)
      throw new TypeError(`${where} has no option ${name} (got ${show(value)}). It has: ${Object.keys(rules).join(', ')}.`);
    if (value !== undefined && !rule.test(value)) throw new TypeError(`${where}: ${name} must be ${rule.wants}, got ${show(value)}.`);
  }
}

/** @throws TypeError for what is to be called, and can't be */
export function assertFunction(operation: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${operation} takes a function, got ${show(value)}.`);
}

/** Whether it can name a file or a directory. */
export function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'function');
}

/** @throws TypeError for what can't be gone through one by one; nor is text meant, whose letters would be */
export function assertMany(operation: string, what: string, value: unknown): void {
  const isMany = typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
  if (!isMany) throw new TypeError(`${operation} takes ${what} in an array or another iterable, got ${show(value)}.`);
}

/** A value as it can be read in a message. */
export function show(value: unknown): string {
  if (value instanceof Date && Number.isNaN(value.getTime())) return 'an invalid Date';
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'symbol' || typeof value === 'bigint' || typeof value === 'number') return String(value);
  try {
    return shorten(JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Long enough to know it by. */
function shorten(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}… (${text.length} characters)`;
}

export function isIterable<V>(value: Iterable<V> | AsyncIterable<V>): value is Iterable<V> {
  return (typeof value === 'string' || (typeof value === 'object' && value !== null)) && Symbol.iterator in Object(value);
}
