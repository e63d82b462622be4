/**
 * `npm run bench`: every figure beside its peer, in turns in one run; the ratio is the median of the rounds' ratios.
 * Exit code 0 when every figure that was run is met, 1 when one is missed, 2 when the bench could not run.
 */
import { fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAMILIES } from './families.mjs';
import { installPeers } from './install.mjs';
import { formatTable, formatVerdict } from './report.mjs';
import { openWorkspace } from './workspace.mjs';

const HELP = `npm run bench -- [options]

  --only NAME   only this family (repeatable): ${FAMILIES.map(({ name }) => name).join(', ')}
  --rounds N    rounds of each side (7)
  --quick       3 rounds of a tenth of the messages: does it run? No figure to quote
  --full        also 10,000,000 waiting (several GB, minutes)
  --json        the figures as JSON on standard output
  --help`;

const say = (text) => process.stderr.write(`${text}\n`);

function options() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
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

/** The server that BullMQ works on, or null: then its figures are left out, and it is said. */
async function startPeerServer(workspace) {
  const { installRedis, startRedis } = await import('./peers/redis-server.mjs');
  if (!installRedis(say)) {
    say('NOT MEASURED: BullMQ. There is no redis-server here; install it and run the bench again.');
    return null;
  }
  const server = await startRedis(join(workspace.path, 'redis'));
  workspace.onEnd(() => server.kill());
  return server.port;
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

async function main() {
  const asked = options();
  if (asked.help) return void process.stdout.write(`${HELP}\n`);
  installPeers(say);
  const workspace = openWorkspace();
  const families = chosen(asked);
  const redisPort = families.some(({ needs }) => needs === 'redis') ? await startPeerServer(workspace) : null;
  const rows = [];
  for (const { name } of families)
    rows.push(...(await runFamily(name, { rounds: asked.rounds, scale: asked.scale, redisPort }, workspace)));
  process.stdout.write(asked.json ? `${JSON.stringify(rows, null, 2)}\n` : `${formatTable(rows)}\n\n${formatVerdict(rows)}\n`);
  process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  say(String(error.message ?? error));
  process.exitCode = 2;
}
process.exit();
