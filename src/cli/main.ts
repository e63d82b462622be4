#!/usr/bin/env node
import { systemClock } from '../clock.ts';
import { Output } from './output.ts';
import { run } from './run.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await run(argv.slice(2), { out: new Output(stdout), err: new Output(stderr), stdin, env, clock: systemClock });
