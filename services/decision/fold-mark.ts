// A Mark: what an open position is worth now, and how its rules stand.
import type { Mark } from '../../schemas/records.generated.ts';
import { checkPositionLoss } from './conditions/position-loss.ts';
import { checkStopsOnMark } from './conditions/stops.ts';
import { noteRegime } from './exits/regime-tighten.ts';
import { type Fold, noteChange, sideOf } from './fold.ts';
import { applyMark } from './ledger/marks.ts';
import { marksMaxAge, type PortfolioState } from './state.ts';

/** The position's record is published again when its stop, an arm or a rule has moved; its price alone is not news. */
export function foldMark(fold: Fold, p: PortfolioState, mark: Mark): void {
  const position = p.ledger.positions.get(mark.instrument);
  if (position === undefined) return;
  const { stop_price, armed, rules } = position;
  if (!applyMark(p.ledger, position, mark, p.now, marksMaxAge(p))) return;
  if (mark.regime_tag !== p.regime) noteRegime(fold, p, mark.regime_tag);
  if (position.stop_price !== stop_price || !sameList(position.armed, armed) || !sameRules(position.rules, rules)) {
    noteChange(fold, position, sideOf(position));
  }
  checkPositionLoss(fold, p, position);
  checkStopsOnMark(fold, p);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function sameRules(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  let n = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    n += 1;
  }
  for (const _ in b) n -= 1;
  return n === 0;
}
