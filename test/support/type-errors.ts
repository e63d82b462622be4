import { join } from 'node:path';
import ts from 'typescript';

/** What a strict user's compiler says about these files, `dibs` being found beside them; if asked to, about its declarations too. */
export function typeErrors(files: readonly string[], typeRoot: string, { declarations = false } = {}): string[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    typeRoots: [join(typeRoot, 'node_modules', '@types')],
    types: ['node'],
    strict: true,
    skipLibCheck: !declarations,
    exactOptionalPropertyTypes: true,
    noEmit: true,
  };
  const program = ts.createProgram({ rootNames: [...files], options });
  // Those of Node and of the language are not ours to check, and take most of the time.
  const isOurs = ({ fileName }: ts.SourceFile): boolean => files.includes(fileName) || /\/dibs\/dist\/[^]*\.d\.ts$/.test(fileName);
  const found = program
    .getSourceFiles()
    .filter(isOurs)
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
  return [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...found].map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${file?.fileName ?? ''}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
