// Counts what a run did while it runs: signals, decisions by reason, orders, fills, trades, equity, and what holding would have made.
import type { Money, Price } from '../../schemas/money.ts';
import type { Decision, Position, Trade } from '../../schemas/records.generated.ts';
import { HOUR, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';

export interface EquityPoint {
  readonly at: Micros;
  readonly nav: Money;
}

export interface Held {
  first: Price;
  last: Price;
}

export interface Tally {
  bars: number;
  signals: number;
  raw_signals: number;
  enriched: number;
  dead_letters: { reason_code: string; message: string }[];
  /** `action reason_code` of entries and exits. */
  decisions: Map<string, number>;
  /** Strategies whose signals were decided. */
  strategies: Set<string>;
  /** Codes of entries and exits that were not executed. */
  refusals: Set<string>;
  orders: number;
  fills: number;
  trades: Trade[];
  open: Map<string, Position>;
  /** One point an hour, and the newest. */
  equity: EquityPoint[];
  drawdown_bps: number;
  /** Mids by instrument, for buy and hold. */
  held: Map<string, Held>;
  last_at: Micros;
  /** The newest executed entry, and the newest refused one. */
  executed: Decision | null;
  refused: Decision | null;
}

export function newTally(): Tally {
  return {
    bars: 0,
    signals: 0,
    raw_signals: 0,
    enriched: 0,
    dead_letters: [],
    decisions: new Map(),
    strategies: new Set(),
    refusals: new Set(),
    orders: 0,
    fills: 0,
    trades: [],
    open: new Map(),
    equity: [],
    drawdown_bps: 0,
    held: new Map(),
    last_at: 0,
    executed: null,
    refused: null,
  };
}

function addDecision(tally: Tally, decision: Decision): void {
  addEquity(tally, decision);
  if (decision.kind !== 'ENTRY' && decision.kind !== 'EXIT') return;
  const key = `${decision.kind} ${decision.action} ${decision.reason_code}`;
  tally.decisions.set(key, (tally.decisions.get(key) ?? 0) + 1);
  if (decision.subject_type === 'signal' && decision.source?.startsWith('weir:') === true)
    tally.strategies.add(decision.source.slice(5));
  if (decision.action !== 'EXECUTE') tally.refusals.add(decision.reason_code);
  if (decision.kind !== 'ENTRY') return;
  if (decision.action === 'EXECUTE') tally.executed = decision;
  else tally.refused = decision;
}

function addEquity(tally: Tally, decision: Decision): void {
  const { nav, drawdown_bps } = decision.state;
  // Before the first cash there is nothing to draw.
  if (nav === null || (nav === 0n && tally.equity.length === 0)) return;
  tally.drawdown_bps = Math.max(tally.drawdown_bps, drawdown_bps ?? 0);
  const point = { at: decision.decided_at, nav };
  const last = tally.equity.at(-1);
  const before = tally.equity.at(-2);
  // The newest point slides along until an hour has passed since the one before it.
  if (last !== undefined && before !== undefined && point.at - before.at < HOUR) tally.equity[tally.equity.length - 1] = point;
  else tally.equity.push(point);
}

/** Adds one record of the run; the records come once each, in the order of the log. */
export function addToTally(tally: Tally, record: AnyEnvelope): void {
  tally.last_at = record.at;
  switch (record.type) {
    case 'Raw':
      tally.raw_signals += 1;
      return;
    case 'Signal':
      tally.signals += 1;
      return;
    case 'EnrichedSignal':
      tally.enriched += 1;
      return;
    case 'DeadLetter':
      tally.dead_letters.push({ reason_code: record.value.reason_code, message: record.value.message });
      return;
    case 'Decision':
      return addDecision(tally, record.value);
    case 'OrderCommand':
      if (record.value.action === 'PLACE') tally.orders += 1;
      return;
    case 'OrderEvent':
      if (record.value.type === 'FILL') tally.fills += 1;
      return;
    case 'Trade':
      tally.trades.push(record.value);
      return;
    case 'Position':
      if (record.value.qty === 0n) tally.open.delete(record.value.position_id);
      else tally.open.set(record.value.position_id, record.value);
      return;
    case 'Candle': {
      if (record.value.interval !== '1m') return;
      tally.bars += 1;
      const held = tally.held.get(record.value.instrument);
      if (held === undefined) tally.held.set(record.value.instrument, { first: record.value.open, last: record.value.close });
      else held.last = record.value.close;
      return;
    }
    default:
      return;
  }
}
