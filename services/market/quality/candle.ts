// What is wrong with a candle before it is published; a faulty one is left out, which makes a gap.
import type { Price, Quantity } from '../../../schemas/money.ts';

export interface CandlePrices {
  readonly open: Price;
  readonly high: Price;
  readonly low: Price;
  readonly close: Price;
  readonly volume: Quantity;
}

export function candleFault(candle: CandlePrices): 'CANDLE_INVALID' | null {
  const { open, high, low, close, volume } = candle;
  const ordered = high >= open && high >= close && low <= open && low <= close;
  return ordered && low > 0n && volume >= 0n ? null : 'CANDLE_INVALID';
}
