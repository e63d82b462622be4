import ts from 'typescript';

/** One way in which a file reaches another: all that TypeScript, Node or a worker would load. */
export interface SourceImport {
  readonly specifier: string;
  /** The names taken, `*` for all of them; none where they can't be told. */
  readonly names: readonly string[];
  readonly line: number;
}

/** What one source file reaches for. */
export interface SourceFacts {
  readonly imports: readonly SourceImport[];
  /** The outer world without an import: the clock, chance, the process. */
  readonly worldUses: readonly { readonly what: string; readonly line: number }[];
  /** Lines with `export * from`. */
  readonly starExports: readonly number[];
}

const WORLD = new Set([
  'process',
  'performance',
  'console',
  'fetch',
  'crypto',
  'require',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);

export function sourceFacts(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: SourceImport[] = [];
  const worldUses: { what: string; line: number }[] = [];
  const starExports: number[] = [];
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

  function visit(node: ts.Node): void {
    const found = importOf(node);
    if (found) imports.push({ ...found, line: lineOf(node) });
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.exportClause) starExports.push(lineOf(node));
    const what = worldUseOf(node);
    if (what) worldUses.push({ what, line: lineOf(node) });
    ts.forEachChild(node, visit);
  }
  visit(source);
  return { imports, worldUses, starExports };
}

function importOf(node: ts.Node): { specifier: string; names: string[] } | undefined {
  if (ts.isImportDeclaration(node)) return at(node.moduleSpecifier, importedNames(node.importClause));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return at(node.moduleSpecifier, exportedNames(node.exportClause));
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
    return at(node.moduleReference.expression, ['*']);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return at(node.argument.literal, node.qualifier ? [node.qualifier.getText()] : ['*']);
  if (ts.isCallExpression(node) && loads(node.expression)) return at(node.arguments[0], ['*']);
  // new URL('./worker.js', import.meta.url): how a worker's file is named
  if (ts.isNewExpression(node) && isName(node.expression, 'URL') && node.arguments?.[1]?.getText() === 'import.meta.url')
    return at(node.arguments[0], ['*']);
  return undefined;
}

/** `import(…)`, `require(…)` and `createRequire(…)(…)`. */
function loads(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword || isName(callee, 'require')) return true;
  return ts.isCallExpression(callee) && isName(callee.expression, 'createRequire');
}

/** A specifier that is computed can't be checked, so it is shown as it is written. */
function at(specifier: ts.Node | undefined, names: string[]): { specifier: string; names: string[] } {
  if (specifier === undefined) return { specifier: '(nothing)', names };
  return { specifier: ts.isStringLiteralLike(specifier) ? specifier.text : `(computed: ${specifier.getText()})`, names };
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  const names = clause?.name ? ['default'] : [];
  const bindings = clause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) names.push('*');
  if (bindings && ts.isNamedImports(bindings))
    names.push(...bindings.elements.map((element) => (element.propertyName ?? element.name).text));
  return names;
}

function exportedNames(clause: ts.NamedExportBindings | undefined): string[] {
  if (!clause || ts.isNamespaceExport(clause)) return ['*'];
  return clause.elements.map((element) => (element.propertyName ?? element.name).text);
}

function worldUseOf(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && isName(node.expression, 'Date') && !node.arguments?.length) return 'new Date()';
  if (ts.isCallExpression(node) && isName(node.expression, 'Date')) return 'Date()';
  if (ts.isPropertyAccessExpression(node)) {
    const text = `${node.expression.getText()}.${node.name.text}`;
    if (text === 'Date.now' || text === 'Math.random') return text;
  }
  return ts.isIdentifier(node) && WORLD.has(node.text) && isUsedAsGlobal(node) ? node.text : undefined;
}

/** A name is the global's if it is read, and neither a member's name nor declared in this file. */
function isUsedAsGlobal(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (
    (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) &&
    (ts.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node
  )
    return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isTypeNode(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  const isDeclared = 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent);
  return !isDeclared && !declaredIn(node.getSourceFile(), node.text);
}

function declaredIn(source: ts.SourceFile, name: string): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isBindingElement(node);
    if (declares && node.name && isName(node.name, name)) found = true;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isName(node: ts.Node, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}
