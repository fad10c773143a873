// For tests, run as a process of its own: the toy stages on a sqlite log, from wherever the log stands to the end of the events.
import { writeSync } from 'node:fs';
import { openSqliteLog } from '../log/sqlite.ts';
import { createLiveRuntime } from './live-runtime.ts';
import { TOY_STAGES, toyMarket } from './toy-stages.ts';
import { createVirtualRuntime } from './virtual-runtime.ts';

const [path = '', mode, count] = process.argv.slice(2);
const events = toyMarket(Number(count));

if (mode === 'virtual') {
  const log = openSqliteLog({ path, durability: 'process', commit_records: 50 });
  const runtime = createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse', snapshot_every_us: 300_000_000 });
  for (const event of events) {
    runtime.advance(event);
    writeSync(1, '.');
  }
  runtime.finish();
  await log.close();
} else {
  const log = openSqliteLog({ path });
  let at = 0;
  const runtime = createLiveRuntime({ log, stages: TOY_STAGES, ticks: false, clock: () => at, snapshot_every_us: 300_000_000 });
  for (const event of events.slice(log.endNow('market.v1', 0))) {
    at = event.at;
    await runtime.append(event.records);
    writeSync(1, '.');
  }
  await runtime.stop();
  await log.close();
}
writeSync(1, 'end');
