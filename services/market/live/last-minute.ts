// Up to which minute each instrument's bars stand in the log: where a source goes on after a restart.
import type { Micros } from '../../../schemas/time.ts';
import type { LocalLog } from '../../../topology/log/log.ts';
import { partitionFor } from '../../../topology/partition.ts';

const TOPIC = 'market.v1';
const CHUNK = 512;
/** A bar comes once a minute between quotes of every second: further back than this there is none worth going on from. */
const LOOKED_AT_MAX = 100_000;

/** Close of the newest one-minute bar; instruments without one are left out. */
export function lastMinutes(log: LocalLog, instruments: readonly string[]): ReadonlyMap<string, Micros> {
  const found = new Map<string, Micros>();
  const partitions = log.topology.partitions[TOPIC];
  for (let partition = 0; partition < partitions; partition++) {
    const here = instruments.filter((instrument) => partitionFor(TOPIC, instrument, partitions) === partition);
    readBack(log, partition, new Set(here), found);
  }
  return found;
}

function readBack(log: LocalLog, partition: number, missing: Set<string>, found: Map<string, Micros>): void {
  const start = log.startNow(TOPIC, partition);
  const end = log.endNow(TOPIC, partition);
  for (let to = end; to > start && missing.size > 0 && end - to < LOOKED_AT_MAX; to -= CHUNK) {
    const from = Math.max(start, to - CHUNK);
    for (const record of log.readNow(TOPIC, partition, from, to - from).toReversed()) {
      if (record.type !== 'Candle' || record.value.interval !== '1m') continue;
      if (missing.delete(record.value.instrument)) found.set(record.value.instrument, record.value.close_time);
    }
  }
}
