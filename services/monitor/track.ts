// What the monitor knows of one instrument: its newest price, its facts, its bars, and the positions in it.
import type { Price } from '../../schemas/money.ts';
import type { InstrumentStatus } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Bar } from './bars.ts';
import { type Mids, newMids } from './mids.ts';
import type { Watched } from './watched.ts';

export interface Suspect {
  readonly bid: Price;
  readonly ask: Price;
  readonly at: Micros;
  readonly offset: number;
}

export interface Track {
  readonly instrument: string;
  base: string;
  tick: Price;
  status: InstrumentStatus;
  eligible: boolean;
  regime_tag: string;
  /** The newest accepted price: of a quote, or of a bar where quotes are missing. Its place in the log goes into what it causes. */
  bid: Price;
  ask: Price;
  /** Event time; −Infinity before the first price. */
  price_at: Micros;
  offset: number;
  /** The price is that of a bar's close, not of a quote. */
  from_bar: boolean;
  /** A jump that waits for its confirmation. */
  suspect: Suspect | null;
  /** Open time of the newest base bar. */
  bar_at: Micros;
  readonly mids: Mids;
  readonly hours: Bar[];
  readonly quarters: Bar[];
  readonly positions: Watched[];
}

export function newTrack(instrument: string): Track {
  return {
    instrument,
    base: '',
    tick: 1n,
    status: 'HALTED',
    eligible: true,
    regime_tag: 'unknown',
    bid: 0n,
    ask: 0n,
    price_at: Number.NEGATIVE_INFINITY,
    offset: 0,
    from_bar: false,
    suspect: null,
    bar_at: Number.NEGATIVE_INFINITY,
    mids: newMids(),
    hours: [],
    quarters: [],
    positions: [],
  };
}
