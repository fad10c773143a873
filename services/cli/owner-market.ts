// The market source of a process: the live synthetic market of its data directory, fed in until it is ended.
import type { LiveRuntime } from '../../topology/runtime/live-runtime.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { WALL, wallClock } from '../market/live/clock.ts';
import { feed } from '../market/live/feed.ts';
import { listingOf } from '../market/live/listing.ts';
import { type LiveSynthetic, liveSyntheticSource } from '../market/live/live-synthetic.ts';
import { MarketOriginError, type Origin, openOrigin } from '../market/live/origin.ts';
import type { Scenario } from '../market/synthetic/scenarios.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** Throws a CommandError where another market began in the directory. */
export function originIn(directory: string, seed: number, scenario: Scenario): Origin {
  try {
    return openOrigin(directory, seed, scenario, wallClock());
  } catch (error) {
    if (!(error instanceof MarketOriginError)) throw error;
    throw new CommandError(
      EXIT.BAD_CONFIGURATION,
      'MARKET_CHANGED',
      error.message,
      'give the market it began with, or another folder',
    );
  }
}

/** Returns what ends it. */
export function startMarket(
  deployment: Deployment,
  origin: Origin,
  last_minutes: LiveSynthetic['last_minutes'],
  into: Pick<LiveRuntime, 'append' | 'room'>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  const abort = new AbortController();
  const source = liveSyntheticSource({
    ...origin,
    instruments: deployment.instruments.map(listingOf),
    clock: WALL,
    signal: abort.signal,
    last_minutes,
  });
  const fed = feed(source, into).catch((error: unknown) => {
    if (!abort.signal.aborted) failed(error);
  });
  return () => {
    abort.abort();
    return fed;
  };
}
