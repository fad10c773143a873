// Random markets, signals, operators and venue faults through all stages: whatever happens, no order is doubled, none lost, and all ends flat.
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { controlId } from '../../schemas/ids.ts';
import { abs, decimal, floorToStep, formatDecimal } from '../../schemas/money.ts';
import {
  blankControl,
  blankControlParams,
  type Control,
  type ControlParams,
  type Decision,
  type Mark,
  type OrderEvent,
  type Position,
  type Quote,
} from '../../schemas/records.generated.ts';
import { formatTime, MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';
import { createVirtualRuntime } from '../../topology/runtime/virtual-runtime.ts';
import type { Stage } from '../../topology/stage.ts';
import { policyWith } from '../decision/example.ts';
import type { DecisionState, PortfolioState } from '../decision/state.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import { type FaultPlan, NO_FAULTS, plannedFaults } from '../execution/simulated/faults.ts';
import { executionStage } from '../execution/stage.ts';
import type { ExecutionState } from '../execution/state.ts';
import { marketEvents } from '../market/market.ts';
import { SCENARIOS } from '../market/synthetic/scenarios.ts';
import { syntheticFacts, syntheticSeries } from '../market/synthetic/synthetic.ts';
import { policyJson } from '../policy/parse.ts';
import { policyHash } from '../policy/policy-hash.ts';
import { SEED, seededDraws } from './crash/extent.ts';
import { eventsOf } from './run.ts';

const INSTRUMENTS = ['BTC-USDT-PERP', 'ETH-USDT-PERP', 'SOL-USDT'];
const FROM: Micros = 1_767_614_400_000_000;
const MINUTES = 480;
/** From here on nothing new is begun, and an operator closes all. */
const QUIET: Micros = FROM + (MINUTES - 90) * MINUTE;
/** Below the venue's minimum value, with the width of a bar: what is left cannot be sold. */
const DUST = decimal('12');
/** An exit needs a bar or two, more where its answer was lost; a hole in the bars stops the clock. */
const STOP_GRACE: Micros = 6 * MINUTE;
const HOLE: Micros = 2 * MINUTE;
const FAULTY: FaultPlan = { answer_lost_bps: 500, never_arrived_bps: 500, not_executed_bps: 500 };

/** Everything that spaces entries out is off, and stops, targets and holds are near: as much as possible happens. */
const POLICY = policyWith({
  allow_short: true,
  pacing: { global_s: 0, symbol_s: 0, per_hour: null, per_day: null, repeated: null },
  cooldown: { win_s: 0, loss_s: 0, stop_s: 0 },
  entry: { duplicate_s: 0 },
  streak: { pauses: [], strategy: null },
  instruments: { derived_max_age_s: null, min_listing_age_s: null },
  volatility: { max_move_bps: null, max_annual_bps: null },
  liquidity: { min_depth: { T1: null, T2: null, T3: null }, min_volume: { T1: null, T2: null, T3: null } },
  venue: { max_error_bps: null, fees_bps: { default: { maker: 10, taker: 10 } } },
  data: { bar_max_intervals: null },
  plan: { min_reward_risk: null },
  cost: { max_target_share: 1 },
  stops: { daily_bps: 9000, weekly_bps: 9500, drawdown_bps: 9900 },
  execution: { depth_multiple_min: 0 },
  source: { min_grade: 'F' },
  trust: { min: 0, vouched: { weir: 100, my_bot: 100 } },
  strategies: { external: { stop_bps: 30, target_bps: 40, trail_bps: 20, trail_arm_bps: 25, max_hold_s: 1800 } },
});

type Draw = () => number;

function pick<T>(draw: Draw, list: readonly T[]): T {
  const value = list[Math.floor(draw() * list.length)];
  if (value === undefined) throw new RangeError('an empty list');
  return value;
}

function deploymentOf(mode: 'backtest' | 'paper', candle_mode: boolean): Deployment {
  const document = policyJson(POLICY);
  const policy = { policy: POLICY, json: canonicalJson(document), policy_hash: policyHash(document) };
  return {
    run_id: 'bt-random',
    mode,
    currency: 'USDT',
    partitions: 1,
    portfolios: [{ portfolio: 'pf', ordinal: 0, cash: decimal('10000'), policy }],
    instruments: INSTRUMENTS,
    venues: ['sim'],
    sources: { my_bot: { grade: 'A', score: 90, max_age_s: 300 } },
    strategies: [],
    base_interval: '1m',
    base_interval_us: MINUTE,
    candle_mode,
    learning: false,
    claim: 'random',
  };
}

/** Signals and operators until QUIET, at random moments, often just after a bar. */
function acts(draw: Draw, mode: Deployment['mode']): SourceEvent[] {
  const events: SourceEvent[] = [];
  const encoder = new TextEncoder();
  const control = (at: Micros, type: Control['type'], params: Partial<ControlParams>): void => {
    const control_id = controlId({ idempotency_key: `act-${events.length}`, key_id: 'ana', portfolio: 'pf' });
    const value: Control = {
      ...blankControl(),
      portfolio: 'pf',
      run_id: 'bt-random',
      mode,
      control_id,
      type,
      actor: 'ana',
      reason: 'at random',
      issued_at: at,
      params: { ...blankControlParams(), ...params },
    };
    events.push({ at, records: [{ topic: 'journal.v1', type: 'Control', key: 'pf', id: control_id, value }] });
  };
  const signal = (at: Micros, instrument: string): void => {
    const direction = pick(
      draw,
      instrument.endsWith('PERP')
        ? ['long', 'short', 'long', 'short', 'close_long', 'close_short']
        : ['long', 'long', 'close_long'],
    );
    const size = draw() < 0.3 ? { size: pick(draw, ['0.01', '0.05', '0.5', '2']) } : {};
    const sure = { source: 'my_bot', signal_type: 'breakout', confidence: 0.9, strength: 0.9 };
    const text = JSON.stringify({
      event_id: `s${events.length}`,
      instrument,
      direction,
      event_time: formatTime(at),
      ...sure,
      ...size,
    });
    events.push({ at, records: [{ topic: 'signals.v1', type: 'Raw', key: '', value: encoder.encode(text) }] });
  };
  let at = FROM + 5 * MINUTE;
  while (at < QUIET) {
    at += 1 + Math.floor(draw() * 120 * SECOND);
    if (draw() < 0.6) at = Math.ceil(at / MINUTE) * MINUTE + Math.floor(draw() * 10 * SECOND);
    const instrument = pick(draw, INSTRUMENTS);
    const what = draw();
    if (what < 0.78) signal(at, instrument);
    else if (what < 0.84) control(at, 'CLOSE', pick(draw, [{}, { instrument }, { instrument, quantity: decimal('0.02') }]));
    else if (what < 0.87) control(at, 'CANCEL', pick(draw, [{}, { instrument }]));
    else if (what < 0.89) control(at, 'KILL', { state: pick(draw, ['HALTED', 'REDUCING', null]) });
    else control(at, 'RESUME', { baseline: 'new' });
  }
  const calm = at + MINUTE;
  control(calm, 'RESUME', { baseline: 'new' });
  control(calm + 1, 'CLOSE', {});
  control(calm + 20 * MINUTE, 'CLOSE', {});
  return events;
}

interface Ordered {
  readonly quantity: bigint;
  filled: bigint;
  submitted: number;
}

interface Watch {
  readonly wrong: string[];
  readonly counts: { entries: number; exits: number; fills: number; trades: number };
  /** Signed sum of fills by instrument. */
  readonly held: Map<string, bigint>;
  readonly observe: (record: AnyEnvelope) => void;
}

/** Watches the log as it grows, and keeps what must never be. */
function newWatch(trading: () => PortfolioState['trading']): Watch {
  const wrong: string[] = [];
  const counts = { entries: 0, exits: 0, fills: 0, trades: 0 };
  const held = new Map<string, bigint>();
  const decisions = new Set<string>();
  const orders = new Map<string, Ordered>();
  const open = new Map<string, Position>();
  const beyond = new Map<string, { since: Micros; last: Micros }>();

  function onDecision(d: Decision): void {
    if (decisions.has(d.decision_id)) wrong.push(`decision ${d.decision_id} twice: ${d.kind} ${d.reason_code}`);
    decisions.add(d.decision_id);
    if (d.reason_code === 'EXIT_STUCK' || d.reason_code === 'RECONCILIATION_BREAK')
      wrong.push(`${d.kind} ${d.reason_code}: ${d.reason_detail}`);
    if (d.action !== 'EXECUTE') return;
    if (d.kind === 'EXIT') counts.exits += 1;
    if (d.kind !== 'ENTRY') return;
    counts.entries += 1;
    if (d.state.state !== 'ACTIVE') wrong.push(`an entry while ${d.state.state}`);
    const notional = d.sizing?.notional ?? 0n;
    for (const cap of d.sizing?.caps ?? [])
      if (cap.headroom !== null && notional > cap.headroom)
        wrong.push(`${formatDecimal(notional)} exceeds what ${cap.name} leaves`);
  }

  function onOrderEvent(event: OrderEvent): void {
    const order = orders.get(event.order_id ?? '');
    if (event.type === 'SUBMITTING' && order !== undefined) {
      order.submitted += 1;
      if (order.submitted > 1) wrong.push(`order ${event.order_id} handed over twice`);
    }
    if ((event.type !== 'FILL' && event.type !== 'LIQUIDATED') || event.quantity === null) return;
    counts.fills += 1;
    const before = held.get(event.instrument) ?? 0n;
    const after = event.side === 'BUY' ? before + event.quantity : before - event.quantity;
    held.set(event.instrument, after);
    if (before * after < 0n) wrong.push(`${event.instrument} flips from ${formatDecimal(before)} to ${formatDecimal(after)}`);
    if (order === undefined) return;
    order.filled += event.quantity;
    if (order.filled > order.quantity) wrong.push(`order ${event.order_id} filled beyond its quantity`);
  }

  /** A price at or beyond the plan's stop, for longer than any exit needs, means that nothing closes the position. */
  function onMark(mark: Mark): void {
    const position = open.get(mark.instrument);
    if (position === undefined || position.position_id !== mark.position_id) return;
    const lost = position.side === 'LONG' ? position.avg_price - mark.bid : mark.ask - position.avg_price;
    const hit = lost * 10_000n >= BigInt(position.stop_bps) * position.avg_price;
    const dust = position.qty * mark.mid < DUST * 1_000_000_000_000n;
    if (!hit || dust || trading() === 'HALTED') beyond.delete(mark.instrument);
    else {
      const known = beyond.get(mark.instrument);
      const since = known === undefined || mark.venue_at - known.last > HOLE ? mark.venue_at : known.since;
      beyond.set(mark.instrument, { since, last: mark.venue_at });
      if (mark.venue_at - since > STOP_GRACE) wrong.push(`${mark.instrument} beyond its stop since ${formatTime(since)}`);
    }
  }

  function observe(record: AnyEnvelope): void {
    switch (record.type) {
      case 'Decision':
        return onDecision(record.value);
      case 'OrderEvent':
        return onOrderEvent(record.value);
      case 'Mark':
        return onMark(record.value);
      case 'OrderCommand': {
        const { action, order_id, quantity, instrument, reduce_only } = record.value;
        if (action !== 'PLACE' || order_id === null || quantity === null) return;
        // Of a perpetual the venue sells no more than there is; of a holding it refuses to.
        const left = held.get(instrument ?? '') ?? 0n;
        if (reduce_only && instrument === 'SOL-USDT' && quantity > left)
          wrong.push(`order ${order_id} sells ${formatDecimal(quantity)} of ${formatDecimal(left)}`);
        if (orders.has(order_id)) wrong.push(`order ${order_id} commanded twice`);
        orders.set(order_id, { quantity, filled: 0n, submitted: 0 });
        return;
      }
      case 'Position':
        if (open.get(record.value.instrument)?.position_id !== record.value.position_id) beyond.delete(record.value.instrument);
        if (record.value.qty === 0n) open.delete(record.value.instrument);
        else open.set(record.value.instrument, record.value);
        return;
      case 'Trade':
        counts.trades += 1;
        return;
      default:
        return;
    }
  }

  return { wrong, counts, held, observe };
}

/** What must hold when nothing has been going on for an hour: everything flat, released, ended, and our books the venue's. */
function restOf(p: PortfolioState, venue: ExecutionState, held: ReadonlyMap<string, bigint>): string[] {
  const wrong: string[] = [];
  const account = venue.portfolios.get('pf')?.account;
  for (const [instrument, filled] of held) {
    const ours = p.ledger.positions.get(instrument)?.qty ?? 0n;
    const theirs = account?.holdings.get(instrument)?.quantity ?? 0n;
    if (ours !== filled || theirs !== filled)
      wrong.push(
        `${instrument}: filled ${formatDecimal(filled)}, ours ${formatDecimal(ours)}, the venue's ${formatDecimal(theirs)}`,
      );
  }
  for (const position of p.ledger.positions.values())
    if (position.exposure > DUST)
      wrong.push(`${position.instrument} not flat: ${formatDecimal(position.exposure)} in ${p.trading}`);
  for (const { purpose, order_id } of p.ledger.reservations.values()) wrong.push(`${purpose} of ${order_id} still reserved`);
  for (const intent of p.orders.intents.values()) wrong.push(`${intent.kind} ${intent.reason} still under way`);
  if (p.ledger.cash_reserved !== 0n) wrong.push(`cash reserved: ${formatDecimal(p.ledger.cash_reserved)}`);
  const cash = (account?.cash.get('USDT') ?? 0n) - p.ledger.cash;
  if (abs(cash) > 1_000_000n) wrong.push(`the venue's cash exceeds ours by ${formatDecimal(cash)}`);
  if ((venue.portfolios.get('pf')?.orders.size ?? 0) > 0) wrong.push('orders left at the venue');
  return wrong;
}

const TOUCH_EVERY: Micros = 6 * SECOND;

/** Between two bars the touch walks from one close to the next, a little to either side of the straight way. */
function* withTouch(draw: Draw, events: Iterable<SourceEvent>): Generator<SourceEvent> {
  const last = new Map<string, Quote>();
  for (const event of events) {
    const quotes = event.records.flatMap((record) => (record.type === 'Quote' ? [record] : []));
    for (let at = event.at - MINUTE + TOUCH_EVERY; at < event.at; at += TOUCH_EVERY) {
      const records = quotes.flatMap((record) => {
        const from = last.get(record.value.instrument);
        return from === undefined ? [] : [{ ...record, value: between(draw, from, record.value, at) }];
      });
      if (records.length > 0) yield { at, records };
    }
    for (const { value } of quotes) last.set(value.instrument, value);
    yield event;
  }
}

function between(draw: Draw, from: Quote, to: Quote, at: Micros): Quote {
  const way = BigInt(Math.round(((at - from.event_time) / (to.event_time - from.event_time)) * 1e6));
  const off = (from.bid * BigInt(Math.round((draw() - 0.5) * 1000))) / 1_000_000n;
  const bid = floorToStep(from.bid + ((to.bid - from.bid) * way) / 1_000_000n + off, decimal('0.01'));
  return { ...to, event_time: at, received_at: at, bid, ask: bid + (from.ask - from.bid) };
}

interface Case {
  readonly mode: 'backtest' | 'paper';
  /** A touch of its own every few seconds, else the prices are those of bars. */
  readonly quoted: boolean;
  readonly faults: FaultPlan;
}

function runRandom(draw: Draw, { mode, quoted, faults }: Case): Watch {
  const deployment = deploymentOf(mode, !quoted);
  const series = INSTRUMENTS.map((instrument) =>
    syntheticSeries({
      facts: syntheticFacts(instrument, decimal('0.01'), decimal(pick(draw, ['0.0001', '0.001']))),
      assumed: { spread_bps: 4, depth_usd: decimal('200000') },
      scenario: pick(draw, SCENARIOS),
      seed: Math.floor(draw() * 1e9),
      start_price: pick(draw, [40, 100, 3000]),
      volume: pick(draw, [3, 30, 1000]),
      from: FROM,
      minutes: MINUTES,
      quoted,
    }),
  );
  const stages = stagesOf(deployment).map((stage) =>
    stage.name === 'execution'
      ? (executionStage({
          version: 'random',
          mode,
          claim: deployment.claim,
          venues: deployment.venues,
          base_interval_us: MINUTE,
          base_interval: '1m',
          faults: plannedFaults(faults),
        }) as Stage<unknown>)
      : stage,
  );
  const portfolio = (): PortfolioState | undefined =>
    (runtime.stateOf('decision', 0) as DecisionState | undefined)?.portfolios.get('pf');
  const watch = newWatch(() => portfolio()?.trading ?? 'HALTED');
  const runtime = createVirtualRuntime({ log: createMemoryLog(), stages, ticks: 'sparse', observe: watch.observe });
  const bars = marketEvents(series, { regime_pin: 'bull_normal' });
  const market = quoted ? withTouch(draw, bars) : bars;
  for (const event of eventsOf({ deployment, market, sent: acts(draw, mode) })) runtime.advance(event);
  runtime.finish();
  const p = portfolio();
  if (p === undefined) throw new Error('the portfolio was never begun');
  watch.wrong.push(...restOf(p, runtime.stateOf('execution', 0) as ExecutionState, watch.held));
  return watch;
}

const RUNS = Number(process.env.WEIR_TEST_RANDOM_RUNS ?? 4);

describe(`random runs (seed ${SEED})`, () => {
  it.each<[string, Case]>([
    ['bars', { mode: 'backtest', quoted: false, faults: NO_FAULTS }],
    ['bars, a venue that loses and refuses', { mode: 'backtest', quoted: false, faults: FAULTY }],
    ['quotes', { mode: 'paper', quoted: true, faults: NO_FAULTS }],
    ['quotes, a venue that loses and refuses', { mode: 'paper', quoted: true, faults: FAULTY }],
  ])('%s', (name, what) => {
    const draw = seededDraws(`random runs, ${name}`);
    const sums = { entries: 0, exits: 0, fills: 0, trades: 0 };
    for (let i = 0; i < RUNS; i += 1) {
      const { wrong, counts } = runRandom(draw, what);
      expect(wrong, `run ${i} of WEIR_TEST_SEED=${SEED}`).toEqual([]);
      for (const key of ['entries', 'exits', 'fills', 'trades'] as const) sums[key] += counts[key];
    }
    // A run in which nothing happens would prove nothing.
    expect(Object.entries(sums).filter(([, n]) => n === 0)).toEqual([]);
  });
});
