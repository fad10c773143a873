// The process that the recovery bench starts over a log: says as one line of JSON when it had recovered, and when it decided.
import { performance } from 'node:perf_hooks';
import { openSqliteLog } from '../../../topology/log/sqlite.ts';
import { stagesOf } from '../../deployment/pipeline.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { recoveryDeployment } from './bench-deployment.ts';
import { restart } from './recovery.ts';

const [path = '', bar = ''] = process.argv.slice(2);
const next_bar = Number(bar);
const loaded_ms = performance.now();
// The market is not ours to make: what its bars take does not count.
const bars = benchBars(next_bar + 1_000);
const made_ms = performance.now() - loaded_ms;
const log = openSqliteLog({ path });
const stages = stagesOf(recoveryDeployment('bench-2'));
const restarted = await restart(log, bars, next_bar, () => performance.now() - made_ms, stages);
await log.close();
process.stdout.write(`${JSON.stringify({ loaded_ms, ...restarted })}\n`);
