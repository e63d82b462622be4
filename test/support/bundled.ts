import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Vite } from 'vitest/node';

/** Bundles a program of test/processes, the built library and all it uses into one file, and gives where that is. */
export async function bundled(program: string, folder: string): Promise<string> {
  const name = 'bundled.mjs';
  await bundle({ [name]: program }, folder);
  return join(folder, name);
}

/**
 * Bundles modules, with all they use, into a file each of that name below the folder; what several of them use is one thing to
 * all, in files beside. Node loads it in a quarter of the time: what is started thousands of times spends most of it on that.
 */
export async function bundle(modules: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const vite: typeof Vite = await import(pathToFileURL(bundlerOfTheTestRunner()).href);
  await vite.build({
    configFile: false,
    envFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: modules,
        output: {
          format: 'es',
          entryFileNames: '[name]',
          chunkFileNames: 'shared/[name]-[hash].mjs',
          codeSplitting: Object.keys(modules).length > 1,
        },
      },
    },
  });
}

function bundlerOfTheTestRunner(): string {
  const ours = createRequire(import.meta.url);
  return createRequire(ours.resolve('vitest/package.json')).resolve('vite');
}
