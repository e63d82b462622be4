/**
 * `npm run bench`: every figure beside its peer, in turns in one run; the ratio is the median of the rounds' ratios.
 * Exit code 0 when every figure that was run is met, 1 when one is missed, 2 when a part of it could not run. A trial run
 * judges nothing.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAMILIES } from './families.mjs';
import { installPeers } from './install.mjs';
import { drawAll } from './plot/charts.mjs';
import { formatMachine, formatTable, formatVerdict } from './report.mjs';
import { startServers } from './servers.mjs';
import { openWorkspace } from './workspace.mjs';

const HELP = `npm run bench -- [options]

  --only NAME   only this family (repeatable): ${FAMILIES.map(({ name }) => name).join(', ')}
  --rounds N    rounds of each side (7)
  --quick       3 rounds of a tenth of the messages: does it run? No figure to quote
  --full        also 10,000,000 messages and 1,000,000 files waiting (several GB, many minutes)
  --json        all of it as JSON on standard output: machine, versions, settings, each round of each figure
  --svg DIR     draws them as well: ratios.svg, growth.svg, processes.svg, reopen.svg, as far as they were run
  --from FILE   runs nothing, but shows or draws what an earlier run with --json gave
  --help`;

const QUICK = 'A trial run: everything ran. Its figures are none to quote, and no aim is judged by them.';

const say = (text) => process.stderr.write(`${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      svg: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds ${values.rounds} is not a whole number above 0.`);
  const unknown = values.only?.find((name) => !FAMILIES.some((family) => family.name === name));
  if (unknown !== undefined) throw new TypeError(`--only ${unknown}: there are ${FAMILIES.map(({ name }) => name).join(', ')}.`);
  return { ...values, rounds, scale: values.quick ? 0.1 : 1 };
}

function chosen({ only, full }) {
  if (only !== undefined) return FAMILIES.filter(({ name }) => only.includes(name));
  return FAMILIES.filter((family) => full || !family.full);
}

async function runFamily(name, context, workspace) {
  const directory = join(workspace.path, name);
  mkdirSync(directory);
  const script = fileURLToPath(new URL('family.mjs', import.meta.url));
  const child = fork(script, [JSON.stringify({ ...context, name, directory })], { execArgv: ['--expose-gc'] });
  workspace.onEnd(() => child.kill('SIGKILL'));
  const figures = await new Promise((resolve, reject) => {
    child.on('message', ({ note, figures: judged }) => (judged ? resolve(judged) : say(`${name}: ${note}`)));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${name} ended with ${signal ?? code} before its figures were there.`)));
  });
  rmSync(directory, { recursive: true, force: true });
  return figures;
}

async function measure(asked) {
  installPeers(say);
  const { describeMachine, peerVersions } = await import('./machine.mjs'); // which asks the peers, that are installed by now
  const workspace = openWorkspace();
  const families = chosen(asked);
  const { rounds, scale, quick, full } = asked;
  const machine = describeMachine(workspace.path);
  const context = { rounds, scale, ...(await startServers(families, workspace, say)) };
  const figures = [];
  const failed = [];
  for (const { name } of families) {
    try {
      figures.push(...(await runFamily(name, context, workspace)));
    } catch (error) {
      say(`FAILED: ${error.message}`);
      failed.push(name);
    }
  }
  const { missing } = context;
  return { date: new Date().toISOString(), machine, peers: peerVersions(), settings: { rounds, quick, full }, missing, failed, figures };
}

function verdictOf({ settings, missing, failed, figures }) {
  const lines = missing.map((side) => `NOT MEASURED: what stands beside ${side}.`);
  if (failed.length > 0) lines.push(`FAILED: ${failed.join(', ')}.`);
  else lines.push(settings.quick ? QUICK : formatVerdict(figures));
  return lines.join('\n');
}

function show(run, { json, svg }) {
  const { machine, settings, figures } = run;
  const text = json ? JSON.stringify(run, null, 2) : `${formatMachine(machine)}\n\n${formatTable(figures)}\n\n${verdictOf(run)}`;
  process.stdout.write(`${text}\n`);
  if (svg === undefined) return;
  mkdirSync(svg, { recursive: true });
  const note = `${settings.quick ? 'a trial run, nothing to quote · ' : ''}${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
  for (const [name, drawing] of drawAll(figures, note)) writeFileSync(join(svg, name), drawing);
}

async function main() {
  const asked = options();
  if (asked.help) return void process.stdout.write(`${HELP}\n`);
  const run = asked.from === undefined ? await measure(asked) : JSON.parse(readFileSync(asked.from, 'utf8'));
  show(run, asked);
  process.exitCode = exitCodeOf(run);
}

function exitCodeOf({ failed, settings, figures }) {
  if (failed.length > 0) return 2;
  return !settings.quick && figures.some(({ met }) => met === false) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  say(String(error.message ?? error));
  process.exitCode = 2;
}
process.exit();
