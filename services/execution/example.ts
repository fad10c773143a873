// Examples for this stage's tests: a market, a policy, commands, and a bench that feeds the stage its own events back.
import { clientOrderId } from '../../schemas/client-order-id.ts';
import { commandId, decisionId, intentId, orderId } from '../../schemas/ids.ts';
import { decimal } from '../../schemas/money.ts';
import {
  blankCandle,
  blankCashFlow,
  blankDerivativesState,
  blankInstrumentInfo,
  blankOrderCommand,
  blankPolicyActivated,
  blankQuote,
  type Candle,
  type CashFlow,
  type DerivativesState,
  type InstrumentInfo,
  type OrderCommand,
  type OrderEvent,
  type PolicyActivated,
  type Quote,
  type RecordName,
  type RecordTypes,
} from '../../schemas/records.generated.ts';
import { MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import type { FeesByVenue } from '../costs/fees.ts';
import { STANDARD_COSTS, STANDARD_FEES } from '../costs/standard.ts';
import type { Costs } from '../costs/table.ts';
import { executionStage } from './stage.ts';
import type { ExecutionConfig, ExecutionState } from './state.ts';

/** 2025-01-01T00:00:00Z. */
export const T0: Micros = 1_735_689_600_000_000;
export const INSTRUMENT = 'BTC-USDT-PERP';

export interface PolicyTerms {
  readonly costs?: Costs;
  readonly fees?: FeesByVenue;
  readonly sim?: Record<string, unknown>;
  readonly execution?: Record<string, unknown>;
  /** Wide enough for the standard fee of 60; the specification's own are 60, 95, 120. */
  readonly budget_bps?: Record<string, number>;
  readonly leverage?: number;
  readonly light_s?: number;
}

/** Draws that always favour the order, no latency, no participation limit: rows then differ in the cell they test. */
export const CERTAIN = {
  latency_ms: 0,
  jitter_ms: 0,
  participation_bps: null,
  queue: { post_only: { T1: 1, T2: 1, T3: 1 }, limit: { T1: 1, T2: 1, T3: 1 }, taker: 1 },
  partial: { T1: 0, T2: 0, T3: 0 },
};
export const STANDARD_SIM = {
  latency_ms: 150,
  jitter_ms: 100,
  participation_bps: 1_000,
  queue: { post_only: { T1: 0.85, T2: 0.75, T3: 0.6 }, limit: { T1: 0.95, T2: 0.9, T3: 0.8 }, taker: 0.98 },
  partial: { T1: 0.05, T2: 0.1, T3: 0.2 },
};

export function policyText(terms: PolicyTerms = {}): string {
  return JSON.stringify({
    data: { quote_max_age_s: 30 },
    instruments: { facts_max_age_s: 86_400 },
    execution: {
      spread_bps_max: 80,
      depth_multiple_min: 2,
      post_only_offset_ticks: 1,
      collar_exit_bps: [100, 200, 400, 800, 2_000],
      intent_age_s_max: 60,
      ...terms.execution,
    },
    taker: { slippage_bps_max: { T1: 20, T2: 40, T3: 60 }, budget_bps: terms.budget_bps ?? { T1: 100, T2: 100, T3: 120 } },
    venue: { fees_bps: terms.fees ?? STANDARD_FEES },
    costs: terms.costs ?? STANDARD_COSTS,
    sim: terms.sim ?? CERTAIN,
    symbols: terms.leverage === undefined ? {} : { [INSTRUMENT]: { leverage: terms.leverage } },
    reconcile: { light_s: terms.light_s ?? 0, full_s: 300 },
    reconciliation: { max_age_s: 3_600 },
  });
}

export function policyActivated(terms: PolicyTerms = {}, previous_hash: string | null = null): PolicyActivated {
  return {
    ...blankPolicyActivated(),
    portfolio: 'paper-1',
    run_id: 'run-1',
    mode: 'backtest',
    policy: policyText(terms),
    policy_hash: 'a'.repeat(64),
    previous_hash,
  };
}

export function cashFlow(amount: string, asset = 'USDT'): CashFlow {
  return { ...blankCashFlow(), portfolio: 'paper-1', run_id: 'run-1', mode: 'backtest', amount: decimal(amount), asset };
}

export function info(changes: Partial<InstrumentInfo> = {}): InstrumentInfo {
  const blank = blankInstrumentInfo();
  return {
    ...blank,
    instrument: INSTRUMENT,
    venue: 'sim',
    venue_symbol: 'BTCUSDT',
    kind: 'perp',
    base: 'BTC',
    quote: 'USDT',
    status: 'TRADING',
    event_time: T0,
    facts_at: T0,
    max_leverage: 20,
    filters: { ...blank.filters, tick: decimal('0.01'), step: decimal('0.001') },
    universe: { ...blank.universe, tier: 'T1', eligible: true },
    ...changes,
  };
}

export function quote(bid: string, ask: string, at: Micros, changes: Partial<Quote> = {}): Quote {
  return {
    ...blankQuote(),
    instrument: INSTRUMENT,
    venue: 'sim',
    event_time: at,
    received_at: at,
    bid: decimal(bid),
    ask: decimal(ask),
    bid_size: decimal('10'),
    ask_size: decimal('10'),
    depth: [{ band_bps: 20, bid_usd: decimal('1000000'), ask_usd: decimal('1000000') }],
    ...changes,
  };
}

export function derived(bid: string, ask: string, at: Micros): Quote {
  return quote(bid, ask, at, { flags: ['DERIVED'] });
}

/** One-minute bar number `bar` after T0. */
export function candle(bar: number, o: string, h: string, l: string, c: string, changes: Partial<Candle> = {}): Candle {
  const open_time = T0 + bar * MINUTE;
  return {
    ...blankCandle(),
    instrument: INSTRUMENT,
    venue: 'sim',
    interval: '1m',
    open_time,
    close_time: open_time + MINUTE,
    event_time: open_time + MINUTE,
    received_at: open_time + MINUTE,
    open: decimal(o),
    high: decimal(h),
    low: decimal(l),
    close: decimal(c),
    volume: decimal('1000'),
    ...changes,
  };
}

export function derivatives(rate: number, mark: string, at: Micros, next: Micros): DerivativesState {
  return {
    ...blankDerivativesState(),
    instrument: INSTRUMENT,
    venue: 'sim',
    event_time: at,
    received_at: at,
    funding_rate: rate,
    funding_interval_s: 28_800,
    next_funding_time: next,
    mark_price: decimal(mark),
  };
}

/** The decision ids of the published vectors: a few digits, padded with zeros to 64. */
export function vectorDecision(digits: string): string {
  return digits.padStart(64, '0');
}

export interface Placing {
  readonly decision?: string;
  readonly leg?: string;
  readonly attempt?: number;
  readonly at?: Micros;
}

/** An opening POST_ONLY buy of 1 at a fixed price; `changes` make it anything else. */
export function placing(of: Placing, changes: Partial<OrderCommand> = {}): OrderCommand {
  const decision_id = of.decision ?? decisionId({ portfolio: 'paper-1', subject_type: 'signal', subject_id: 's-1', target: '' });
  const leg = of.leg ?? 'entry';
  const attempt = of.attempt ?? 1;
  const at = of.at ?? T0;
  const order_id = orderId({ attempt, decision_id, leg });
  return {
    ...blankOrderCommand(),
    action: 'PLACE',
    command_id: commandId({ action: 'PLACE', order_id }),
    portfolio: 'paper-1',
    run_id: 'run-1',
    account: 'paper-1',
    venue: 'sim',
    instrument: INSTRUMENT,
    mode: 'backtest',
    backend: 'SIMULATED',
    decision_id,
    intent_id: intentId({ decision_id, leg }),
    leg,
    attempt,
    order_id,
    client_order_id: clientOrderId('plain', order_id),
    intent: 'OPEN',
    side: 'BUY',
    position_side: 'LONG',
    quantity: decimal('1'),
    order_type: 'POST_ONLY',
    time_in_force: 'GTC',
    price_rule: 'FIXED',
    limit_price: decimal('100'),
    collar_price: decimal('1000000'),
    route: 'PATIENT',
    route_step: 'POST_ONLY',
    tier: 'T1',
    reference_bid: decimal('99.99'),
    reference_ask: decimal('100.01'),
    reference_at: at,
    decided_at: at,
    valid_until: at + 10 * SECOND,
    policy_hash: 'a'.repeat(64),
    reason: 'ENTRY',
    ...changes,
  };
}

/** The fields that make a command a taker at the given collar. */
export function taking(collar: string, changes: Partial<OrderCommand> = {}): Partial<OrderCommand> {
  return {
    order_type: 'LIMIT',
    time_in_force: 'IOC',
    price_rule: 'CROSS',
    limit_price: null,
    collar_price: decimal(collar),
    route_step: 'TAKER',
    ...changes,
  };
}

/** The fields that make a command close a long of 1. */
export const CLOSING: Partial<OrderCommand> = {
  intent: 'CLOSE',
  side: 'SELL',
  reduce_only: true,
  position_id: 'p-1',
  reference_bid: null,
  reference_ask: null,
  reference_at: null,
  collar_price: null,
};

export function cancelOf(command: OrderCommand, at: Micros): OrderCommand {
  return {
    ...blankOrderCommand(),
    action: 'CANCEL',
    command_id: commandId({ action: 'CANCEL', order_id: command.order_id ?? '' }),
    portfolio: command.portfolio,
    run_id: command.run_id,
    account: command.account,
    venue: command.venue,
    instrument: command.instrument,
    mode: command.mode,
    backend: command.backend,
    decision_id: command.decision_id,
    order_id: command.order_id,
    client_order_id: command.client_order_id,
    decided_at: at,
    policy_hash: command.policy_hash,
    reason: 'TTL',
  };
}

export const CONFIG: ExecutionConfig = {
  version: 'v1',
  mode: 'backtest',
  claim: 'claim-1',
  venues: ['sim'],
  base_interval: '1m',
  base_interval_us: MINUTE,
};

export interface Bench {
  readonly stage: Stage<ExecutionState>;
  readonly state: ExecutionState;
  /** Every event published so far. */
  readonly events: OrderEvent[];
  /** Feeds one record, then the stage's own events until none is left; returns the new events. */
  feed<T extends RecordName>(type: T, value: RecordTypes[T], at: Micros): OrderEvent[];
  order(command: OrderCommand, at?: Micros): OrderEvent[];
  quote(value: Quote): OrderEvent[];
  candle(value: Candle): OrderEvent[];
  tick(at: Micros): OrderEvent[];
}

function envelope<T extends RecordName>(type: T, value: RecordTypes[T], at: Micros): AnyEnvelope {
  const placed = {
    topic: 'journal.v1',
    partition: 0,
    offset: 0,
    sequence: 0,
    key: '',
    at,
    id: '',
    cause: '',
    trace: '',
    source: null,
  };
  return { ...placed, retry_of: '', type, value } as unknown as AnyEnvelope;
}

export function benchOf(state?: ExecutionState, config: ExecutionConfig = CONFIG): Bench {
  const stage = executionStage(config);
  const held = state ?? stage.init(0);
  const events: OrderEvent[] = [];
  const feed: Bench['feed'] = (type, value, at) => {
    const from = events.length;
    let next = from;
    const emit: Emit = (_topic, emitted, _key, record) => {
      if (emitted === 'OrderEvent') events.push(record as OrderEvent);
    };
    stage.step(held, envelope(type, value, at), emit, at);
    for (; next < events.length; next++) {
      const event = events[next];
      if (event !== undefined) stage.step(held, envelope('OrderEvent', event, at), emit, at);
    }
    return events.slice(from);
  };
  return {
    stage,
    state: held,
    events,
    feed,
    order: (command, at = command.decided_at) => feed('OrderCommand', command, at),
    quote: (value) => feed('Quote', value, value.event_time),
    candle: (value) => feed('Candle', value, value.close_time),
    tick: (at) => feed('Tick', { tick_at: at, skew_ms: null }, at),
  };
}

/** A bench with cash, a policy and an instrument, ready to trade. */
export function ready(
  terms: PolicyTerms = {},
  of: { cash?: string; info?: Partial<InstrumentInfo>; config?: ExecutionConfig } = {},
): Bench {
  const bench = benchOf(undefined, of.config);
  bench.feed('InstrumentInfo', info(of.info), T0);
  bench.feed('CashFlow', cashFlow(of.cash ?? '1000000'), T0);
  bench.feed('PolicyActivated', policyActivated(terms), T0);
  return bench;
}

/** What a test compares of events: type, reason where there is one, price and quantity of fills. */
export function brief(events: readonly OrderEvent[]): string[] {
  return events.map((event) => {
    const reason = event.reason === '' ? '' : ` ${event.reason}`;
    return event.type === 'FILL' || event.type === 'LIQUIDATED'
      ? `${event.type} ${text(event.quantity)} @ ${text(event.price)} ${event.liquidity}`
      : `${event.type}${reason}`;
  });
}

function text(value: bigint | null): string {
  return value === null ? '-' : String(Number(value) / 1e12);
}
