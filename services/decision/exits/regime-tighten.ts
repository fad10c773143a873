// REGIME_TIGHTENED: when the regime turns against open positions their stops move nearer, once per change; calmer regimes never widen them.
import { bpsOf, ceilToStep, div, floorToStep, type Price } from '../../../schemas/money.ts';
import { changeSubject } from '../conditions/conditions.ts';
import { type Fold, noteChange, sideOf } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import { tightened, tightenStop } from '../ledger/plans.ts';
import { aboutPosition, decide } from '../record/decision-record.ts';
import type { PortfolioState } from '../state.ts';

const CRASH_FACTOR_BPS = 5_000;
const AGAINST_FACTOR_BPS = 7_500;

function trendOf(tag: string): string {
  return tag.split('_')[0] ?? tag;
}

/** Share of the distance between price and stop that is left; null where the trend is not against the position. */
function factorOf(trend: string, long: boolean): number | null {
  if (trend === 'crash') return CRASH_FACTOR_BPS;
  return trend === (long ? 'bear' : 'bull') ? AGAINST_FACTOR_BPS : null;
}

/** Takes the newest regime tag, from whichever record told it. */
export function noteRegime(fold: Fold, p: PortfolioState, tag: string): void {
  if (tag === p.regime) return;
  const trend = trendOf(tag);
  const turned = trend !== trendOf(p.regime);
  p.regime = tag;
  if (!turned || p.policy?.policy.exits.rules.regime_tighten === false) return;
  for (const position of p.ledger.positions.values()) tighten(fold, p, position, trend);
}

/** The stop in force: the one that has moved, else the plan's from the average price. */
export function stopInForce(position: OpenPosition): Price {
  if (position.stop_price !== null) return position.stop_price;
  const average = div(position.cost, position.qty < 0n ? -position.qty : position.qty);
  const distance = bpsOf(average, position.plan.stop_bps);
  return position.qty < 0n ? average + distance : average - distance;
}

function tighten(fold: Fold, p: PortfolioState, position: OpenPosition, trend: string): void {
  const long = position.qty > 0n;
  const factor = factorOf(trend, long);
  if (factor === null || position.mark === null) return;
  const price = long ? position.mark.bid : position.mark.ask;
  const stop = stopInForce(position);
  // A stop that the price has passed is the monitor's business.
  if (long ? stop >= price : stop <= price) return;
  const tick = p.instruments.get(position.instrument)?.terms.tick ?? 1n;
  const exact = tightened(price, stop, factor);
  const moved = long ? ceilToStep(exact, tick) : floorToStep(exact, tick);
  if (!tightenStop(position, moved, position.stop_kind ?? 'STOP_LOSS')) return;
  const subject = changeSubject(fold, p, 'REGIME_TIGHTENED');
  const outcome = {
    kind: 'ADJUST',
    action: 'EXECUTE',
    reason_code: 'REGIME_TIGHTENED',
    reason_detail: `regime ${trend}`,
  } as const;
  aboutPosition(decide(fold, p, subject, position.position_id, outcome), position);
  noteChange(fold, position, sideOf(position));
}
