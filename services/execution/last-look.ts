// The last look: every check between a command and the venue, in one order; the first failure is the answer.
import { isDerived } from '../../schemas/derived-quote.ts';
import { formatDecimal, mul, type Price, type Quantity, SCALE } from '../../schemas/money.ts';
import type { InstrumentInfo, OrderType, Quote } from '../../schemas/records.generated.ts';
import { MINUTE, type Micros, SECOND } from '../../schemas/time.ts';
import { type Cost, spreadBps } from '../costs/cost.ts';
import type { PlaceCommand } from './command.ts';
import { expectedCost } from './expected-cost.ts';
import { clampToBand, filterFailure, roundQuantity, statusAllows } from './filters.ts';
import type { Market } from './market.ts';
import { isTaker } from './order.ts';
import { crossPrice, isBeyond, limitToTick, passivePrice, quantityOf, touchOf, triggerToTick } from './price.ts';
import type { Settings } from './settings.ts';
import type { ExecutionConfig, Portfolio } from './state.ts';

export interface Denial {
  readonly reason: string;
  readonly detail: string;
}

export interface Terms {
  readonly order_type: OrderType;
  readonly price: Price | null;
  readonly stop_price: Price | null;
  readonly quantity: Quantity;
  readonly quote: Quote | null;
  readonly cost: Cost;
  readonly note: string;
}

export interface Look {
  readonly config: ExecutionConfig;
  readonly portfolio: Portfolio;
  readonly settings: Settings;
  readonly market: Market;
  readonly command: PlaceCommand;
  readonly opening: boolean;
  readonly now: Micros;
}

/** A closing order without a quote this young goes out as MARKET. */
const UNPRICED_AGE: Micros = MINUTE;

function no(reason: string, detail = ''): Denial {
  return { reason, detail };
}

function beforeQuote(look: Look): Denial | null {
  const { command, portfolio, opening, now } = look;
  if (command.valid_until !== null && now >= command.valid_until)
    return no('COMMAND_EXPIRED', `valid until ${command.valid_until}, now ${now}`);
  if (opening && portfolio.halted) return no('TRADING_HALTED');
  const live = command.backend === 'LIVE';
  if (
    command.mode !== portfolio.mode ||
    (command.mode === 'live') !== live ||
    (command.mode === 'backtest' && command.backend !== 'SIMULATED')
  )
    return no('MODE_MISMATCH', `mode ${command.mode}, backend ${command.backend}, portfolio's mode ${portfolio.mode}`);
  if (command.account !== portfolio.portfolio)
    return no('MODE_MISMATCH', `account ${command.account}, expected ${portfolio.portfolio}`);
  if (command.backend === 'LIVE' || command.backend === 'TESTNET')
    return no('VENUE_FEATURE_MISSING', `no adapter for backend ${command.backend}`);
  return instrumentProblem(look);
}

function instrumentProblem(look: Look): Denial | null {
  const { market, command, opening, settings, now } = look;
  const { info } = market;
  if (info === null) return no('INSTRUMENT_INFO_STALE', 'never seen');
  if (opening && now - info.facts_at > settings.facts_max_age_us) return no('INSTRUMENT_INFO_STALE', `facts of ${info.facts_at}`);
  return statusAllows(info.status, opening, command.order_type) ? null : no('FILTER_STATUS', `status ${info.status}`);
}

