// A journal for tests: records with their places in the log, a stage that folds them, and what came out.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type CanonicalValue, canonicalJson } from '../../schemas/canonical-json.ts';
import { fillId, H, orderEventId, signalId } from '../../schemas/ids.ts';
import { decimal, type Quantity } from '../../schemas/money.ts';
import {
  blankCashFlow,
  blankControl,
  blankControlParams,
  blankEnrichedInfo,
  blankEnrichedSignal,
  blankExitTrigger,
  blankMark,
  blankOrderEvent,
  blankPolicyActivated,
  type Control,
  type ControlParams,
  type Decision,
  type EnrichedSignal,
  type ExitTrigger,
  type Mark,
  type Mode,
  type OrderCommand,
  type OrderEvent,
  type PolicyActivated,
  type Position,
  type RecordName,
  type RecordTypes,
  type Trade,
} from '../../schemas/records.generated.ts';
import { DAY, MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Stage } from '../../topology/stage.ts';
import { parsePolicy, policyJson } from '../policy/parse.ts';
import { policyHash } from '../policy/policy-hash.ts';
import { type PROFILES, resolvePolicy } from '../policy/resolve.ts';
import type { Policy } from '../policy/schema.ts';
import { decisionStage } from './stage.ts';
import type { DecisionState, PortfolioState } from './state.ts';

export const PORTFOLIO = 'pf-1';
export const INSTRUMENT = 'BTC-USDT-PERP';
/** 2026-01-05, a Monday, 12:00 UTC. */
export const START: Micros = 1_767_614_400_000_000;
export const M = decimal;

export interface Output {
  readonly topic: string;
  readonly type: RecordName;
  readonly key: string;
  readonly id: string;
  readonly value: RecordTypes[RecordName];
}

function profile(name: string): unknown {
  return parse(readFileSync(new URL(`../policy/profiles/${name}.yaml`, import.meta.url), 'utf8'));
}

/** A resolved policy: the paper profile with what is laid over it. */
export function policyWith(over: Readonly<Record<string, unknown>> = {}, name: (typeof PROFILES)[number] = 'paper'): Policy {
  const resolved = resolvePolicy({ extends: name, ...over }, profile);
  if (resolved.document === null) throw new Error(`policy: ${resolved.fault.value}`);
  const parsed = parsePolicy(resolved.document);
  if (parsed.policy === null) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
}

export interface Scenario {
  readonly stage: Stage<DecisionState>;
  state: DecisionState;
  now: Micros;
  offset: number;
  readonly mode: Mode;
  readonly portfolio: string;
  /** Everything emitted so far, in order. */
  readonly outputs: Output[];
  /** Every record folded so far. */
  readonly journal: AnyEnvelope[];
}

export function scenario(options: { mode?: Mode; candle_interval_us?: number; portfolio?: string } = {}): Scenario {
  const stage = decisionStage({
    stage_version: 'test',
    currency: 'USDT',
    paper_backend: 'SIMULATED',
    candle_interval_us: options.candle_interval_us ?? 0,
  });
  return {
    stage,
    state: stage.init(0),
    now: START,
    offset: 0,
    mode: options.mode ?? 'paper',
    portfolio: options.portfolio ?? PORTFOLIO,
    outputs: [],
    journal: [],
  };
}

export function envelope<T extends RecordName>(s: Scenario, type: T, value: RecordTypes[T], id: string): AnyEnvelope {
  const placed = {
    topic: 'journal.v1',
    partition: 0,
    offset: s.offset,
    sequence: s.offset,
    key: s.portfolio,
    at: s.now,
    id,
    cause: '',
    trace: '',
    source: null,
    retry_of: '',
  };
  s.offset += 1;
  return { ...placed, type, value } as AnyEnvelope;
}

/** Folds one record and returns what it led to. */
export function fold(s: Scenario, record: AnyEnvelope): Output[] {
  const out: Output[] = [];
  s.journal.push(record);
  s.stage.step(s.state, record, (topic, type, key, value, id = '') => out.push({ topic, type, key, id, value }), 0);
  s.outputs.push(...out);
  return out;
}

export function send<T extends RecordName>(s: Scenario, type: T, value: RecordTypes[T], id = ''): Output[] {
  return fold(s, envelope(s, type, value, id));
}

