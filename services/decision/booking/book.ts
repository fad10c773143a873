// Books one fill: position, trade, pacing, and the conditions that a fill can set.
import { tradeRecord } from '../attribution/trade-record.ts';
import { changeSubject, setCondition } from '../conditions/conditions.ts';
import { checkPositionLoss } from '../conditions/position-loss.ts';
import { quarantineChanged } from '../conditions/reconciliation-break.ts';
import { checkStops } from '../conditions/stops.ts';
import { closePosition } from '../exits/close-position.ts';
import { type Fold, noteChange, ordersContext, sideOf } from '../fold.ts';
import { bookFill, type TradeDraft } from '../ledger/fills.ts';
import type { BookedFill, OpenPosition } from '../ledger/ledger.ts';
import { convertReservation } from '../ledger/reservations.ts';
import { positionClosed } from '../orders/open.ts';
import { exitOf } from '../orders/orders.ts';
import { onFill, onTradeClosed } from '../pacing/pacing.ts';
import { marksMaxAge, type PortfolioState } from '../state.ts';

export function book(fold: Fold, p: PortfolioState, fill: BookedFill): void {
  const effect = bookFill(p.ledger, fill, p.now, marksMaxAge(p));
  if (effect.duplicate) return;
  convertReservation(p.ledger, fill.order_id, fill.quantity);
  if (effect.closed !== null) closeTrade(fold, p, effect.closed);
  if (effect.position !== null) noteChange(fold, effect.position, sideOf(effect.position));
  if (effect.broken) quarantineChanged(fold, p, `${fill.instrument}: a sale exceeds the holding`);
  pace(fold, p, fill);
  if (effect.position !== null) {
    checkPositionLoss(fold, p, effect.position);
    closeAtOnce(fold, p, effect.position, fill);
  }
  checkStops(fold, p);
}

/** The fill of an entry that an operator has closed meanwhile. An exit that is on its way takes it along. */
function closeAtOnce(fold: Fold, p: PortfolioState, position: OpenPosition, fill: BookedFill): void {
  const wish = p.wishes.get(fill.decision_id);
  if (wish?.kind !== 'ENTRY' || wish.closed_for === null || exitOf(p.orders, position.position_id) !== undefined) return;
  closePosition(fold, p, position, changeSubject(fold, p, wish.closed_for), position.position_id, {
    reason: wish.closed_for,
    route: 'URGENT',
    quantity: null,
    signal_id: null,
    signal_mid: position.mark?.mid ?? null,
    signal_at: p.now,
    operator: true,
  });
}

function closeTrade(fold: Fold, p: PortfolioState, draft: TradeDraft): void {
  const { position } = draft;
  noteChange(fold, position, draft.side === 1n ? 'LONG' : 'SHORT');
  const trade = tradeRecord(p.ledger, draft);
  fold.trades.push(trade);
  positionClosed(p.orders, position.position_id, ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
  if (p.first_trade_at < 0) p.first_trade_at = p.now;
  if (p.policy === null) return;
  onTradeClosed(
    p.pacing,
    {
      instrument: trade.instrument,
      strategy: trade.strategy,
      net: trade.net,
      stopped: trade.exit_reason === 'STOP_LOSS',
      catastrophic: trade.verdict?.catastrophic ?? false,
    },
    p.policy.policy,
    p.now,
  );
}

function pace(fold: Fold, p: PortfolioState, fill: BookedFill): void {
  if (p.policy === null) return;
  const { opening } = fill;
  const strategy = opening?.strategy ?? p.ledger.positions.get(fill.instrument)?.plan.strategy ?? '';
  const side = fill.side === 'BUY' ? 'LONG' : 'SHORT';
  const paced = { instrument: fill.instrument, strategy, side, order_id: fill.order_id, entry: opening !== null } as const;
  if (!onFill(p.pacing, paced, p.policy.policy, p.now)) return;
  const reason = `${strategy} ${fill.instrument} ${side}: ${p.policy.policy.pacing.repeated ?? 0} filled entry attempts within an hour`;
  setCondition(fold, p, 'REPEATED_EXECUTION', { actor: 'decision', reason, scope: fill.instrument });
}
