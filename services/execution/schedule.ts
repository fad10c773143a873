// When time alone moves an order: arrivals, cancels, expiries, missing bars, the dead man.
import { type Micros, SECOND } from '../../schemas/time.ts';
import { deadManAt } from './dead-man.ts';
import { inQuoteMode } from './market.ts';
import { isTaker, type Order } from './order.ts';
import { latencyUs } from './simulated/draws.ts';
import { type ExecutionState, marketOf, type Portfolio, type Step } from './state.ts';
import { queryAt } from './unknown.ts';

/** An order waits through the bar that contains it, three missing ones, and its own. */
const BARS_WAITED = 5;

/** When a cancel reaches the book of a market with quotes. */
export function cancelArrivesAt(portfolio: Portfolio, order: Order): Micros {
  if (order.cancel_requested_at === 0) return Number.POSITIVE_INFINITY;
  const sim = portfolio.settings?.sim;
  return order.cancel_requested_at + (sim === undefined ? 0 : latencyUs(sim, order.order_id));
}

/** In candle mode the bar that contains a moment decides; one bar later it is overdue. */
export function overdueAt(moment: Micros, interval: Micros): Micros {
  return moment === 0 || moment === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : (Math.floor(moment / interval) + 2) * interval;
}

/** When an order that must trade at the next open has waited long enough for one. */
export function gapAt(order: Order, interval: Micros): Micros {
  return isTaker(order) ? Math.max(order.submitted_at, order.filled_at) + BARS_WAITED * interval : Number.POSITIVE_INFINITY;
}

function dueOf(step: Step, portfolio: Portfolio, order: Order): Micros {
  if (order.phase === 'SUBMITTING' || order.phase === 'ENDED') return Number.POSITIVE_INFINITY;
  if (order.phase === 'UNKNOWN') return queryAt(order, order.queries);
  const expires_at = order.expires_at ?? Number.POSITIVE_INFINITY;
  if (inQuoteMode(marketOf(step, order.instrument), step.now)) {
    const arrival = order.phase === 'SENT' ? order.arrives_at : Number.POSITIVE_INFINITY;
    return Math.min(arrival, cancelArrivesAt(portfolio, order), expires_at, deadManAt(order));
  }
  const interval = step.config.base_interval_us;
  return Math.min(
    overdueAt(order.cancel_requested_at, interval),
    overdueAt(expires_at, interval),
    gapAt(order, interval),
    deadManAt(order),
  );
}

export function schedule(step: Step, portfolio: Portfolio, order: Order): void {
  const before = order.due;
  order.due = dueOf(step, portfolio, order);
  if (order.due < step.state.due) step.state.due = order.due;
  else if (before === step.state.due && order.due !== before) step.state.due_stale = true;
}

const START_AGAIN_US = 5 * SECOND;

/** While a start is not complete its RECONCILING is written again. */
export function startAgainAt(portfolio: Portfolio): Micros {
  return portfolio.phase === 'RECONCILING' ? portfolio.reconciling_at + START_AGAIN_US : Number.POSITIVE_INFINITY;
}

/** The exact minimum again, after the order that set it has moved on. */
export function refreshDue(state: ExecutionState): void {
  state.due_stale = false;
  state.due = Number.POSITIVE_INFINITY;
  for (const portfolio of state.portfolios.values()) {
    state.due = Math.min(state.due, startAgainAt(portfolio));
    if (portfolio.phase !== 'READY') continue;
    for (const order of portfolio.orders.values()) if (order.due < state.due) state.due = order.due;
  }
}
