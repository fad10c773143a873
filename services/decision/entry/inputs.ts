// Everything that the gates look at, gathered once on one frozen state.
import type { EnrichedSignal } from '../../../schemas/records.generated.ts';
import { DAY, type Micros, utcDay, utcMonth } from '../../../schemas/time.ts';
import { tradingReason } from '../conditions/conditions.ts';
import type { Fold } from '../fold.ts';
import type { EntryInputs, OrdersView, ReconciliationView, VenueView } from '../gates/entry.ts';
import type { Equity } from '../ledger/equity.ts';
import { isQuarantined } from '../ledger/quarantine.ts';
import { entriesPending, entryOf, restingOrders } from '../orders/orders.ts';
import type { PortfolioState, RecentCommand } from '../state.ts';

const NO_OVERRIDES: ReadonlyMap<number, string> = new Map();
const NO_RECENT: readonly RecentCommand[] = [];
const NO_RESTING: OrdersView['resting'] = [];
/** The ramp of a young live portfolio. */
const RAMP_TRADES = 50;
const RAMP_US = 28 * DAY;

export function entryInputs(
  fold: Fold,
  p: PortfolioState,
  enriched: EnrichedSignal,
  decision_id: string,
  equity: Equity,
): EntryInputs {
  const { instrument } = enriched.signal;
  const restriction = p.restrictions.get(instrument);
  return {
    now: p.now,
    mode: p.mode,
    enriched,
    decision_id,
    policy: p.policy?.policy ?? null,
    live_granted: p.live_granted,
    live_ramp: p.mode === 'live' && (p.ledger.trades < RAMP_TRADES || p.first_trade_at < 0 || p.now < p.first_trade_at + RAMP_US),
    trading: { state: p.trading, reason_code: tradingReason(p) },
    ledger: p.ledger,
    equity,
    pacing: p.pacing,
    learned: p.learned,
    orders: ordersView(p, instrument, decision_id),
    venue: venueView(p, instrument, enriched.info?.venue ?? ''),
    reconciliation: reconciliationView(p, instrument),
    clock_skew_ms: p.clock.skew_ms,
    restriction: restriction === undefined || isOver(restriction.until, p.now) ? null : restriction,
    safe_mode: p.safe_mode,
    overrides: NO_OVERRIDES,
    lease: null,
    analysis_spend: spendNow(p),
    base_interval_us: fold.config.candle_interval_us,
  };
}

function isOver(until: Micros | null, now: Micros): boolean {
  return until !== null && until <= now;
}

function ordersView(p: PortfolioState, instrument: string, decision_id: string): OrdersView {
  let unknown = 0;
  for (const order of p.unknown.values()) if (order.instrument === instrument) unknown += 1;
  return {
    unknown,
    blocked_by: p.questioned.get(instrument) ?? '',
    entry_pending: entryOf(p.orders, instrument) !== undefined,
    entries_pending: entriesPending(p.orders),
    resting: p.orders.intents.length === 0 ? NO_RESTING : restingPrices(p, instrument),
    open_orders: openOrders(p, instrument),
    order_id_issued: p.wishes.has(decision_id),
    recent: p.recent.get(instrument) ?? NO_RECENT,
  };
}

function restingPrices(p: PortfolioState, instrument: string): OrdersView['resting'] {
  return restingOrders(p.orders, instrument).flatMap((order) =>
    order.price_limit === null ? [] : [{ side: order.side, price: order.price_limit }],
  );
}

function openOrders(p: PortfolioState, instrument: string): number {
  let n = 0;
  for (const intent of p.orders.intents) if (intent.instrument === instrument && intent.order_id !== '') n += 1;
  return n;
}

function venueView(p: PortfolioState, instrument: string, venue: string): VenueView {
  const facts = p.venues.get(venue);
  return {
    breaker: facts?.state?.breaker ?? null,
    connected: facts?.state?.connected ?? null,
    limited_until: facts?.limited_until ?? -1,
    symbol_failed_until: p.failed_until.get(instrument) ?? -1,
    rejections_until: facts?.rejections_until ?? -1,
  };
}

function reconciliationView(p: PortfolioState, instrument: string): ReconciliationView {
  const { last_clean_at, account_clean, broken } = p.reconciliation;
  return { last_clean_at, account_clean, symbol_clean: !broken.has(instrument) && !isQuarantined(p.ledger, instrument) };
}

/** What models have cost in the running day and month; a period without a Verdict has cost nothing. */
function spendNow(p: PortfolioState): EntryInputs['analysis_spend'] {
  const spend = p.analysis_spend;
  if (spend === null || utcMonth(spend.at) !== utcMonth(p.now)) return null;
  return { day_usd: utcDay(spend.at) === utcDay(p.now) ? spend.day_usd : 0n, month_usd: spend.month_usd };
}
