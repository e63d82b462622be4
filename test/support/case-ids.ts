import ts from 'typescript';

const CASE_ID = /\b(?:Q|F|W|TRK|WB|JCF|JOB|BLD|DEP|LOG|PRG|TBI)-\d{2}\b/g;
/** What names a test or a group of tests; what is skipped or still to be written holds nothing. */
const NAMERS = new Set(['it', 'test', 'describe']);
const NOT_RUN = new Set(['skip', 'todo']);

/** The case ids in a text. */
export function caseIdsIn(text: string): string[] {
  return [...text.matchAll(CASE_ID)].map(([id]) => id);
}

/** The case ids in the names of a file's tests; not those in comments, nor those of tests that are skipped. */
export function testedCaseIds(path: string, text: string): string[] {
  // Most files name none, and need not be parsed.
  if (caseIdsIn(text).length === 0) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const ids: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = ts.isCallExpression(node) && namesTest(node.expression) ? node.arguments[0] : undefined;
    if (name) ids.push(...caseIdsIn(name.getText(source)));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return ids;
}

/** `it`, `it.each(…)`, `describe.each(…)` and the like: a chain that begins with a namer and has nothing in it that skips. */
function namesTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return NAMERS.has(callee.text);
  if (ts.isPropertyAccessExpression(callee)) return !NOT_RUN.has(callee.name.text) && namesTest(callee.expression);
  return ts.isCallExpression(callee) && namesTest(callee.expression);
}
