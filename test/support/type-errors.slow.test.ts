import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from './temp-folder.ts';
import { typeErrors } from './type-errors.ts';

it('tells what is wrong in a file, and in the declarations it imports from dibs', { timeout: 60_000 }, () => {
  const folder = tempFolder();
  const dist = join(folder, 'node_modules', 'dibs', 'dist');
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(dist, '..', 'package.json'), '{ "name": "dibs", "type": "module", "exports": "./dist/index.js" }');
  writeFileSync(join(dist, 'index.js'), '');
  writeFileSync(join(dist, 'index.d.ts'), "export { broken } from './broken.js';\n");
  writeFileSync(join(dist, 'broken.d.ts'), 'export declare const broken: Missing;\n');
  writeFileSync(join(folder, 'user.mts'), "import { broken, none } from 'dibs';\nexport const text: string = 1;\nexport { broken };\n");
  const errors = typeErrors([join(folder, 'user.mts')], join(import.meta.dirname, '..', '..'), { declarations: true });
  expect(errors.toSorted()).toEqual([
    expect.stringMatching(/node_modules\/dibs\/dist\/broken\.d\.ts:1 Cannot find name 'Missing'/),
    expect.stringMatching(/user\.mts:1 .* no exported member 'none'/),
    expect.stringMatching(/user\.mts:2 Type 'number' is not assignable to type 'string'/),
  ]);
});
