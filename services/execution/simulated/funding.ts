// Funding of perpetual positions: what a position pays or gets at each funding time of its market.
import { orderEventId } from '../../../schemas/ids.ts';
import { mulDiv, SCALE } from '../../../schemas/money.ts';
import { blankOrderEvent, type DerivativesState } from '../../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../../schemas/time.ts';
import { publish } from '../events.ts';
import type { Market } from '../market.ts';
import { type Portfolio, portfolioNamed, type Step } from '../state.ts';
import type { Holding } from './account.ts';

/** A rate read earlier than one interval before the funding time says nothing about it. */
function isKnown(state: DerivativesState, funding_time: Micros): boolean {
  return Number.isFinite(state.funding_rate) && funding_time - state.event_time <= state.funding_interval_s * SECOND;
}

/** −signed quantity × mark × rate, rounded once. */
export function fundingAmount(quantity: bigint, mark: bigint, rate: number): bigint {
  return mulDiv(-quantity * mark, BigInt(Math.round(rate * 1e12)), SCALE * SCALE);
}

/** `market.derivatives` is still the last state before `next`: it holds the rate and mark of a funding time that lies between them. */
export function onDerivatives(step: Step, market: Market, next: DerivativesState): void {
  const last = market.derivatives;
  if (last === null || last.next_funding_time > next.event_time) return;
  for (const name of market.holders.slice()) {
    const portfolio = portfolioNamed(step, name);
    const holding = portfolio?.account.holdings.get(market.instrument);
    if (portfolio?.phase !== 'READY' || holding?.kind !== 'perp') continue;
    publish(step, portfolio, funding(step, portfolio, market, holding, last));
  }
}

function funding(step: Step, portfolio: Portfolio, market: Market, holding: Holding, last: DerivativesState) {
  const funding_time = last.next_funding_time;
  const known = isKnown(last, funding_time);
  const event = blankOrderEvent();
  event.type = 'FUNDING';
  event.venue = last.venue;
  event.event_id = orderEventId({
    account: portfolio.portfolio,
    key: `${holding.position_id}/${funding_time}`,
    type: 'FUNDING',
    venue: last.venue,
  });
  event.portfolio = portfolio.portfolio;
  event.run_id = portfolio.run_id;
  event.mode = portfolio.mode;
  event.account = portfolio.portfolio;
  event.instrument = market.instrument;
  event.evidence = 'SIMULATED';
  event.venue_at = funding_time;
  event.observed_at = step.now;
  event.reason = known ? '' : 'FUNDING_UNKNOWN';
  event.funding = {
    position_id: holding.position_id,
    funding_time,
    amount: known ? fundingAmount(holding.quantity, last.mark_price, last.funding_rate) : 0n,
    asset: holding.quote,
    rate: known ? BigInt(Math.round(last.funding_rate * 1e12)) : null,
    mark_price: last.mark_price,
    quantity: holding.quantity,
  };
  return event;
}
