/** A Redis of our own: on a free port of the loopback, in a temporary directory, syncing every write. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { installByApt } from './apt.mjs';

export function hasRedis() {
  return spawnSync('redis-server', ['--version']).status === 0;
}

export function versionOfRedis() {
  return /v=([\d.]+)/.exec(spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
}

export function installRedis(say) {
  return installByApt('redis-server', hasRedis, say);
}

/** Gives the port and a `kill`: nothing of it is needed afterwards. */
export async function startRedis(directory) {
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'auto-aof-rewrite-percentage': '0',
    'maxmemory-policy': 'noeviction',
  };
  const server = spawn(
    'redis-server',
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  );
  const client = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50, maxRetriesPerRequest: 100 });
  client.on('error', () => {}); // refused until the server listens; the ping below is what counts
  try {
    await client.ping();
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  } finally {
    client.disconnect();
  }
  return { port, kill: () => server.kill('SIGKILL') };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