export function decisions(outputs: readonly Output[]): Decision[] {
  return outputs.flatMap((o) => (o.type === 'Decision' ? [o.value as Decision] : []));
}
export function commands(outputs: readonly Output[]): OrderCommand[] {
  return outputs.flatMap((o) => (o.type === 'OrderCommand' ? [o.value as OrderCommand] : []));
}
export function positions(outputs: readonly Output[]): Position[] {
  return outputs.flatMap((o) => (o.type === 'Position' ? [o.value as Position] : []));
}
export function trades(outputs: readonly Output[]): Trade[] {
  return outputs.flatMap((o) => (o.type === 'Trade' ? [o.value as Trade] : []));
}

export function portfolioOf(s: Scenario): PortfolioState {
  const p = s.state.portfolios.get(s.portfolio);
  if (p === undefined) throw new Error('no portfolio yet');
  return p;
}

export function owned(s: Scenario): { portfolio: string; run_id: string; mode: Mode } {
  return { portfolio: s.portfolio, run_id: 'run-1', mode: s.mode };
}

let serial = 0;
/** A new id of the given kind; the same sequence in every run of a file. */
export function nextId(kind: string): string {
  serial += 1;
  return H({ kind, n: serial });
}

export function activate(s: Scenario, policy: Policy, over: Partial<PolicyActivated> = {}): Output[] {
  const document: CanonicalValue = policyJson(policy);
  return send(s, 'PolicyActivated', {
    ...blankPolicyActivated(),
    ...owned(s),
    control_id: nextId('policy'),
    policy: canonicalJson(document),
    policy_hash: policyHash(document),
    actor: 'ana',
    reason: 'test',
    previous_hash: s.state.portfolios.get(s.portfolio)?.policy?.policy_hash ?? null,
    issued_at: s.now,
    ...over,
  });
}

export function deposit(s: Scenario, amount: string): Output[] {
  const flow = {
    ...blankCashFlow(),
    ...owned(s),
    control_id: nextId('cash'),
    amount: M(amount),
    asset: 'USDT',
    actor: 'ana',
    reason: 'start',
    issued_at: s.now,
  };
  return send(s, 'CashFlow', flow, flow.control_id);
}

export function control(
  s: Scenario,
  type: Control['type'],
  params: Partial<ControlParams> = {},
  over: Partial<Control> = {},
): Output[] {
  const record: Control = {
    ...blankControl(),
    ...owned(s),
    control_id: nextId('control'),
    type,
    actor: 'ana',
    reason: 'test',
    issued_at: s.now,
    params: { ...blankControlParams(), ...params },
    ...over,
  };
  return send(s, 'Control', record, record.control_id);
}

export function tick(s: Scenario, at: Micros = s.now, skew_ms: number | null = 0): Output[] {
  s.now = at;
  return send(s, 'Tick', { tick_at: at, skew_ms });
}

/** Clean reports lift the start block. The venue holds what we do, unless told otherwise. */
export function reconciled(
  s: Scenario,
  clean = true,
  findings: NonNullable<OrderEvent['reconciliation']>['findings'] = [],
  positions: NonNullable<OrderEvent['reconciliation']>['positions'] = [...portfolioOf(s).ledger.positions.values()].map(
    ({ instrument, qty }) => ({ instrument, quantity: qty, average_price: null }),
  ),
): Output[] {
  return event(s, {
    type: 'RECONCILED',
    event_id: nextId('report'),
    reconciliation: {
      clean,
      kind: 'FULL',
      claim: null,
      cursor: '',
      assets: [],
      positions,
      open_orders: [],
      findings,
      evidence_hash: '',
    },
  });
}

export function event(s: Scenario, over: Partial<OrderEvent> & Pick<OrderEvent, 'type'>): Output[] {
  const record: OrderEvent = {
    ...blankOrderEvent(),
    ...owned(s),
    event_id: nextId('event'),
    account: s.portfolio,
    venue: 'sim',
    instrument: INSTRUMENT,
    evidence: 'SIMULATED',
    observed_at: s.now,
    venue_at: s.now,
    ...over,
  };
  return send(s, 'OrderEvent', record, record.event_id);
}

/** A portfolio that trades: policy in force, 10,000 of cash, reconciled, venue healthy, a Tick seen. */
export function trading(over: Readonly<Record<string, unknown>> = {}, options: Parameters<typeof scenario>[0] = {}): Scenario {
  const s = scenario(options);
  activate(s, policyWith(over));
  deposit(s, '10000');
  tick(s, s.now + SECOND);
  event(s, {
    type: 'VENUE_STATE',
    venue_state: {
      connected: true,
      breaker: 'closed',
      limited_until: null,
      clock_offset_ms: 0,
      maintenance: false,
      local_halt: false,
    },
  });
  reconciled(s);
  return s;
}

