// Everything that comes from outside, as records: prices, signals, operators' commands, and bytes that nobody can read.
import { controlId } from '../../schemas/ids.ts';
import { SCALE } from '../../schemas/money.ts';
import {
  blankControl,
  blankControlParams,
  blankInstrumentInfo,
  type Candle,
  type Control,
  type ControlParams,
  type InstrumentInfo,
  type Quote,
} from '../../schemas/records.generated.ts';
import { formatTime, MINUTE, type Micros } from '../../schemas/time.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import { DEPLOYMENT, type INSTRUMENTS, PORTFOLIOS, VENUE } from './pipeline.ts';

const DEEP = 1_000_000n * SCALE;
const SPREAD = 5;
const encoder = new TextEncoder();

export type Instrument = (typeof INSTRUMENTS)[number];

export function info(instrument: Instrument, at: Micros): SourceRecord {
  const blank = blankInstrumentInfo();
  const value: InstrumentInfo = {
    ...blank,
    instrument,
    venue: VENUE,
    event_time: at,
    received_at: at,
    venue_symbol: instrument,
    kind: 'perp',
    base: instrument.split('-')[0] ?? '',
    quote: 'USDT',
    filters: { ...blank.filters, tick: SCALE, step: SCALE / 1_000n, min_qty: SCALE / 1_000n },
    fees: { maker_bps: 10, taker_bps: 10 },
    max_leverage: 1,
    contract_size: SCALE,
    listed_at: 0,
    facts_at: at,
    volume_24h_usd: DEEP,
    market_cap_usd: DEEP,
    theme: 'OTHER',
    universe: { tier: 'T1', eligible: true, reasons: [], since: at, inputs: {} },
    derived_at: at,
    regime: { ...blank.regime, tag: 'chop_normal', trend: 'chop', volatility: 'normal', confidence: 1, as_of: at },
    feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: at },
  };
  return { topic: 'market.v1', type: 'InstrumentInfo', key: instrument, value };
}

/** `price` in whole ticks. */
export function quote(instrument: Instrument, price: number, at: Micros): SourceRecord {
  const value: Quote = {
    instrument,
    venue: VENUE,
    event_time: at,
    received_at: at,
    sequence: null,
    flags: [],
    bid: BigInt(price) * SCALE,
    ask: BigInt(price + SPREAD) * SCALE,
    bid_size: DEEP,
    ask_size: DEEP,
    last: null,
    depth: [{ band_bps: 20, bid_usd: DEEP, ask_usd: DEEP }],
    depth_time: at,
  };
  return { topic: 'market.v1', type: 'Quote', key: instrument, value };
}

/** Bars of long ago, one after the other: the strategy stage has work, and its signals are too old to be followed. */
export function candle(instrument: Instrument, n: number, price: number, first: Micros): SourceRecord {
  const open_time = first + n * MINUTE;
  const close = BigInt(price) * SCALE;
  const value: Candle = {
    instrument,
    venue: VENUE,
    event_time: open_time + MINUTE,
    received_at: open_time + MINUTE,
    sequence: null,
    flags: [],
    interval: '1m',
    open_time,
    close_time: open_time + MINUTE,
    open: close,
    high: close,
    low: close,
    close,
    volume: SCALE,
    quote_volume: null,
    trades_count: null,
    revision: 0,
    history: false,
    filler: false,
  };
  return { topic: 'market.v1', type: 'Candle', key: instrument, value };
}

export interface SignalGiven {
  readonly event_id: string;
  readonly instrument: Instrument;
  readonly direction: 'long' | 'short' | 'close_long' | 'close_short';
}

/** One line of JSON, as a user sends it. */
export function signal(given: SignalGiven, at: Micros, partition?: number): SourceRecord {
  const text = JSON.stringify({ ...given, source: 'my_bot', signal_type: 'breakout', event_time: formatTime(at) });
  const place = partition === undefined ? {} : { partition };
  return { topic: 'signals.v1', type: 'Raw', key: given.instrument, value: encoder.encode(text), ...place };
}

/** Framed, of a schema that nobody knows; on a topic that takes raw bytes no JSON either. */
export function poison(topic: 'signals.v1' | 'journal.v1' | 'orders.v1', partition: number, n: number): SourceRecord {
  return { topic, type: 'Raw', key: '', partition, value: Uint8Array.of(0, 0x7f, 0xff, 0xff, n & 0xff, 1, 2, 3) };
}

/** One command to every portfolio; sent again with the same key it is the same command. */
export function control(key: string, type: Control['type'], params: Partial<ControlParams>, at: Micros): SourceRecord[] {
  return PORTFOLIOS.map((portfolio): SourceRecord => {
    const control_id = controlId({ idempotency_key: key, key_id: 'operator', portfolio });
    const value: Control = {
      ...blankControl(),
      portfolio,
      run_id: DEPLOYMENT.run_id,
      mode: DEPLOYMENT.mode,
      control_id,
      type,
      actor: 'operator',
      reason: 'simulated',
      issued_at: at,
      params: { ...blankControlParams(), ...params },
    };
    return { topic: 'journal.v1', type: 'Control', key: portfolio, id: control_id, value };
  });
}

export function tick(partition: number, tick_at: Micros): SourceRecord {
  return { topic: 'journal.v1', type: 'Tick', key: '', partition, value: { tick_at, skew_ms: 0 } };
}
