import { Command as Parser, CommanderError, Option } from 'commander';
import { createRequire } from 'node:module';
import type { Command, CommandOption, Surroundings } from './command.ts';
import { failedCommand } from './commands/failed.ts';
import { outstandingCommand } from './commands/outstanding.ts';
import { putCommand } from './commands/put.ts';
import { retryCommand } from './commands/retry.ts';
import { statusCommand } from './commands/status.ts';
import { verifyCommand } from './commands/verify.ts';
import { workCommand } from './commands/work.ts';
import { EXIT } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

const CLOSING_WORDS = `
Exit codes: 0 ok, 1 work failed or damage found (work: how many failed), 2 usage, 3 no queue there,
4 written by a newer version, 5 not permitted, 75 held by somebody else, 130 or 143 interrupted.
DIBS_DEBUG=1 shows where an error came from. NO_COLOR=1 leaves colours out.`;

/** Reads the words that were typed and runs the one command they name. Gives the exit code. */
export async function runProgram(words: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.ok;
  let printed = '';
  const program = new Parser('dibs')
    .description('Work queues made of files: look into them, fill them, work them off.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', CLOSING_WORDS)
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (printed += text), writeErr: () => {}, outputError: () => {} });
  const declare = <O>(command: Command<O>): void => {
    declareCommand(program, command).action(async (...given: unknown[]) => {
      const parser = given.at(-1);
      if (!(parser instanceof Parser)) throw new TypeError('commander gives an action its command last');
      const [directory, rest]: unknown[] = parser.processedArgs;
      if (directory === '') throw new UsageError(`the directory is empty text. Run: dibs ${command.name} --help`);
      exitCode = await command.run(surroundings, { directory: String(directory), rest: listOf(rest), options: parser.opts<O & object>() });
    });
  };
  declare(statusCommand);
  declare(putCommand);
  declare(workCommand);
  declare(outstandingCommand);
  declare(failedCommand);
  declare(retryCommand);
  declare(verifyCommand);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, words);
  }
  if (printed !== '') await surroundings.out.write(printed);
  return exitCode;
}

function declareCommand<O>(program: Parser, command: Command<O>): Parser {
  const parser = program
    .command(command.name)
    .summary(command.summary)
    .description(command.summary)
    .argument('<dir>', 'the directory of the queue');
  if (command.rest) parser.argument(command.rest.syntax, command.rest.description);
  for (const option of command.options) parser.addOption(declareOption(option));
  parser.option('--json', 'print JSON, in the shapes that docs/cli.md names');
  return parser.addHelpText(
    'after',
    `\nExamples:\n${command.examples.map(([line, meaning]) => `  $ ${line}\n      ${meaning}`).join('\n')}`,
  );
}

function declareOption({ flags, description, parse, default: value }: CommandOption): Option {
  const option = new Option(flags, description);
  if (parse) option.argParser(parse);
  return value === undefined ? option : option.default(value);
}

/** Commander's complaint, as one line that says where help is. */
function usageError(error: CommanderError, words: readonly string[]): UsageError {
  const verb = words.find((word) => !word.startsWith('-'));
  const known = [statusCommand, putCommand, workCommand, outstandingCommand, failedCommand, retryCommand, verifyCommand].some(
    ({ name }) => name === verb,
  );
  const help = `dibs ${known ? `${verb} ` : ''}--help`;
  if (error.code === 'commander.help') return new UsageError(`no command given. Run: ${help}`);
  const complaint = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  return new UsageError(`${complaint}. Run: ${help}`);
}

function listOf(rest: unknown): string[] {
  return Array.isArray(rest) ? rest.map(String) : [];
}

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
