// The random walk of a synthetic minute: additions, multiplications and divisions only, so that every machine agrees.
import { newStream, nextUnit, type Stream } from './splitmix64.ts';

export interface Walk {
  readonly stream: Stream;
  /** Unrounded close of the last minute. */
  price: number;
}

export interface WalkMinute {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Mean and deviation of a minute's return, and its usual volume. */
export interface Drift {
  readonly mu: number;
  readonly sigma: number;
  readonly volume: number;
}

const LOSS_MAX = -0.5;

export function newWalk(instrument: string, seed: number, start: number): Walk {
  return { stream: newStream(instrument, seed), price: start };
}

export function nextMinute(walk: Walk, { mu, sigma, volume }: Drift): WalkMinute {
  const { stream } = walk;
  // Twelve uniform numbers less six are close enough to a normal one, without a transcendental function.
  let z = -6;
  for (let i = 0; i < 12; i += 1) z += nextUnit(stream);
  const open = walk.price;
  const close = open * (1 + Math.max(mu + sigma * z, LOSS_MAX));
  const high = Math.max(open, close) * (1 + (sigma * nextUnit(stream)) / 2);
  const low = Math.min(open, close) * (1 - (sigma * nextUnit(stream)) / 2);
  const traded = volume * (0.5 + nextUnit(stream)) * (1 + Math.abs(z) / 2);
  walk.price = close;
  return { open, high, low, close, volume: traded };
}
