// The venue's filters: each is broken by one row, and equality passes.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../../schemas/money.ts';
import type { Filters } from '../../../schemas/records.generated.ts';
import { brokenFilter, type FilteredOrder } from './filters.ts';

const filters: Filters = {
  tick: d('0.01'),
  min_price: d('1'),
  max_price: d('1000'),
  step: d('0.001'),
  min_qty: d('0.01'),
  max_qty: d('5'),
  market_step: null,
  market_min_qty: null,
  market_max_qty: null,
  min_notional: d('10'),
  max_notional: d('400'),
  apply_min_to_market: true,
  apply_max_to_market: false,
  price_band: { bid_down: d('0.5'), bid_up: d('1.1'), ask_down: d('0.9'), ask_up: d('2') },
  max_orders: 10,
  max_algo_orders: null,
  max_position: d('6'),
};
const order: FilteredOrder = {
  buy: true,
  price: d('100'),
  quantity: d('1'),
  reference: d('100'),
  open_orders: 5,
  stops: 1,
  position_after: d('1'),
};

test('an order within all of them', () => {
  expect(brokenFilter(filters, order)).toBeNull();
});

describe('each filter', () => {
  test.each<[name: string, change: Partial<FilteredOrder>, edge: Partial<FilteredOrder>]>([
    ['TICK', { price: d('100.005') }, { price: d('100.01') }],
    ['TICK', { price: d('0.99'), quantity: d('5'), reference: d('1') }, { price: d('2'), quantity: d('5'), reference: d('2') }],
    ['STEP', { quantity: d('1.0005') }, { quantity: d('1.001') }],
    ['STEP', { quantity: d('0.009') }, { quantity: d('0.1') }],
    ['STEP', { quantity: d('5.001') }, { quantity: d('4') }],
    ['STEP', { quantity: 0n }, { quantity: d('1') }],
    ['NOTIONAL_MIN', { quantity: d('0.099') }, { quantity: d('0.1') }],
    ['NOTIONAL_MAX', { quantity: d('4.001') }, { quantity: d('4') }],
    ['PERCENT_PRICE', { price: d('110.01') }, { price: d('110') }],
    ['PERCENT_PRICE', { buy: false, price: d('89.99') }, { buy: false, price: d('90') }],
    ['ORDERS_MAX', { open_orders: 9 }, { open_orders: 8 }],
    ['POSITION_MAX', { position_after: d('6.001') }, { position_after: d('6') }],
  ])('%s', (name, broken, edge) => {
    expect(brokenFilter(filters, { ...order, ...broken })?.name).toBe(name);
    expect(brokenFilter(filters, { ...order, ...edge })).toBeNull();
  });

  test.each([
    ['15', true],
    ['10', true],
    ['5', false],
  ])('minimum 10: %s passes: %s', (notional, passes) => {
    const quantity = d(notional) / 100n;
    expect(brokenFilter(filters, { ...order, quantity }) === null).toBe(passes);
  });

  test('a limit that the venue does not set is not checked', () => {
    const none: Filters = {
      ...filters,
      min_notional: null,
      max_notional: null,
      price_band: null,
      max_orders: null,
      max_position: null,
      min_qty: null,
      max_qty: null,
      max_price: null,
      min_price: null,
    };
    expect(
      brokenFilter(none, { ...order, quantity: d('0.001'), price: d('0.01'), open_orders: 999, position_after: d('999') }),
    ).toBeNull();
  });
});
