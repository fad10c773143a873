// The venue's filters: one row per rule and its border.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../schemas/money.ts';
import { blankFilters, type Filters } from '../../schemas/records.generated.ts';
import { clampToBand, type FilteredOrder, filterFailure, roundQuantity, statusAllows } from './filters.ts';

const filters: Filters = { ...blankFilters(), tick: d('0.01'), step: d('0.00001') };
const order: FilteredOrder = {
  side: 'BUY',
  order_type: 'LIMIT',
  opening: true,
  price: d('100'),
  stop_price: null,
  quantity: d('1'),
  touch: d('101'),
  reference: d('100'),
  orders: 0,
  stops: 0,
  stops_owed: 0,
  position: 0n,
};
const band = { bid_down: d('0.9'), bid_up: d('1.1'), ask_down: d('0.8'), ask_up: d('1.2') };

describe('first failure', () => {
  test.each<[string, Partial<FilteredOrder>, Partial<Filters>, string | null]>([
    ['nothing set', {}, {}, null],
    ['price off the tick', { price: d('100.001') }, {}, 'FILTER_TICK'],
    ['price below the least', { price: d('9.99') }, { min_price: d('10') }, 'FILTER_TICK'],
    ['price at the least', { price: d('10') }, { min_price: d('10') }, null],
    ['price above the most', { price: d('100.01') }, { max_price: d('100') }, 'FILTER_TICK'],
    ['no price limit where it is 0', { price: d('100') }, { max_price: 0n }, null],
    ['stop off the tick', { price: null, stop_price: d('97.001'), order_type: 'STOP' }, {}, 'FILTER_TICK'],
    ['quantity 0 after rounding', { quantity: 0n }, {}, 'FILTER_STEP'],
    ['0.99 with minimum 1', { quantity: d('0.99') }, { min_qty: d('1') }, 'FILTER_STEP'],
    ['1 with minimum 1', { quantity: d('1') }, { min_qty: d('1') }, null],
    ['above the largest', { quantity: d('2') }, { max_qty: d('1') }, 'FILTER_STEP'],
    ['off the step', { quantity: d('0.000001') }, {}, 'FILTER_STEP'],
    ['market lot is coarser', { order_type: 'MARKET', price: null, quantity: d('0.5') }, { market_step: d('1') }, 'FILTER_STEP'],
    ['notional 15 of 10', { price: d('15') }, { min_notional: d('10') }, null],
    ['notional 10 of 10', { price: d('10') }, { min_notional: d('10') }, null],
    ['notional 5 of 10', { price: d('5') }, { min_notional: d('10') }, 'FILTER_NOTIONAL_MIN'],
    [
      'market notional is valued at the touch',
      { order_type: 'MARKET', price: null, touch: d('9') },
      { min_notional: d('10'), apply_min_to_market: true },
      'FILTER_NOTIONAL_MIN',
    ],
    [
      'unless it does not apply to market',
      { order_type: 'MARKET', price: null, touch: d('9') },
      { min_notional: d('10'), apply_min_to_market: false },
      null,
    ],
    ['notional above the most', {}, { max_notional: d('99.99') }, 'FILTER_NOTIONAL_MAX'],
    ['notional at the most', {}, { max_notional: d('100') }, null],
    ['at the band’s top', { price: d('110') }, { price_band: band }, null],
    ['above the band', { price: d('110.01') }, { price_band: band }, 'FILTER_PERCENT_PRICE'],
    ['below the band', { price: d('89.99') }, { price_band: band }, 'FILTER_PERCENT_PRICE'],
    ['a sale has its own band', { side: 'SELL', price: d('110.01') }, { price_band: band }, null],
    ['the last order slot is kept for a stop', { orders: 4, stops_owed: 1 }, { max_orders: 5 }, 'FILTER_ORDERS_MAX'],
    ['a closing may take it', { orders: 4, stops_owed: 1, opening: false }, { max_orders: 5 }, null],
    ['no slot left', { orders: 5, opening: false }, { max_orders: 5 }, 'FILTER_ORDERS_MAX'],
    [
      'too many stops',
      { order_type: 'STOP', price: null, stop_price: d('97'), stops: 5 },
      { max_algo_orders: 5 },
      'FILTER_ORDERS_MAX',
    ],
    ['position to the most', { position: d('9') }, { max_position: d('10') }, null],
    ['position above it', { position: d('9.1') }, { max_position: d('10') }, 'FILTER_POSITION_MAX'],
    ['a closing is not counted', { position: d('9.1'), opening: false }, { max_position: d('10') }, null],
  ])('%s', (_name, orderChanges, filterChanges, code) => {
    expect(filterFailure({ ...order, ...orderChanges }, { ...filters, ...filterChanges })?.code ?? null).toBe(code);
  });
  test('evidence names observed and limit', () => {
    expect(filterFailure({ ...order, price: d('5') }, { ...filters, min_notional: d('10') })?.detail).toBe(
      'observed 5, limit 10',
    );
  });
});

describe('rounding', () => {
  test.each([
    ['0.123456', '0.12345'],
    ['0.12345', '0.12345'],
  ])('quantity %s: %s', (quantity, rounded) => {
    expect(roundQuantity(d(quantity), filters, 'LIMIT', true)).toBe(d(rounded));
  });
  test('a closing above the most is cut to it, an opening is not', () => {
    const limited = { ...filters, max_qty: d('2') };
    expect(roundQuantity(d('5'), limited, 'LIMIT', false)).toBe(d('2'));
    expect(roundQuantity(d('5'), limited, 'LIMIT', true)).toBe(d('5'));
  });
  test.each([
    ['120', '110'],
    ['80', '90'],
    ['100', '100'],
  ])('a closing price %s is moved into the band: %s', (price, moved) => {
    expect(clampToBand(d(price), 'BUY', { ...filters, price_band: band }, d('100'))).toBe(d(moved));
  });
});

describe('status', () => {
  test.each([
    ['TRADING', true, 'LIMIT', true],
    ['POST_ONLY', true, 'POST_ONLY', false],
    ['POST_ONLY', false, 'POST_ONLY', true],
    ['POST_ONLY', false, 'LIMIT', false],
    ['LIMIT_ONLY', false, 'LIMIT', true],
    ['LIMIT_ONLY', false, 'MARKET', false],
    ['LIMIT_ONLY', true, 'LIMIT', false],
    ['CANCEL_ONLY', false, 'LIMIT', false],
    ['HALTED', false, 'LIMIT', false],
    ['OFFLINE', false, 'MARKET', false],
  ] as const)('%s, opening %s, %s: %s', (status, opening, type, allowed) => {
    expect(statusAllows(status, opening, type)).toBe(allowed);
  });
});
