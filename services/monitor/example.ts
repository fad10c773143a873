// Positions, quotes and bars as the monitor's tests write them, and a stage that is fed record by record.
import { decimal, formatDecimal } from '../../schemas/money.ts';
import {
  blankCandle,
  blankInstrumentInfo,
  blankPolicyActivated,
  blankPosition,
  blankQuote,
  type Candle,
  type ExitTrigger,
  type Mark,
  type Position,
  type Quote,
  type RecordName,
  type RecordTypes,
} from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Emit } from '../../topology/stage.ts';
import { DEFAULT_SETTINGS, type ExitSettings } from './settings.ts';
import { type MonitorConfig, type MonitorState, monitorStage } from './stage.ts';

/** 2025-01-01 00:00 UTC. */
export const T0 = 1_735_689_600_000_000;
export const SECOND = 1_000_000;
export const INSTRUMENT = 'BTC-USDT';

export function dec(text: string): bigint {
  return decimal(text.replace(/^(-?)\./, '$10.'));
}

export function show(amount: bigint | null | undefined): string {
  return amount === null || amount === undefined ? 'null' : formatDecimal(amount);
}

export interface FedMonitor {
  readonly triggers: ExitTrigger[];
  readonly marks: Mark[];
  readonly state: MonitorState;
  give<T extends RecordName>(type: T, value: RecordTypes[T]): void;
}

/** A stage with tick .01; what it wrote is in `triggers` and `marks`. */
export function newMonitor(config: MonitorConfig = {}): FedMonitor {
  const stage = monitorStage(config);
  const state = stage.init(0);
  const triggers: ExitTrigger[] = [];
  const marks: Mark[] = [];
  let offset = 0;
  const emit: Emit = (_topic, type, _key, value) => {
    if (type === 'ExitTrigger') triggers.push(value as ExitTrigger);
    if (type === 'Mark') marks.push(value as Mark);
  };
  const give = <T extends RecordName>(type: T, value: RecordTypes[T]) => {
    offset += 1;
    const placed = {
      topic: 'market.v1',
      partition: 0,
      offset,
      sequence: offset,
      key: INSTRUMENT,
      at: 0,
      id: '',
      cause: '',
      trace: '',
    };
    stage.step(state, { ...placed, source: null, retry_of: '', type, value } as AnyEnvelope, emit, 0);
  };
  const info = blankInstrumentInfo();
  give('InstrumentInfo', {
    ...info,
    instrument: INSTRUMENT,
    base: 'BTC',
    status: 'TRADING',
    filters: { ...info.filters, tick: dec('.01') },
  });
  return { triggers, marks, state, give };
}

/** Settings of pf-1 without a policy document. */
export function settle(b: FedMonitor, more: Partial<ExitSettings> = {}): void {
  b.state.settings.set('pf-1', { ...DEFAULT_SETTINGS, ...more });
}

export function position(side: 'LONG' | 'SHORT', avg: string, more: Partial<Position> = {}): Position {
  return {
    ...blankPosition(),
    portfolio: 'pf-1',
    mode: 'paper',
    instrument: INSTRUMENT,
    position_id: 'p1',
    side,
    qty: dec('1'),
    avg_price: dec(avg),
    cost: dec(avg),
    strategy: 'momentum',
    tier: 'T1',
    stop_bps: 300,
    target_bps: 10_000,
    trail_bps: 300,
    trail_arm_bps: 400,
    opened_at: T0,
    last_entry_at: T0,
    ...more,
  };
}

export function quote(price: string, event_time: number, more: Partial<Quote> = {}): Quote {
  return { ...blankQuote(), instrument: INSTRUMENT, event_time, bid: dec(price), ask: dec(price), ...more };
}

/** A bar of `seconds` that closes at `close_time`. */
export function candle(
  close: string,
  close_time: number,
  interval: Candle['interval'] = '1m',
  more: Partial<Candle> = {},
): Candle {
  const at = dec(close);
  const length = { '1m': 60, '5m': 300, '15m': 900, '1h': 3_600, '4h': 14_400, '1d': 86_400 }[interval] * SECOND;
  const open_time = close_time - length;
  return {
    ...blankCandle(),
    instrument: INSTRUMENT,
    interval,
    open_time,
    close_time,
    event_time: close_time,
    open: at,
    high: at,
    low: at,
    close: at,
    ...more,
  };
}

/** One closed bar of a replay: the derived quote of its close, then the bar. */
export function bar(b: FedMonitor, close: string, close_time: number): void {
  b.give('Quote', quote(close, close_time, { flags: ['DERIVED'] }));
  b.give('Candle', candle(close, close_time));
}

export function policyOf(document: unknown) {
  return { ...blankPolicyActivated(), portfolio: 'pf-1', policy: JSON.stringify(document) };
}
