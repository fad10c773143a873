// The market source of the owner's process: the live synthetic market, fed into the runtime until it is ended.
import type { LocalLog } from '../../topology/log/log.ts';
import type { LiveRuntime } from '../../topology/runtime/live-runtime.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { WALL } from '../market/live/clock.ts';
import { feed } from '../market/live/feed.ts';
import { lastMinutes } from '../market/live/last-minute.ts';
import { listingOf } from '../market/live/listing.ts';
import { liveSyntheticSource } from '../market/live/live-synthetic.ts';
import type { Origin } from '../market/live/origin.ts';

/** Returns what ends it. */
export function startMarket(
  deployment: Deployment,
  origin: Origin,
  log: LocalLog,
  runtime: LiveRuntime,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const abort = new AbortController();
  const source = liveSyntheticSource({
    ...origin,
    instruments: deployment.instruments.map(listingOf),
    clock: WALL,
    signal: abort.signal,
    last_minutes: lastMinutes(log, deployment.instruments),
  });
  const fed = feed(source, runtime).catch((error: unknown) => {
    if (!abort.signal.aborted) failed(error);
  });
  return () => {
    abort.abort();
    return fed;
  };
}
