/** What programs wrote down about a queue, judged: see checker.mjs. */
export function judge(ledger: string): { readonly violations: string[]; readonly figures: Record<string, number> };
