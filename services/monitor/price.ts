// The price of an instrument: quotes, with jumps confirmed by a second one, or the close of a bar where there are none.
import { isDerived } from '../../schemas/derived-quote.ts';
import type { Price } from '../../schemas/money.ts';
import type { Quote } from '../../schemas/records.generated.ts';
import { MILLISECOND, type Micros, SECOND } from '../../schemas/time.ts';
import type { Track } from './track.ts';

/** A mid that moves further than this from the last accepted one needs a second quote. */
const JUMP_BPS = 1_500n;
const CONFIRM_AFTER_US: Micros = 250 * MILLISECOND;
const CONFIRM_WITHIN_US: Micros = 2 * SECOND;

/** Half even at scale 12, as everywhere. */
export function midOf(price: { readonly bid: Price; readonly ask: Price }): Price {
  if (price.bid === price.ask) return price.bid;
  const sum = price.bid + price.ask;
  const half = sum >> 1n;
  return sum % 2n === 0n || half % 2n === 0n ? half : half + 1n;
}

function jumps(track: Track, quote: Quote): boolean {
  const before = track.bid + track.ask;
  const change = quote.bid + quote.ask - before;
  return (change < 0n ? -change : change) * 10_000n > JUMP_BPS * before;
}

function accept(track: Track, bid: Price, ask: Price, at: Micros, offset: number, from_bar: boolean): void {
  track.suspect = null;
  track.bid = bid;
  track.ask = ask;
  track.price_at = at;
  track.offset = offset;
  track.from_bar = from_bar;
}

/** True if the quote is the track's price from now on; false if it is old, or a jump that waits to be confirmed. */
export function takeQuote(track: Track, quote: Quote, offset: number): boolean {
  if (quote.event_time < track.price_at) return false;
  const derived = isDerived(quote);
  if (!derived && track.price_at > Number.NEGATIVE_INFINITY && jumps(track, quote)) {
    if (track.suspect === null) {
      track.suspect = { bid: quote.bid, ask: quote.ask, at: quote.event_time, offset };
      return false;
    }
    if (quote.event_time - track.suspect.at < CONFIRM_AFTER_US) return false;
  }
  accept(track, quote.bid, quote.ask, quote.event_time, offset, derived);
  return true;
}

/** A jump that nothing denied for two seconds counts; true if that is so at `now`. */
export function settleSuspect(track: Track, now: Micros): boolean {
  const { suspect } = track;
  if (suspect === null || now - suspect.at < CONFIRM_WITHIN_US) return false;
  accept(track, suspect.bid, suspect.ask, suspect.at, suspect.offset, false);
  return true;
}

/** The close of a bar, moved half the spread each way. */
export function takeClose(track: Track, close: Price, spread_cbps: bigint, at: Micros, offset: number): void {
  const half = (close * spread_cbps) / 2_000_000n;
  accept(track, close - half, close + half, at, offset, true);
}
