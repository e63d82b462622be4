import { Command as Parser, CommanderError, Option } from 'commander';
import { createRequire } from 'node:module';
import type { Command, CommandOption, Surroundings } from './command.ts';
import { GROUPS } from './command-group.ts';
import { EXIT } from './exit-code.ts';
import { STORE_OPTION, type StoreCommand, storeNamed } from './store-command.ts';
import { UsageError } from './usage-error.ts';

const CLOSING_WORDS = `
Exit codes: 0 ok, 1 work failed or damage found (work: how many failed), 2 usage, 3 no queue, task or
batch there, 4 written by a newer version, 5 not permitted, 6 a task that is not to be started,
75 held by somebody else, 130 or 143 interrupted.
DIBS_DEBUG=1 shows where an error came from. NO_COLOR=1 leaves colours out.`;

/** Reads the words that were typed and runs the one command they name. Gives the exit code. */
export async function runProgram(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.ok;
  let printed = '';
  const program = new Parser('dibs')
    .description('Work queues made of files, of values in journals or of files in a folder: look into them, fill them, work them off.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', CLOSING_WORDS)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (printed += text), writeErr: () => {}, outputError: () => {} });
  const declare = <O>(command: Command<O>): void => {
    declareCommand(program, command).action(async (...given: unknown[]) => {
      const parser = parserOf(given);
      const [directory, rest]: unknown[] = parser.processedArgs;
      if (directory === '') throw new UsageError(`the directory is empty text. Run: dibs ${command.name} --help`);
      exitCode = await command.run(surroundings, { directory: String(directory), rest: listOf(rest), options: parser.opts<O & object>() });
    });
  };
  for (const load of loadersFor(words)) await load(declare);
  await declareGroups(program, words, surroundings, (code) => (exitCode = code));
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, words, program);
  }
  if (printed !== '') await surroundings.out.write(printed);
  return exitCode;
}

type Load = (declare: <O>(command: Command<O>) => void) => Promise<void>;

/** In the order of the help. */
const COMMANDS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['status', async (declare) => declare((await import('./commands/status.ts')).statusCommand)],
  ['put', async (declare) => declare((await import('./commands/put.ts')).putCommand)],
  ['work', async (declare) => declare((await import('./commands/work.ts')).workCommand)],
  ['outstanding', async (declare) => declare((await import('./commands/outstanding.ts')).outstandingCommand)],
  ['failed', async (declare) => declare((await import('./commands/failed.ts')).failedCommand)],
  ['retry', async (declare) => declare((await import('./commands/retry.ts')).retryCommand)],
  ['tail', async (declare) => declare((await import('./commands/tail.ts')).tailCommand)],
  ['release', async (declare) => declare((await import('./commands/release.ts')).releaseCommand)],
  ['reset', async (declare) => declare((await import('./commands/reset.ts')).resetCommand)],
  ['purge', async (declare) => declare((await import('./commands/purge.ts')).purgeCommand)],
  ['verify', async (declare) => declare((await import('./commands/verify.ts')).verifyCommand)],
  ['doctor', async (declare) => declare((await import('./commands/doctor.ts')).doctorCommand)],
]);

/** The one command that is named first, so that it need not wait until all are loaded; else all, of which help and complaints tell. */
function loadersFor([verb = '']: readonly string[]): Iterable<Load> {
  const load = COMMANDS.get(verb);
  return load ? [load] : COMMANDS.values();
}

/** Those of a group that is not called are not loaded. */
async function declareGroups(
  program: Parser,
  words: readonly string[],
  surroundings: Surroundings,
  ended: (exitCode: number) => void,
): Promise<void> {
  for (const group of GROUPS) {
    const parser = program.command(group.name).summary(group.summary).description(group.summary);
    if (!words.includes(group.name)) continue;
    (await group.load())(<O>(command: StoreCommand<O>) => {
      const help = `dibs ${group.name} ${command.name} --help`;
      declareStoreCommand(parser, command).action(async (...given: unknown[]) => {
        const { options, operands } = storeCallOf<O & { readonly store?: string }>(given);
        if (operands[0] === '') throw new UsageError(`what is to be named is empty text. Run: ${help}`);
        const store = storeNamed(options.store, surroundings.env, help);
        ended(await command.run(surroundings, { store, words: operands, options }));
      });
    });
  }
}

function declareCommand<O>(program: Parser, command: Command<O>): Parser {
  const parser = program
    .command(command.name)
    .summary(command.summary)
    .description(command.summary)
    .argument('<dir>', 'the directory of the queue');
  if (command.rest) parser.argument(command.rest.syntax, command.rest.description);
  return declareOptions(parser, command.options, command.examples);
}

function declareStoreCommand<O>(group: Parser, command: StoreCommand<O>): Parser {
  const parser = group.command(command.name).summary(command.summary).description(command.summary);
  for (const { syntax, description } of command.operands) parser.argument(syntax, description);
  return declareOptions(parser, [STORE_OPTION, ...command.options], command.examples);
}

function declareOptions(parser: Parser, options: readonly CommandOption[], examples: Command<unknown>['examples']): Parser {
  for (const option of options) parser.addOption(declareOption(option));
  parser.option('--json', 'print JSON, in the shapes that docs/cli.md names');
  return parser.addHelpText('after', `\nExamples:\n${examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`).join('\n')}`);
}

function declareOption({ flags, description, parse, default: value }: CommandOption): Option {
  const option = new Option(flags, description);
  if (parse) option.argParser(parse);
  return value === undefined ? option : option.default(value);
}

/** Commander's complaint, as one line that says where help is. */
function usageError(error: CommanderError, words: readonly string[], program: Parser): UsageError {
  const help = `${pathOf(words, program)} --help`;
  if (error.code === 'commander.help') return new UsageError(`no command given. Run: ${help}`);
  const complaint = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return new UsageError(`${complaint}. Run: ${help}`);
}

/** The command that was meant, as far as its words are known. */
function pathOf(words: readonly string[], program: Parser): string {
  const path = [program.name()];
  let parser = program;
  for (const word of words.filter((one) => !one.startsWith('-'))) {
    const next = parser.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    path.push(word);
    parser = next;
  }
  return path.join(' ');
}

function parserOf(given: readonly unknown[]): Parser {
  const parser = given.at(-1);
  if (!(parser instanceof Parser)) throw new TypeError('commander gives an action its command last');
  return parser;
}

function storeCallOf<O>(given: readonly unknown[]): { readonly options: O; readonly operands: string[] } {
  const parser = parserOf(given);
  const operands = parser.processedArgs.flatMap((operand: unknown) => (Array.isArray(operand) ? operand : [operand]));
  return { options: parser.opts<O & object>(), operands: operands.filter((word) => word !== undefined).map(String) };
}

function listOf(rest: unknown): string[] {
  return Array.isArray(rest) ? rest.map(String) : [];
}

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
