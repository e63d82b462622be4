/** A string, which may hold anything, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** The first number in a JSON text that would become another one: a whole one beyond 2^53, or one that is too large; undefined if there is none. */
export function inexactNumber(json: string): string | undefined {
  if (!/\d{16}|[eE]/.test(json)) return undefined;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token.startsWith('"')) continue;
    const value = Number(token);
    if (!Number.isFinite(value) || (/^-?\d+$/.test(token) && !Number.isSafeInteger(value))) return token;
  }
  return undefined;
}
