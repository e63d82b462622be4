/** A fenced piece of code in a document. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  /** The line of the document on which its code begins, from 1. */
  readonly line: number;
  /** Why it is not run, as the comment before it says; undefined if it is. */
  readonly notRun: string | undefined;
}

const FENCE = /^(`{3,})(\S*)[^\n]*$/;
const NOT_RUN = /^<!--\s*not run:\s*(.*?)\s*-->$/;

/** The fenced snippets of a Markdown text, in order. One that `<!-- not run: reason -->` stands before is marked. */
export function parseSnippets(markdown: string): Snippet[] {
  const snippets: Snippet[] = [];
  let open: { fence: string; language: string; line: number; code: string[] } | undefined;
  let notRun: string | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const [, fence, language] = FENCE.exec(text.trim()) ?? [];
    if (open && fence === open.fence) {
      snippets.push({ language: open.language, code: open.code.join('\n'), line: open.line, notRun });
      open = undefined;
      notRun = undefined;
    } else if (open) open.code.push(text);
    else if (fence !== undefined) open = { fence, language: language ?? '', line: index + 2, code: [] };
    else if (text.trim() !== '') notRun = NOT_RUN.exec(text.trim())?.[1];
  }
  return snippets;
}

/** The lines that a piece of code says it prints: what follows `// prints: ` or `# prints: `. */
export function promisedOutput(code: string): string[] {
  return [...code.matchAll(/(?:\/\/|#) prints: (.+)$/gm)].map(([, text = '']) => text.trim());
}

/** Whether a shell snippet is about our command: only those are run. */
export function startsOurCommand(code: string): boolean {
  const first = code.split('\n').find((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return /^\s*(npx )?dibs( |$)/.test(first ?? '');
}
