// The status of a portfolio, from its state alone: what stops it, what it has used of its limits, and what it waits for.
import { bpsFloor, type Money, toNumber } from '../../../schemas/money.ts';
import type { TradingState } from '../../../schemas/records.generated.ts';
import { HOUR, type Micros, SECOND } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';
import { conditionOf, tradingReason } from '../conditions/conditions.ts';
import { exposureOf, slotsUsed } from '../ledger/exposure.ts';
import type { Scope } from '../ledger/ledger.ts';
import { countSince } from '../pacing/pacing.ts';
import { standingOf } from '../pacing/strategy-record.ts';
import { equityNow } from '../record/state-group.ts';
import type { LastDecision, PortfolioState } from '../state.ts';

export interface ConditionStatus {
  readonly code: string;
  readonly state: TradingState;
  readonly scope: string;
  readonly who: string;
  readonly why: string;
  readonly since: Micros;
  readonly until: Micros | null;
  readonly way_out: string;
}

/** `ratio` = used ÷ limit; a profit uses nothing of a loss limit. */
export interface LimitStatus {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: 'bps' | 'count' | 'quote';
  readonly ratio: number;
}

export interface CooldownStatus {
  readonly what: string;
  readonly seconds_left: number;
}

export interface PortfolioStatus {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: PortfolioState['mode'];
  readonly at: Micros;
  readonly state: TradingState;
  /** The worst condition; '' while ACTIVE. */
  readonly reason_code: string;
  readonly conditions: readonly ConditionStatus[];
  readonly profile: string;
  readonly policy_hash: string;
  readonly equity: {
    readonly nav: Money | null;
    readonly unit_price: Money;
    readonly hwm: Money;
    readonly cash: Money;
    readonly cash_free: Money;
    readonly unrealised: Money;
    readonly realised_day: Money;
  };
  readonly limits: readonly LimitStatus[];
  readonly cooldowns: readonly CooldownStatus[];
  readonly positions: number;
  readonly open_orders: number;
  readonly unknown_orders: readonly { readonly order_id: string; readonly instrument: string; readonly since: Micros }[];
  readonly quarantine: number;
  readonly new_baselines_today: number;
  readonly last_decision: LastDecision | null;
}

export function statusOf(p: PortfolioState): PortfolioStatus {
  const equity = equityNow(p);
  const { nav, unit_price, hwm, cash, cash_free, unrealised, realised_day } = equity;
  return {
    portfolio: p.portfolio,
    run_id: p.run_id,
    mode: p.mode,
    at: p.now,
    state: p.trading,
    reason_code: tradingReason(p),
    conditions: p.conditions.map((c) => ({
      code: c.code,
      state: c.state,
      scope: c.scope,
      who: c.actor,
      why: c.reason,
      since: c.set_at,
      until: c.until,
      way_out: c.clears_by,
    })),
    profile: p.policy?.policy.profile ?? '',
    policy_hash: p.policy?.policy_hash ?? '',
    equity: { nav, unit_price, hwm, cash, cash_free, unrealised, realised_day },
    limits: p.policy === null ? [] : limitsOf(p, p.policy.policy, equity),
    cooldowns: cooldownsOf(p),
    positions: p.ledger.positions.size,
    open_orders: p.orders.intents.filter((intent) => intent.order_id !== '').length,
    unknown_orders: [...p.unknown].map(([order_id, { instrument, since }]) => ({ order_id, instrument, since })),
    quarantine: p.ledger.quarantine.size,
    new_baselines_today: p.baselines.used,
    last_decision: p.last_decision,
  };
}

function limit(name: string, used: number, max: number, unit: LimitStatus['unit']): LimitStatus {
  const spent = Math.max(used, 0);
  return { name, used: spent, limit: max, unit, ratio: max > 0 ? spent / max : spent > 0 ? 1 : 0 };
}

function limitsOf(p: PortfolioState, policy: Policy, equity: ReturnType<typeof equityNow>): LimitStatus[] {
  const { stops, caps, pacing, portfolio, orders } = policy;
  const limits = [
    limit('daily_stop', -equity.day_bps, stops.daily_bps, 'bps'),
    limit('weekly_stop', -equity.week_bps, stops.weekly_bps, 'bps'),
    limit('drawdown_stop', equity.drawdown_bps, stops.drawdown_bps, 'bps'),
    limit('positions', slotsUsed(p.ledger), portfolio.max_positions, 'count'),
    limit('unknown_orders', p.unknown.size, orders.max_unknown, 'count'),
  ];
  if (pacing.per_hour !== null)
    limits.push(limit('entries_1h', countSince(p.pacing.entries, p.now, HOUR), pacing.per_hour, 'count'));
  if (pacing.per_day !== null)
    limits.push(limit('entries_24h', countSince(p.pacing.entries, p.now, 24 * HOUR), pacing.per_day, 'count'));
  const nav = equity.nav ?? p.ledger.nav;
  const cap = (scope: Scope, key: string, bps: number) =>
    limits.push(
      limit(
        `exposure ${scope}${key === '' ? '' : ` ${key}`}`,
        toNumber(exposureOf(p.ledger, scope, key)),
        toNumber(bpsFloor(nav, bps)),
        'quote',
      ),
    );
  cap('total', '', caps.total_bps);
  const held = [...p.ledger.positions.values()];
  for (const instrument of unique(held.map((h) => h.instrument))) cap('symbol', instrument, caps.symbol_bps);
  for (const tier of unique(held.map((h) => h.plan.tier)))
    if (tier === 'T1' || tier === 'T2' || tier === 'T3') cap('tier', tier, caps.tier_bps[tier]);
  for (const theme of unique(held.map((h) => h.plan.theme))) cap('theme', theme, caps.theme_bps[theme] ?? 0);
  for (const strategy of unique(held.map((h) => h.plan.strategy))) cap('strategy', strategy, caps.strategy_bps);
  for (const venue of unique(held.map((h) => h.venue))) cap('venue', venue, caps.venue_bps);
  return limits;
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)].sort();
}

function cooldownsOf(p: PortfolioState): CooldownStatus[] {
  const found: CooldownStatus[] = [];
  const until = (what: string, end: Micros) => {
    if (end > p.now) found.push({ what, seconds_left: Math.ceil((end - p.now) / SECOND) });
  };
  const policy = p.policy?.policy;
  if (policy !== undefined && p.pacing.last_entry_at >= 0)
    until('global spacing', p.pacing.last_entry_at + policy.pacing.global_s * SECOND);
  until('loss streak', p.pacing.pause_until);
  for (const [instrument, symbol] of p.pacing.symbols) until(`symbol ${instrument}`, symbol.cooldown_until);
  for (const [strategy, record] of p.pacing.strategies) {
    if (standingOf(record, p.now) === 'PAUSED') until(`strategy ${strategy}`, Math.max(record.paused_until, record.held_until));
  }
  for (const [instrument, end] of p.failed_until) until(`failed order ${instrument}`, end);
  for (const [venue, facts] of p.venues) {
    until(`rate limit ${venue}`, facts.limited_until);
    until(`rejections ${venue}`, facts.rejections_until);
  }
  for (const [instrument, restriction] of p.restrictions) {
    if (restriction.until !== null) until(`restriction ${instrument}`, restriction.until);
  }
  const crash = conditionOf(p, 'FLASH_CRASH')?.until ?? null;
  if (crash !== null) until('flash crash', crash);
  return found;
}