/** Openings only: the market must be visible, tight and deep enough. */
function quoteProblem(look: Look, quote: Quote | null): Denial | null {
  const { command, settings, config, now } = look;
  if (quote === null) return no('QUOTE_STALE', 'no quote');
  const age = now - quote.event_time;
  // A price made from a bar may be two bars old, as it may for the gate that let the entry through.
  const limit = Math.max(settings.quote_max_age_us, isDerived(quote) ? 2 * config.base_interval_us : 0);
  if (age > limit) return no('QUOTE_STALE', `age ${age} µs, limit ${limit}`);
  if (age < -SECOND) return no('QUOTE_FROM_FUTURE', `age ${age} µs`);
  const spread = spreadBps(quote);
  if (spread > BigInt(settings.spread_bps_max) * SCALE)
    return no('SPREAD_TOO_WIDE', `spread ${formatDecimal(spread)} bps, limit ${settings.spread_bps_max}`);
  if (settings.depth_multiple_pct === 0) return null;
  const band = quote.depth.find((row) => row.band_bps === 20);
  const depth = command.side === 'BUY' ? band?.ask_usd : band?.bid_usd;
  if (depth === undefined) return no('DEPTH_TOO_THIN', 'depth within 20 bps unknown');
  const size = command.quote_notional ?? mul(command.quantity ?? 0n, touchOf(quote, command.side));
  return depth * 100n < size * BigInt(settings.depth_multiple_pct)
    ? no('DEPTH_TOO_THIN', `depth ${formatDecimal(depth)}, size ${formatDecimal(size)}`)
    : null;
}

/** Missing, stale or absurd, the price that the decision saw bounds nothing. */
function referenceProblem(look: Look): Denial | null {
  const { command, settings, market, config, now } = look;
  const { reference_bid, reference_ask, reference_at } = command;
  if (reference_bid === null || reference_ask === null || reference_at === null)
    return no('PRICE_REFERENCE_STALE', 'no reference');
  if (reference_bid <= 0n || reference_ask <= 0n) return no('PRICE_REFERENCE_STALE', 'reference is not positive');
  const bars = market.newest !== null && isDerived(market.newest) ? 3 * config.base_interval_us : 0;
  const limit = settings.reference_max_age_us + bars;
  return now - reference_at > limit ? no('PRICE_REFERENCE_STALE', `reference of ${reference_at}, limit ${limit} µs`) : null;
}

interface Resolved {
  readonly order_type: OrderType;
  readonly price: Price | null;
  readonly note: string;
}

function resolvePrice(look: Look, quote: Quote | null, info: InstrumentInfo): Resolved | Denial {
  const { command, settings, opening, now } = look;
  const { side, order_type } = command;
  const { tick } = info.filters;
  switch (command.price_rule) {
    case 'FIXED':
      return { order_type, price: limitToTick(command.limit_price ?? 0n, side, tick), note: '' };
    case 'PASSIVE': {
      if (quote === null) return no('PRICE_REFERENCE_STALE', 'no quote to rest beside');
      const again = command.route_step?.endsWith('_AGAIN') ?? false;
      return { order_type, price: passivePrice(quote, side, tick, settings.post_only_offset_ticks + (again ? 1 : 0)), note: '' };
    }
    case 'CROSS': {
      if (opening) return { order_type, price: limitToTick(command.collar_price ?? 0n, side, tick), note: '' };
      if (quote === null || now - quote.event_time > UNPRICED_AGE)
        return { order_type: 'MARKET', price: null, note: 'EXIT_UNPRICED' };
      const table = settings.collar_exit_bps;
      const collar = command.collar_bps ?? table[Math.min((command.attempt ?? 1) - 1, table.length - 1)] ?? 0;
      return { order_type, price: crossPrice(quote, side, tick, collar), note: '' };
    }
    case 'NONE':
    case null:
      return { order_type, price: null, note: '' };
  }
}

/** Openings: neither the price nor, for a taker, the touch may be worse than the collar; equality passes. */
function collarProblem(look: Look, quote: Quote, price: Price | null, order_type: OrderType): Denial | null {
  const { command } = look;
  const limit = command.collar_price ?? 0n;
  const takes = isTaker({ order_type, time_in_force: command.time_in_force });
  const observed = takes || price === null ? touchOf(quote, command.side) : price;
  return isBeyond(observed, command.side, limit)
    ? no('PRICE_OUTSIDE_COLLAR', `observed ${formatDecimal(observed)}, limit ${formatDecimal(limit)}`)
    : null;
}

