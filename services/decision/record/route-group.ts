// The route group of a Decision: how its first attempt is sent, what that is expected to cost, and what was not chosen.
import type { DecisionRoute, ExpectedCost } from '../../../schemas/records.generated.ts';
import type { Intent } from '../orders/orders.ts';
import type { PortfolioState } from '../state.ts';

const NO_COST: ExpectedCost = { fee_bps: 0, spread_bps: 0, slippage_bps: 0 };

function routeOf(p: PortfolioState, intent: Intent, expected: ExpectedCost): DecisionRoute {
  const taker = intent.steps[0] === 'TAKER';
  const resting = intent.steps.includes('POST_ONLY');
  const other = taker ? 'POST_ONLY' : 'TAKER';
  const cost_bps = expected.fee_bps + expected.spread_bps / 2 + expected.slippage_bps;
  const rejected_because = taker ? (resting ? '' : 'the route is taker only') : 'tried only when resting has not filled';
  return {
    route: intent.route,
    route_reason: intent.reason,
    venue: intent.venue,
    order_type: taker ? 'LIMIT' : 'POST_ONLY',
    limit_price: intent.collar_price,
    time_in_force: taker ? 'IOC' : 'GTC',
    post_only: !taker,
    ttl_s: taker ? null : (p.policy?.walk.post_only_ttl_s ?? null),
    expected,
    alternatives: [{ route: other, cost_bps, rejected_because }],
  };
}

export function entryRoute(p: PortfolioState, intent: Intent, expected: ExpectedCost | null): DecisionRoute {
  return routeOf(p, intent, expected ?? NO_COST);
}

/** A reduction is not weighed against its cost. */
export function exitRoute(p: PortfolioState, intent: Intent): DecisionRoute {
  return routeOf(p, intent, NO_COST);
}