/** A signal that a paper portfolio enters: liquid, fresh, from a vouched source. */
export function enrichedSignal(
  s: Scenario,
  over: { instrument?: string; direction?: EnrichedSignal['signal']['direction']; price?: string; event_id?: string } = {},
): EnrichedSignal {
  const instrument = over.instrument ?? INSTRUMENT;
  const mid = M(over.price ?? '50000');
  const bid = mid - M('1');
  const ask = mid + M('1');
  const [base = ''] = instrument.split('-');
  const event_id = over.event_id ?? nextId('signal').slice(0, 12);
  const blank = blankEnrichedSignal();
  const at = s.now;
  return {
    ...blank,
    ...owned(s),
    signal_id: signalId({ event_id, instrument, source: 'weir:breakout' }),
    signal: {
      ...blank.signal,
      instrument,
      direction: over.direction ?? 'long',
      source: 'weir:breakout',
      event_time: at,
      signal_type: 'breakout',
      strategy: 'breakout',
      event_id,
      confidence: 0.8,
      strength: 0.8,
    },
    raw_instrument: instrument,
    raw_source: 'weir:breakout',
    source_class: 'evidence',
    source_prior: 'B',
    appended_at: at,
    enriched_at: at,
    profile: 'trend_follow_v1',
    admission: { verdict: 'admit', reasons: [] },
    quote: { bid, ask, bid_size: M('5'), ask_size: M('5'), event_time: at, offset: 7, age_us: 0, flags: [] },
    mid,
    signal_mid: mid,
    median_mid_5m: mid,
    spread_bps: 0.4,
    drift_bps: null,
    depth: [{ band_bps: 20, bid_usd: M('1000000'), ask_usd: M('1000000') }],
    depth_time: at,
    depth_offset: 7,
    feed_gap_bps: 1,
    change_5m_bps: 10,
    change_30m_bps: 20,
    change_1h_bps: 50,
    change_24h_bps: 200,
    volume_24h_usd: M('500000000'),
    features: {
      '1h.volatility': 60,
      '1h.atr_14': 300,
      '1h.atr_ratio': 0.006,
      '1h.volume_mean_24': 100,
      '1h.close': 50000,
      '1h.volume_ratio': 2,
      '15m.volume_ratio': 2,
    },
    bars: { '1h': { close_time: at, offset: 6, age_us: 0 }, '15m': { close_time: at, offset: 6, age_us: 0 } },
    info: {
      ...blankEnrichedInfo(),
      venue: 'sim',
      venue_symbol: instrument,
      kind: instrument.endsWith('-PERP') ? 'perp' : 'spot',
      base,
      quote: 'USDT',
      status: 'TRADING',
      filters: { ...blankEnrichedInfo().filters, tick: M('0.1'), step: M('0.0001'), min_notional: M('5') },
      fees: { maker_bps: 40, taker_bps: 60 },
      max_leverage: 1,
      contract_size: M('1'),
      listed_at: START - 1000 * DAY,
      theme: 'LAYER1',
      feed: { connected: true, breaker: 'closed', error_bps: 0, measured_at: at },
      facts_at: at,
      derived_at: at,
      offset: 5,
      age_us: 0,
    },
    universe: { tier: 'T1', eligible: true, reasons: [], since: START - DAY, inputs: {} },
    regime: {
      tag: 'bull_normal',
      trend: 'bull',
      volatility: 'normal',
      confidence: 0.8,
      t: 12,
      v: 40,
      s: 0.2,
      d: 1,
      a: 2,
      fear_greed: 50,
      as_of: at,
      pending_count: 0,
    },
    corroboration: { count: 2, level: 2, quality: 'STRONG', providers: ['weir', 'other'] },
    trust_parts: { provenance: 'proven', checkable: 3, verified: 3, rug_flags: [], sybil: 'LOW' },
    max_input_age_us: 0,
    success: true,
  };
}

export function signal(
  s: Scenario,
  over: Parameters<typeof enrichedSignal>[1] = {},
  patch: Partial<EnrichedSignal> = {},
): Output[] {
  const value = { ...enrichedSignal(s, over), ...patch };
  return send(s, 'EnrichedSignal', value, value.signal_id);
}

