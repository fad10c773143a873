// Reconciliation of the simulated account: its books held against the sum of its own fills, flows and fees.
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import { orderEventId } from '../../schemas/ids.ts';
import { abs, type Decimal, divFloor, formatDecimal, SCALE } from '../../schemas/money.ts';
import {
  blankOrderEvent,
  blankVenueState,
  type OrderEvent,
  type ReconcileFinding,
  type ReconcileKind,
  type Reconciliation,
} from '../../schemas/records.generated.ts';
import { unknown } from './answers.ts';
import { ended, publish } from './events.ts';
import { startAgainAt } from './schedule.ts';
import type { Account } from './simulated/account.ts';
import type { Portfolio, Step } from './state.ts';

function accountEvent(
  step: Step,
  portfolio: Portfolio,
  type: 'VENUE_STATE' | 'RECONCILING' | 'RECONCILED',
  venue: string,
): OrderEvent {
  const event = blankOrderEvent();
  const account = portfolio.portfolio;
  event.event_id = orderEventId({ account, key: `${portfolio.claim}/${portfolio.sequence}`, type, venue });
  portfolio.sequence += 1;
  event.type = type;
  event.portfolio = portfolio.portfolio;
  event.run_id = portfolio.run_id;
  event.mode = portfolio.mode;
  event.account = account;
  event.venue = venue;
  event.evidence = type === 'RECONCILING' ? 'LOCAL' : 'SIMULATED';
  event.observed_at = step.now;
  event.claim = portfolio.claim;
  return event;
}

function accountVenue(step: Step): string {
  return step.config.venues[0] ?? '';
}

/** Commands wait from here until the RECONCILED of the same claim. */
export function beginReconciling(step: Step, portfolio: Portfolio): void {
  portfolio.phase = 'RECONCILING';
  portfolio.reconciling_at = step.now;
  step.state.due = Math.min(step.state.due, startAgainAt(portfolio));
  publish(step, portfolio, accountEvent(step, portfolio, 'RECONCILING', accountVenue(step)));
}

/** The stage has read its own RECONCILING back, and with it every own event written before: the books are complete. */
export function completeStart(step: Step, portfolio: Portfolio): void {
  for (const venue of step.config.venues) {
    const event = accountEvent(step, portfolio, 'VENUE_STATE', venue);
    event.venue_state = { ...blankVenueState(), connected: true, breaker: 'closed', clock_offset_ms: 0 };
    publish(step, portfolio, event);
  }
  resolveUnanswered(step, portfolio);
  reconcile(step, portfolio, 'FULL');
  portfolio.phase = 'READY';
  step.state.due_stale = true;
}

/** A SUBMITTING of an earlier owner without answer: the simulated book, a fold of the same events, never got it. */
function resolveUnanswered(step: Step, portfolio: Portfolio): void {
  for (const order of [...portfolio.orders.values()]) {
    if (order.phase !== 'SUBMITTING' || order.claim === portfolio.claim) continue;
    unknown(step, portfolio, order, 'RESTART');
    ended(step, portfolio, order, 'NOT_PLACED', step.now);
  }
}

export function reconcile(step: Step, portfolio: Portfolio, kind: ReconcileKind): void {
  const event = accountEvent(step, portfolio, 'RECONCILED', accountVenue(step));
  event.reconciliation = reconciliationOf(portfolio, kind);
  publish(step, portfolio, event);
  if (kind === 'FULL') portfolio.full_at = step.now;
  planReconcile(step, portfolio);
}

/** When the next one is due; never where the policy says 0, or before there is one. */
export function planReconcile(step: Step, portfolio: Portfolio): void {
  const every = portfolio.settings?.reconcile_us ?? 0;
  portfolio.reconcile_at = every > 0 ? step.now + every : Number.POSITIVE_INFINITY;
  step.state.reconcile_due = Math.min(step.state.reconcile_due, portfolio.reconcile_at);
}

const TOLERANCE_MIN = SCALE / 100n;

/** Pure: the same books give the same verdict and hash. */
export function reconciliationOf(portfolio: Portfolio, kind: ReconcileKind): Reconciliation {
  const { account } = portfolio;
  const findings: ReconcileFinding[] = [];
  const assets: Reconciliation['assets'] = [];
  const positions: Reconciliation['positions'] = [];
  const open_orders: Reconciliation['open_orders'] = [];
  const evidence = { assets: '', orders: '', positions: '' };
  for (const asset of assetsOf(account)) {
    const expected = (account.sums.get(asset) ?? 0n) + openCost(portfolio, asset);
    const actual = account.cash.get(asset) ?? 0n;
    const diff = actual - expected;
    if (abs(diff) > TOLERANCE_MIN) findings.push(balanceFinding(asset, expected, actual));
    assets.push({ asset, baseline: 0n, expected, actual, diff, tolerance: TOLERANCE_MIN });
    evidence.assets = withPair(evidence.assets, asset, actual);
  }
  for (const { instrument, quantity, cost } of account.holdings.values()) {
    const average_price = quantity === 0n ? null : divFloor(abs(cost), abs(quantity));
    positions.push({ instrument, quantity, average_price });
    evidence.positions = withPair(evidence.positions, instrument, quantity);
  }
  for (const { phase, client_order_id, instrument, side, quantity, filled } of portfolio.orders.values()) {
    if (phase !== 'WORKING') continue;
    const venue_order_id = client_order_id;
    open_orders.push({ venue_order_id, client_order_id, instrument, side, quantity, filled_quantity: filled });
    evidence.orders = withPair(evidence.orders, venue_order_id, filled);
  }
  return {
    clean: findings.length === 0,
    kind,
    claim: portfolio.claim,
    cursor: '',
    assets,
    positions,
    open_orders,
    findings,
    // contentHash of the same lists, whose canonical text was written as they were made.
    evidence_hash: sha256Hex(`{"assets":[${evidence.assets}],"orders":[${evidence.orders}],"positions":[${evidence.positions}]}`),
  };
}

/** A list of names with their amounts, one longer. */
function withPair(list: string, name: string, amount: Decimal): string {
  const pair = `[${canonicalJson(name)},"${formatDecimal(amount)}"]`;
  return list === '' ? pair : `${list},${pair}`;
}

/** Every asset that was ever owned or moved, in order of name. */
function assetsOf({ cash, sums }: Account): string[] {
  const names = [...cash.keys()];
  for (const asset of sums.keys()) if (!cash.has(asset)) names.push(asset);
  return names.length > 1 ? names.sort() : names;
}

/** A perpetual pays nothing for its position: what fills sum up to and it did not pay is the cost of what is open. */
function openCost(portfolio: Portfolio, asset: string): Decimal {
  let cost = 0n;
  for (const holding of portfolio.account.holdings.values())
    if (holding.kind === 'perp' && holding.quote === asset) cost += holding.cost;
  return cost;
}

function balanceFinding(asset: string, ours: Decimal, theirs: Decimal): ReconcileFinding {
  return {
    code: 'BALANCE_MISMATCH',
    instrument: null,
    asset,
    order_id: null,
    venue_order_id: null,
    venue_trade_id: null,
    ours,
    theirs,
    delta: theirs - ours,
    detail: '',
  };
}
