// Order-book imbalance of one depth band: −1 all offers, +1 all bids; null where the band is empty.
import { finite } from './bar.ts';

/** Bands, in bps around mid, for which the imbalance is a feature. */
export const IMBALANCE_BANDS = [100, 200, 500] as const;

export function imbalance(bidDepth: number, askDepth: number): number | null {
  const all = bidDepth + askDepth;
  return all === 0 ? null : finite((bidDepth - askDepth) / all);
}