/** The venue's answers to a PLACE command: accepted, and filled in full unless told otherwise. */
export function answer(
  s: Scenario,
  command: OrderCommand,
  over: { price?: string; quantity?: Quantity; fill?: boolean; fee?: string } = {},
): Output[] {
  const order_id = command.order_id ?? '';
  const price = over.price === undefined ? (command.collar_price ?? command.reference_bid ?? M('50000')) : M(over.price);
  const of = {
    order_id,
    decision_id: command.decision_id,
    instrument: command.instrument ?? INSTRUMENT,
    venue_order_id: `v-${order_id.slice(0, 8)}`,
  };
  const touch = { bid: price - M('1'), ask: price + M('1') };
  const out = [
    ...event(s, { ...of, ...touch, type: 'SUBMITTING', event_id: orderEventId({ key: '0', order_id, type: 'SUBMITTING' }) }),
    ...event(s, { ...of, ...touch, type: 'ACCEPTED', event_id: orderEventId({ key: '1', order_id, type: 'ACCEPTED' }) }),
  ];
  if (over.fill === false) return out;
  out.push(
    ...fill(s, command, {
      price: String(over.price ?? ''),
      ...(over.quantity === undefined ? {} : { quantity: over.quantity }),
      ...(over.fee === undefined ? {} : { fee: over.fee }),
    }),
  );
  return out;
}

export function fill(
  s: Scenario,
  command: OrderCommand,
  over: { price?: string; quantity?: Quantity; fee?: string; trade?: string } = {},
): Output[] {
  const order_id = command.order_id ?? '';
  const price =
    over.price === undefined || over.price === '' ? (command.collar_price ?? command.reference_bid ?? M('50000')) : M(over.price);
  const venue_order_id = `v-${order_id.slice(0, 8)}`;
  const venue_trade_id = over.trade ?? `${order_id.slice(0, 8)}-${s.offset}`;
  const fill_id = fillId({ account: s.portfolio, venue: 'sim', venue_order_id, venue_trade_id });
  return event(s, {
    type: 'FILL',
    event_id: orderEventId({ key: fill_id, order_id, type: 'FILL' }),
    order_id,
    decision_id: command.decision_id,
    instrument: command.instrument ?? INSTRUMENT,
    venue_order_id,
    venue_trade_id,
    fill_id,
    side: command.side,
    price,
    quantity: over.quantity ?? command.quantity ?? 0n,
    fee: M(over.fee ?? '0.1'),
    fee_asset: 'USDT',
    liquidity: 'MAKER',
    bid: price - M('1'),
    ask: price + M('1'),
  });
}

export function terminal(
  s: Scenario,
  command: OrderCommand,
  type: 'CANCELED' | 'EXPIRED' | 'REJECTED' | 'UNKNOWN' | 'NOT_PLACED',
  over: Partial<OrderEvent> = {},
): Output[] {
  return event(s, {
    type,
    order_id: command.order_id ?? '',
    decision_id: command.decision_id,
    instrument: command.instrument ?? INSTRUMENT,
    ...over,
  });
}

export function mark(s: Scenario, position_id: string, price: string, over: Partial<Mark> = {}): Output[] {
  const mid = M(price);
  const value: Mark = {
    ...blankMark(),
    ...owned(s),
    position_id,
    instrument: INSTRUMENT,
    bid: mid - M('1'),
    ask: mid + M('1'),
    mid,
    venue_at: s.now,
    offset: s.offset,
    regime_tag: 'bull_normal',
    status: 'TRADING',
    eligible: true,
    ...over,
  };
  return send(s, 'Mark', value);
}

export function trigger(s: Scenario, position_id: string, rule: string, over: Partial<ExitTrigger> = {}): Output[] {
  const value: ExitTrigger = {
    ...blankExitTrigger(),
    ...owned(s),
    trigger_id: nextId('trigger'),
    position_id,
    instrument: INSTRUMENT,
    scope: 'POSITION',
    rule,
    urgency: 'URGENT',
    price: null,
    mid: M('49000'),
    event_at: s.now,
    ...over,
  };
  return send(s, 'ExitTrigger', value, value.trigger_id);
}

/** A long position of the scenario's instrument, opened by one full fill a minute ago. */
export function opened(s: Scenario, over: Parameters<typeof enrichedSignal>[1] = {}): Position {
  const [command] = commands(signal(s, over));
  if (command === undefined) throw new Error(`not entered: ${decisions(s.outputs).at(-1)?.reason_code}`);
  const [position] = positions(answer(s, command, { price: over.price ?? '50000' })).slice(-1);
  if (position === undefined) throw new Error('no position');
  s.now += MINUTE;
  tick(s);
  return position;
}
