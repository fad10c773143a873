// Candle mode: one closed bar decides, in pessimistic order, what of the book traded in it and what ended with it.
import { bpsFloor, floorToStep, max, min, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Candle } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { ended } from '../events.ts';
import { inQuoteMode, type Market } from '../market.ts';
import { isEnded, isOpening, isTaker, isWorking, type Order, remaining } from '../order.ts';
import { isBeyond } from '../price.ts';
import { schedule } from '../schedule.ts';
import type { Settings } from '../settings.ts';
import { type Portfolio, portfolioNamed, type Step } from '../state.ts';
import { bookInOrder, execute, expireRest } from './book.ts';
import { happens, partialFractionBps } from './draws.ts';
import { accept, endWithoutMarket } from './exchange.ts';
import { marketPrice, queueTier } from './fill-price.ts';
import { liquidateAt } from './liquidation.ts';
import { isMet } from './quote-fills.ts';

/** After a longer hole in the bars the next open says nothing about the price an order would have got. */
const GAP_BARS_MAX = 3;

/** One bar at one account: what it offers, and how much of its volume own orders may still take. */
interface Bar {
  readonly step: Step;
  readonly portfolio: Portfolio;
  readonly settings: Settings;
  readonly market: Market;
  readonly candle: Candle;
  /** Null = without limit. */
  left: Quantity | null;
}

/** A closed bar of the base interval, newer than the last: `market` still shows the bar before it. */
export function onBaseCandle(step: Step, market: Market, candle: Candle): void {
  if (inQuoteMode(market, candle.close_time)) return;
  const { holders } = market;
  // What is done here may take a portfolio off the list: the others are still met.
  for (const name of holders.length === 1 ? holders : holders.slice()) {
    const portfolio = portfolioNamed(step, name);
    if (portfolio?.phase !== 'READY' || portfolio.settings === null) continue;
    if ((portfolio.books.get(candle.instrument)?.length ?? 0) > 0) onBook(step, portfolio, portfolio.settings, market, candle);
    else if ((portfolio.account.holdings.get(candle.instrument)?.liquidation_price ?? 0n) > 0n)
      liquidateAt(step, portfolio, market, rangeOf(candle));
  }
}

function rangeOf(candle: Candle): { low: Price; high: Price; at: Micros } {
  return { low: candle.low, high: candle.high, at: candle.close_time };
}

function onBook(step: Step, portfolio: Portfolio, settings: Settings, market: Market, candle: Candle): void {
  const orders = bookInOrder(portfolio, candle.instrument);
  for (const order of orders) {
    // Sent while quotes were alive, and they died on its way.
    if (order.phase === 'SENT') accept(step, portfolio, market, order, Math.max(order.arrives_at, order.submitted_at));
    endWithin(step, portfolio, order, candle.open_time, candle.close_time);
  }
  const participation = settings.sim.participation_bps;
  const bar: Bar = {
    step,
    portfolio,
    settings,
    market,
    candle,
    left: participation === null ? null : bpsFloor(candle.volume, participation),
  };
  const frozen = market.info !== null && market.info.status !== 'TRADING';
  if (!frozen) {
    for (const order of orders)
      if (isActive(order, candle) && isSilent(bar, order)) endWithoutMarket(step, portfolio, order, candle.close_time);
    if (candle.volume > 0n && !candle.filler) trade(bar, orders);
  }
  for (const order of orders) {
    endWithin(step, portfolio, order, candle.close_time, candle.close_time);
    if (!isEnded(order)) schedule(step, portfolio, order);
  }
}

function isActive(order: Order, candle: Candle): boolean {
  return isWorking(order) && order.submitted_at <= candle.open_time;
}

/** Nothing traded in the bar, or the bars before it are missing. */
function isSilent({ candle, market, step }: Bar, order: Order): boolean {
  if (candle.volume <= 0n || candle.filler) return true;
  const known_at = market.candle_close_at < 0 ? order.submitted_at : market.candle_close_at;
  return candle.open_time - known_at > GAP_BARS_MAX * step.config.base_interval_us;
}

