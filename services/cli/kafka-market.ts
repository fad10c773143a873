// Where the synthetic market goes on after a restart on Kafka: the newest bars that stand there.
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { SharedLog } from '../../topology/log/shared-log.ts';
import { readThrough } from '../../topology/runtime/claimed/read-through.ts';

/** Bars come once a minute between quotes of every second: further back there is none worth going on from. */
const LOOKED_AT_MAX = 100_000;

/** Close of the newest one-minute bar that stands, by instrument. */
export async function lastMinutesOn(log: SharedLog): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const note = (record: AnyEnvelope): void => {
    if (record.type === 'Candle' && record.value.interval === '1m') found.set(record.value.instrument, record.value.close_time);
  };
  for (let partition = 0; partition < log.topology.partitions['market.v1']; partition++) {
    const end = await log.endOffset('market.v1', partition);
    const start = Math.max(await log.startOffset('market.v1', partition), end - LOOKED_AT_MAX);
    await readThrough(log, { topic: 'market.v1', partition }, start, end, (entry) => {
      if (entry.kind === 'RECORD') note(entry.record());
    });
  }
  return found;
}
