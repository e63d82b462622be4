/** What programs wrote down about a folder queue, judged: see folder-checker.mjs. */
export function judge(
  ledger: string,
  folder: {
    readonly left: readonly string[];
    readonly done: readonly string[] | null;
    readonly failed?: readonly string[];
    readonly readDone?: (name: string) => string;
    readonly readFailed?: (name: string) => string;
  },
): { readonly violations: string[]; readonly figures: Record<string, number> };
