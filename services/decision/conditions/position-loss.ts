// POSITION_LOSS_EXTREME: a position has lost 3000 bps of its cost, or the venue has liquidated it.
import { compareBps } from '../../../schemas/money.ts';
import type { Fold } from '../fold.ts';
import type { OpenPosition } from '../ledger/ledger.ts';
import type { PortfolioState } from '../state.ts';
import { conditionOf, setCondition } from './conditions.ts';

const LIMIT_BPS = 3_000;

export function checkPositionLoss(fold: Fold, p: PortfolioState, position: OpenPosition): void {
  const { unrealised, cost } = position;
  if (unrealised >= 0n || compareBps(-unrealised, LIMIT_BPS, cost) < 0) return;
  if (conditionOf(p, 'POSITION_LOSS_EXTREME') !== null) return;
  const reason = `${position.instrument}: unrealised loss of at least ${LIMIT_BPS} bps of cost`;
  setCondition(fold, p, 'POSITION_LOSS_EXTREME', { actor: 'decision', reason, scope: position.instrument });
}

export function noteLiquidation(fold: Fold, p: PortfolioState, instrument: string): void {
  setCondition(fold, p, 'POSITION_LOSS_EXTREME', {
    actor: 'venue',
    reason: `${instrument}: liquidated by the venue`,
    scope: instrument,
  });
}
