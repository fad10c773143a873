// A Tick: what time alone makes due, and once an hour the portfolio's state and open positions for the record.
import type { Tick } from '../../schemas/records.generated.ts';
import { HOUR } from '../../schemas/time.ts';
import { takeSkew } from './conditions/clock-skew.ts';
import { checkSilence } from './conditions/data-silence.ts';
import { endFlashCrash } from './conditions/flash-crash.ts';
import { endPause } from './conditions/safe-mode.ts';
import { checkUnknownOrders } from './conditions/unknown-orders.ts';
import { forget } from './decided.ts';
import { stalePrices } from './exits/stale-price.ts';
import { timeExits } from './exits/time-exit.ts';
import { verdictExits } from './exits/verdict-exit.ts';
import { type Fold, noteChange, ordersContext, sideOf } from './fold.ts';
import { forgetOrders, onOrdersTick } from './orders/tick.ts';
import { decide } from './record/decision-record.ts';
import type { PortfolioState } from './state.ts';

export function foldTick(fold: Fold, p: PortfolioState, tick: Tick): void {
  takeSkew(fold, p, tick.tick_at, tick.skew_ms);
  onOrdersTick(p.orders, ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
  if (p.unknown.size > 0) checkUnknownOrders(fold, p);
  if (p.conditions.length > 0) endFlashCrash(fold, p);
  if (p.safe_mode === 'PAUSED') endPause(fold, p);
  checkSilence(fold, p, tick.tick_at);
  verdictExits(fold, p, tick.tick_at);
  timeExits(fold, p, tick.tick_at);
  stalePrices(fold, p, tick.tick_at);
  const hour = Math.floor(tick.tick_at / HOUR);
  if (hour > p.hour) {
    if (Math.floor(hour / 24) > Math.floor(p.hour / 24)) {
      forget(p);
      forgetOrders(p.orders, p.now);
    }
    p.hour = hour;
    snapshot(fold, p, tick.tick_at);
  }
}

function snapshot(fold: Fold, p: PortfolioState, tick_at: number): void {
  const subject = { type: 'tick', id: `STATE_SNAPSHOT/${tick_at}` } as const;
  decide(fold, p, subject, '', { kind: 'STATE', action: 'EXECUTE', reason_code: 'STATE_SNAPSHOT' });
  for (const position of p.ledger.positions.values()) noteChange(fold, position, sideOf(position));
}
