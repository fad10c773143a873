// One quote of the live synthetic market: a touch around the price, and depth that grows with the distance from it.
import { type Decimal, divFloor, floorToStep, type Quantity } from '../../../schemas/money.ts';
import type { DepthBand, Quote } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { toStep } from '../synthetic/synthetic.ts';
import type { Listing } from './listing.ts';

/** Band in bps, and how many tenths of the assumed depth of ±20 bps stand within it. */
const BANDS: readonly (readonly [number, bigint])[] = [
  [20, 10n],
  [100, 35n],
  [200, 60n],
  [500, 120n],
];
/** Share of the innermost band that stands at the touch itself: one part in four. */
const TOUCH = 4n;

export interface Touch {
  readonly price: number;
  readonly event_time: Micros;
  readonly received_at: Micros;
  /** Bid and ask have changed places: what a broken feed sends. */
  readonly crossed: boolean;
}

export function liveQuote({ facts, assumed }: Listing, touch: Touch): Quote {
  const { tick, step } = facts.filters;
  const half = (touch.price * assumed.spread_bps) / 20_000;
  const low = toStep(touch.price - half, tick);
  const high = toStep(touch.price + half, tick);
  const wide = high > low ? high : low + tick;
  const [bid, ask] = touch.crossed ? [wide, low] : [low, wide];
  const side = assumed.depth_usd / 2n;
  return {
    instrument: facts.instrument,
    venue: facts.venue,
    event_time: touch.event_time,
    received_at: touch.received_at,
    sequence: null,
    flags: [],
    bid,
    ask,
    bid_size: sizeOf(side / TOUCH, bid, step),
    ask_size: sizeOf(side / TOUCH, ask, step),
    last: null,
    depth: BANDS.map(([band_bps, tenths]): DepthBand => {
      const usd = (side * tenths) / 10n;
      return { band_bps, bid_usd: usd, ask_usd: usd };
    }),
    depth_time: touch.event_time,
  };
}

function sizeOf(value: Decimal, price: Decimal, step: Quantity): Quantity {
  return floorToStep(divFloor(value, price), step);
}