/** What was to end before `moment`: the cancel or expiry takes effect at the close of the bar that contains it. */
function endWithin(step: Step, portfolio: Portfolio, order: Order, moment: Micros, at: Micros): void {
  if (!isWorking(order)) return;
  if (order.cancel_requested_at > 0 && order.cancel_requested_at < moment) ended(step, portfolio, order, 'CANCELED', at);
  else if (order.expires_at !== null && order.expires_at < moment) ended(step, portfolio, order, 'EXPIRED', at);
}

/**
 * Takers at the open; then entries, which the bar may stop at once; then stops; targets last. So an own stop never loses
 * against an own target of the same bar.
 */
function trade(bar: Bar, orders: readonly Order[]): void {
  const { candle, step, portfolio, market } = bar;
  const active = orders.filter((order) => isActive(order, candle) && !isSilent(bar, order));
  for (const order of active) takeOpen(bar, order);
  for (const order of active) if (isOpening(order)) rest(bar, order);
  for (const order of active) trigger(bar, order);
  liquidateAt(step, portfolio, market, rangeOf(candle));
  for (const order of active) if (!isOpening(order)) rest(bar, order);
}

/** As much of `wanted` as the bar's volume still allows, in whole steps. */
function allowed(bar: Bar, order: Order, wanted: Quantity): Quantity {
  return bar.left === null ? wanted : floorToStep(min(wanted, max(bar.left, 0n)), order.step);
}

function fill(bar: Bar, order: Order, price: Price, quantity: Quantity, liquidity: 'MAKER' | 'TAKER'): void {
  if (quantity <= 0n) return;
  if (bar.left !== null) bar.left -= quantity;
  execute(bar.step, bar.portfolio, bar.market, order, { price, quantity, liquidity, at: bar.candle.close_time });
}

/** MARKET, IOC, FOK, and a plain limit that crosses: at the open moved by the `market` cost, never past the limit. */
function takeOpen(bar: Bar, order: Order): void {
  const { candle, settings, market } = bar;
  if (!isWorking(order)) return;
  const taker = isTaker(order);
  const crosses =
    order.fresh && order.order_type === 'LIMIT' && order.price !== null && !isBeyond(candle.open, order.side, order.price);
  const resumes = order.order_type === 'STOP' && order.triggered;
  order.fresh = false;
  if (!taker && !crosses && !resumes) return;
  const price = marketPrice(settings, market, order, candle.open, remaining(order));
  const past = order.price !== null && isBeyond(price, order.side, order.price);
  if (!past && isMet(bar.portfolio, market, order)) {
    const quantity = allowed(bar, order, remaining(order));
    if (!(order.time_in_force === 'FOK' && quantity < remaining(order))) fill(bar, order, price, quantity, 'TAKER');
  }
  if (taker) expireRest(bar.step, bar.portfolio, order, candle.close_time);
}

/** Reached by the bar's low or high, equality included; filled from the stop, or from the open if the bar opened beyond it. */
function trigger(bar: Bar, order: Order): void {
  const { candle, settings, market } = bar;
  const stop = order.stop_price;
  if (stop === null || order.triggered || !isWorking(order)) return;
  if (order.side === 'SELL' ? candle.low > stop : candle.high < stop) return;
  order.triggered = true;
  const from = order.side === 'SELL' ? min(candle.open, stop) : max(candle.open, stop);
  fill(bar, order, marketPrice(settings, market, order, from, remaining(order)), allowed(bar, order, remaining(order)), 'TAKER');
}

/** A resting limit: traded through it fills, touched it may, and then perhaps in part; never better than its price. */
function rest(bar: Bar, order: Order): void {
  const { candle, settings, market } = bar;
  const { price } = order;
  if (price === null || !isWorking(order) || order.filled_at === candle.close_time) return;
  const reach = order.side === 'BUY' ? candle.low : candle.high;
  if (isBeyond(reach, order.side, price)) return;
  const through = order.side === 'BUY' ? reach <= price - order.tick : reach >= price + order.tick;
  const tier = queueTier(order, market);
  let wanted = remaining(order);
  if (!through) {
    if (!happens(settings.sim.queue.post_only[tier], `touch:${candle.open_time}`, order.order_id)) return;
    if (happens(settings.sim.partial[tier], `partial:${candle.open_time}`, order.order_id))
      wanted = floorToStep(bpsFloor(wanted, partialFractionBps(candle.open_time, order.order_id)), order.step);
  }
  fill(bar, order, price, allowed(bar, order, wanted), 'MAKER');
}