/** An opening must not trade with an own order resting on the other side. */
function selfTrade(look: Look, price: Price | null): Denial | null {
  const { command, portfolio } = look;
  for (const order_id of portfolio.books.get(command.instrument) ?? []) {
    const own = portfolio.orders.get(order_id);
    if (own === undefined || own.side === command.side || own.price === null || isTaker(own)) continue;
    if (price === null || !isBeyond(own.price, command.side, price))
      return no('SELF_TRADE', `own order ${own.order_id} at ${formatDecimal(own.price)}`);
  }
  return null;
}

/** The taker gate: slippage, and half spread with fee, within the tier's budget; equality passes. */
function takerProblem(look: Look, cost: Cost): Denial | null {
  const { command, settings } = look;
  const tier = command.tier === 'T2' || command.tier === 'T3' ? command.tier : 'T1';
  const slippageMax = BigInt(Math.min(50, settings.taker.slippage_bps_max[tier])) * SCALE;
  if (cost.slippage_bps > slippageMax)
    return no('TAKER_BUDGET_EXCEEDED', `slippage ${formatDecimal(cost.slippage_bps)} bps, limit ${formatDecimal(slippageMax)}`);
  const budget = BigInt(settings.taker.budget_bps[tier] + 2) * SCALE;
  const total = cost.spread_bps / 2n + cost.fee_bps;
  return total > budget
    ? no('TAKER_BUDGET_EXCEEDED', `half spread and fee ${formatDecimal(total)} bps, limit ${formatDecimal(budget)}`)
    : null;
}

export function lastLook(look: Look): Terms | Denial {
  const { command, market, opening, portfolio } = look;
  const { info, newest: quote } = market;
  const early = beforeQuote(look) ?? (opening ? (quoteProblem(look, quote) ?? referenceProblem(look)) : null);
  if (early !== null || info === null) return early ?? no('INSTRUMENT_INFO_STALE', 'never seen');
  const resolved = resolvePrice(look, quote, info);
  if ('reason' in resolved) return resolved;
  const { filters } = info;
  const reference = quote === null ? market.last_close : (quote.bid + quote.ask) / 2n;
  const touch = quote === null ? market.last_close : touchOf(quote, command.side);
  const { order_type, note } = resolved;
  const price =
    opening || resolved.price === null ? resolved.price : clampToBand(resolved.price, command.side, filters, reference);
  const stop_price = command.stop_price === null ? null : triggerToTick(command.stop_price, command.side, filters.tick);
  const wanted = command.quantity ?? quantityOf(command.quote_notional ?? 0n, price ?? stop_price ?? touch, filters.step);
  const quantity = roundQuantity(wanted, filters, order_type, opening);
  const own = ownCounts(portfolio, command.instrument);
  const filtered = filterFailure(
    {
      side: command.side,
      order_type,
      opening,
      price,
      stop_price,
      quantity,
      touch,
      reference,
      orders: own.orders,
      stops: own.stops,
      stops_owed: own.stops_owed,
      position: own.position,
    },
    filters,
  );
  if (filtered !== null) return no(filtered.code, filtered.detail);
  const cost = expectedCost(look, order_type, quote, mul(price ?? stop_price ?? touch, quantity));
  if (opening && quote !== null) {
    const problem =
      collarProblem(look, quote, price, order_type) ??
      selfTrade(look, price) ??
      (isTaker({ order_type, time_in_force: command.time_in_force }) ? takerProblem(look, cost) : null);
    if (problem !== null) return problem;
  }
  return { order_type, price, stop_price, quantity, quote, cost, note };
}

/** What the venue's count and position limits are held against. */
function ownCounts(
  portfolio: Portfolio,
  instrument: string,
): { orders: number; stops: number; stops_owed: number; position: Quantity } {
  const book = portfolio.books.get(instrument) ?? [];
  const held = portfolio.account.holdings.get(instrument)?.quantity ?? 0n;
  let stops = 0;
  let buying = 0n;
  for (const order_id of book) {
    const order = portfolio.orders.get(order_id);
    if (order?.order_type === 'STOP') stops += 1;
    if (order?.side === 'BUY') buying += order.quantity - order.filled;
  }
  return { orders: book.length, stops, stops_owed: held !== 0n && stops === 0 ? 1 : 0, position: held + buying };
}
