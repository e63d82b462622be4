/**
 * graphile-worker as its documentation says it is fastest: 24 jobs at a time, fetched by 500, their completions batched, 25
 * connections. A hundred puts in flight were no faster by 50 connections or by 100.
 */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachInFlight } from '../in-flight.mjs';

const TASK = 'job';
const CONCURRENT = 24;
const CONNECTIONS = CONCURRENT + 1;
const PRESET = {
  concurrentJobs: CONCURRENT,
  maxPoolSize: CONNECTIONS,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};
const silent = new Logger(() => () => {});

/** An empty queue; what an earlier round left in the server is gone. Throws where a commit would not be synced. */
export async function openGraphile(connection) {
  const pool = new pg.Pool({ ...connection, max: CONNECTIONS });
  const fail = (error) => {
    throw error;
  };
  pool.on('error', fail);
  pool.on('connect', (client) => client.on('error', fail));
  for (const setting of ['fsync', 'synchronous_commit']) {
    const { rows } = await pool.query(`SHOW ${setting}`);
    if (rows[0][setting] !== 'on') throw new Error(`PostgreSQL runs with ${setting} ${rows[0][setting]}.`);
  }
  await pool.query('DROP SCHEMA IF EXISTS graphile_worker CASCADE');
  const utils = await makeWorkerUtils({ pgPool: pool, logger: silent });
  await utils.migrate();
  return { pool, utils };
}

export async function addInFlight({ utils }, values, inFlight) {
  await eachInFlight(values, inFlight, (value) => utils.addJob(TASK, value));
}

/** One statement a group. */
export async function addBulk({ utils }, groups) {
  for (const values of groups) await utils.addJobs(values.map((payload) => ({ identifier: TASK, payload })));
}

/** Ends when the last job is no longer in the table, which is when its completion was committed; gives the sum of their rows. */
export async function drain({ pool }, count) {
  let sum = 0;
  let handled = 0;
  const runner = await run({
    pgPool: pool,
    logger: silent,
    noHandleSignals: true,
    preset: { worker: PRESET },
    taskList: {
      [TASK]: (payload) => {
        sum += payload.rows;
        handled += 1;
      },
    },
  });
  while (handled < count || (await isAnyLeft(pool))) await sleep(1);
  return { sum, stop: () => runner.stop() };
}

async function isAnyLeft(pool) {
  const { rows } = await pool.query('SELECT EXISTS (SELECT FROM graphile_worker._private_jobs) AS "left"');
  return rows[0].left;
}

export async function closeGraphile({ pool, utils }) {
  await utils.release();
  await pool.end();
}
