// What a market source yields: everything that becomes visible at one instant, in the order in which it is published.
import type { Candle, DerivativesState, InstrumentInfo, Quote } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';

interface MarketTypes {
  InstrumentInfo: InstrumentInfo;
  DerivativesState: DerivativesState;
  Quote: Quote;
  Candle: Candle;
}

export type MarketRecord = {
  [T in keyof MarketTypes]: {
    readonly topic: 'market.v1';
    readonly type: T;
    readonly key: string;
    readonly value: MarketTypes[T];
  };
}[keyof MarketTypes];

/** One visible instant: no two events of a source have the same `at`, and `at` only grows. */
export interface MarketEvent {
  readonly at: Micros;
  readonly records: readonly MarketRecord[];
}

const KIND_RANK = { InstrumentInfo: 0, DerivativesState: 1, Quote: 2, Candle: 3 } as const;

/** Kind, then a candle's interval, then the bytes of the instrument (ASCII, so code units do); ties keep their source order. */
export function compareRecords(a: MarketRecord, b: MarketRecord): number {
  const kind = KIND_RANK[a.type] - KIND_RANK[b.type];
  if (kind !== 0) return kind;
  if (a.type === 'Candle' && b.type === 'Candle') {
    const length = a.value.close_time - a.value.open_time - (b.value.close_time - b.value.open_time);
    if (length !== 0) return length;
  }
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}
