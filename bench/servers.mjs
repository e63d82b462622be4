/** What the peers need beside their packages: servers and programs. What can't be had here is not measured, and that is said. */
import { join } from 'node:path';

/** For each: the sides that need it, and how it is had; gives what they are to know of it, or undefined. */
const PEERS = {
  redis: {
    sides: ['bullmq'],
    lacks: 'BullMQ. There is no redis-server here',
    start: async (directory, say, onEnd) => {
      const { installRedis, startRedis } = await import('./peers/redis-server.mjs');
      if (!installRedis(say)) return undefined;
      const server = await startRedis(directory);
      onEnd(server.kill);
      return { redisPort: server.port };
    },
  },
  postgres: {
    sides: ['graphile'],
    lacks: 'graphile-worker. There is no PostgreSQL here',
    start: async (directory, say, onEnd) => {
      const { installPostgres, startPostgres } = await import('./peers/postgres-server.mjs');
      if (!installPostgres(say)) return undefined;
      const server = startPostgres(directory);
      onEnd(server.kill);
      return { postgres: server.connection };
    },
  },
  dirq: {
    sides: ['dirq'],
    lacks: 'dirq. There is no python3-dirq here',
    start: async (_directory, say) => {
      const { installDirq } = await import('./peers/dirq.mjs');
      return installDirq(say) ? {} : undefined;
    },
  },
};

/** Starts what these families need. Gives what their sides are to know, and which sides have to be left out. */
export async function startServers(families, workspace, say) {
  const known = {};
  const missing = [];
  for (const [name, { sides, lacks, start }] of Object.entries(PEERS)) {
    if (!families.some(({ needs = [] }) => needs.includes(name))) continue;
    const started = await start(join(workspace.path, name), say, workspace.onEnd);
    Object.assign(known, started);
    if (started !== undefined) continue;
    missing.push(...sides);
    say(`NOT MEASURED: ${lacks}; install it and run the bench again.`);
  }
  return { ...known, missing };
}
