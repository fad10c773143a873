// For tests: a stage on a bench, where market and signals go in as envelopes and what is emitted comes out as a list.
import { decimal } from '../../schemas/money.ts';
import {
  blankCandle,
  blankDerivativesState,
  blankInstrumentInfo,
  blankQuote,
  blankSignal,
  type Candle,
  type DeadLetter,
  type DerivativesState,
  type EnrichedSignal,
  type InstrumentInfo,
  type Quote,
  type RecordName,
  type RecordTypes,
  type Signal,
} from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope, SourcePosition } from '../../topology/envelope.ts';
import { defaultEnrichmentConfig, type EnrichmentConfig } from './config.ts';
import { type EnrichmentState, enrichmentStage } from './stage.ts';
import { LENGTH_US } from './track.ts';

/** 2026-01-02 03:04:05 UTC. */
export const NOW: Micros = 1_767_323_045_000_000;
export const LINE =
  '{"instrument":"BTC-USDT","direction":"long","source":"my_bot","event_time":"2026-01-02T03:04:05Z","signal_type":"breakout"}';

export function benchConfig(change: Partial<EnrichmentConfig> = {}): EnrichmentConfig {
  return defaultEnrichmentConfig({
    run_id: 'run-1',
    portfolios: [{ portfolio: 'paper-1', mode: 'paper', ordinal: 0 }],
    sources: { my_bot: { grade: 'C', score: 50 } },
    ...change,
    catalog: { instruments: ['BTC-USDT', 'ETH-USDT', 'ethereum:0xabc1', 'BTC-USDC-PERP'], ...change.catalog },
  });
}

export interface Emitted {
  readonly topic: string;
  readonly type: RecordName;
  readonly key: string;
  readonly value: RecordTypes[RecordName];
  readonly id: string;
  readonly cause: string | undefined;
  readonly trace: string | undefined;
}

export interface Placing {
  readonly now?: Micros;
  readonly appended_at?: Micros;
  readonly source?: SourcePosition | null;
  readonly key?: string;
  readonly retry_of?: string;
}

export interface Bench {
  readonly state: EnrichmentState;
  market(type: 'Quote' | 'Candle' | 'DerivativesState' | 'InstrumentInfo', value: RecordTypes[RecordName]): void;
  quote(change?: Partial<Quote>): void;
  candle(change: Partial<Candle> & { readonly close_time: Micros }): void;
  info(change?: Partial<InstrumentInfo>): void;
  derivatives(change?: Partial<DerivativesState>): void;
  /** Fresh quote and info of the instrument. */
  healthy(instrument?: string, price?: string): void;
  raw(text: string | Uint8Array, placing?: Placing): readonly Emitted[];
  signal(change?: Partial<Signal>, placing?: Placing): readonly Emitted[];
}

export const STRATEGY_SOURCE: SourcePosition = { stage: 'strategy', topic: 'market.v1', partition: 0, offset: 1, index: 0 };

export function bench(config: EnrichmentConfig = benchConfig(), partition = 0): Bench {
  const stage = enrichmentStage(config);
  const state = stage.init(partition);
  let offset = 0;

  function step(topic: 'signals.v1' | 'market.v1', type: string, value: unknown, placing: Placing): readonly Emitted[] {
    const emitted: Emitted[] = [];
    offset += 1;
    const envelope = {
      ...{ topic, partition, offset, sequence: offset, type, value },
      key: placing.key ?? '',
      at: placing.appended_at ?? placing.now ?? NOW,
      id: '',
      cause: '',
      trace: '',
      source: placing.source ?? null,
      retry_of: placing.retry_of ?? '',
    };
    stage.step(
      state,
      envelope as AnyEnvelope,
      (to, name, key, record, id = '', cause, trace) =>
        emitted.push({ topic: to, type: name, key, value: record, id, cause, trace }),
      placing.now ?? NOW,
    );
    return emitted;
  }

  const made: Bench = {
    state,
    market(type, value) {
      step('market.v1', type, value, {});
    },
    quote(change = {}) {
      const quote = { ...blankQuote(), instrument: 'BTC-USDT', venue: 'sim', event_time: NOW, received_at: NOW };
      const sizes = { bid_size: decimal('1'), ask_size: decimal('1') };
      made.market('Quote', { ...quote, ...sizes, bid: decimal('99.99'), ask: decimal('100.01'), ...change });
    },
    candle(change) {
      const interval = change.interval ?? '1m';
      const prices = {
        open: decimal('100'),
        high: decimal('101'),
        low: decimal('99'),
        close: decimal('100'),
        volume: decimal('10'),
      };
      made.market('Candle', {
        ...blankCandle(),
        ...{ instrument: 'BTC-USDT', venue: 'sim', interval, event_time: change.close_time, received_at: change.close_time },
        open_time: change.close_time - LENGTH_US[interval],
        ...prices,
        ...change,
      });
    },
    info(change = {}) {
      const blank = blankInstrumentInfo();
      made.market('InstrumentInfo', {
        ...blank,
        ...{ instrument: 'BTC-USDT', venue: 'sim', event_time: NOW, received_at: NOW, facts_at: NOW, derived_at: NOW },
        ...{ base: 'BTC', quote: 'USDT', theme: 'LAYER1', volume_24h_usd: decimal('12000000') },
        universe: { ...blank.universe, tier: 'T1', eligible: true },
        regime: { ...blank.regime, tag: 'chop_low', trend: 'chop', volatility: 'low', as_of: NOW },
        ...change,
      });
    },
    derivatives(change = {}) {
      made.market('DerivativesState', {
        ...blankDerivativesState(),
        ...{ instrument: 'BTC-USDT', venue: 'sim', event_time: NOW, received_at: NOW, mark_price: decimal('100') },
        ...change,
      });
    },
    healthy(instrument = 'BTC-USDT', price = '100') {
      const half = decimal('0.01');
      made.quote({ instrument, bid: decimal(price) - half, ask: decimal(price) + half });
      made.info({ instrument });
    },
    raw(text, placing = {}) {
      return step('signals.v1', 'Raw', typeof text === 'string' ? new TextEncoder().encode(text) : text, placing);
    },
    signal(change = {}, placing = {}) {
      const base = { instrument: 'BTC-USDT', source: 'my_bot', event_time: NOW, signal_type: 'breakout' };
      return step('signals.v1', 'Signal', { ...blankSignal(), ...base, ...change }, placing);
    },
  };
  return made;
}

export function enrichedOf(emitted: readonly Emitted[]): readonly EnrichedSignal[] {
  return emitted.filter(({ type }) => type === 'EnrichedSignal').map(({ value }) => value as EnrichedSignal);
}
export function lettersOf(emitted: readonly Emitted[]): readonly DeadLetter[] {
  return emitted.filter(({ type }) => type === 'DeadLetter').map(({ value }) => value as DeadLetter);
}
/** The one record emitted. */
export function onlyOf(emitted: readonly Emitted[]): EnrichedSignal {
  const [first, ...others] = enrichedOf(emitted);
  if (first === undefined || others.length > 0 || emitted.length !== 1) {
    throw new Error(`expected one EnrichedSignal, got ${emitted.map(({ type }) => type).join(', ')}`);
  }
  return first;
}

export const seconds = (n: number): Micros => Math.round(n * SECOND);
