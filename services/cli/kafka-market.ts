// The synthetic market in wall time as a source on Kafka.
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { SharedLog } from '../../topology/log/shared-log.ts';
import { readThrough } from '../../topology/runtime/claimed/read-through.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { WALL, wallClock } from '../market/live/clock.ts';
import { feed } from '../market/live/feed.ts';
import { listingOf } from '../market/live/listing.ts';
import { liveSyntheticSource } from '../market/live/live-synthetic.ts';
import { openOrigin } from '../market/live/origin.ts';
import { SCENARIOS } from '../market/synthetic/scenarios.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** Bars come once a minute between quotes of every second: further back there is none worth going on from. */
const LOOKED_AT_MAX = 100_000;

/** Returns what ends it. */
export async function startKafkaMarket(
  log: SharedLog,
  deployment: Deployment,
  market: { readonly data: string; readonly seed: number; readonly scenario: string },
  append: (records: readonly SourceRecord[]) => Promise<AppendResult>,
  failed: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const scenario = SCENARIOS.find((name) => name === market.scenario);
  if (scenario === undefined)
    throw new CommandError(EXIT.USAGE, 'USAGE', `--scenario ${market.scenario}: expected one of ${SCENARIOS.join(', ')}`);
  const origin = openOrigin(market.data, market.seed, scenario, wallClock());
  const abort = new AbortController();
  const source = liveSyntheticSource({
    ...origin,
    instruments: deployment.instruments.map(listingOf),
    clock: WALL,
    signal: abort.signal,
    last_minutes: await lastMinutesOn(log),
  });
  const fed = feed(source, { append, room: () => Promise.resolve() }).catch((error: unknown) => {
    if (!abort.signal.aborted) failed(error);
  });
  return () => {
    abort.abort();
    return fed;
  };
}

/** Close of the newest one-minute bar that stands, by instrument. */
async function lastMinutesOn(log: SharedLog): Promise<ReadonlyMap<string, number>> {
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
