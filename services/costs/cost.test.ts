// The cost model against its table, its factors, and the break-even and fee vectors.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bpsOf, decimal } from '../../schemas/money.ts';
import { type CostInput, estimateCost, marketBps, roundTripBps, spreadBps, takerFloorBps, worsened } from './cost.ts';
import { type Fees, feesOf, grossUpCeil, grossUpFloor } from './fees.ts';
import { BENCH_COSTS, BENCH_FEES, STANDARD_COSTS, STANDARD_FEES } from './standard.ts';
import { exactAmount } from './table.ts';

const d = decimal;
const base: CostInput = {
  quote: null,
  side: 'BUY',
  notional: d('5000'),
  order_type: 'MARKET',
  tier: 'T1',
  atr_share: null,
  costs: STANDARD_COSTS,
  fees: feesOf(STANDARD_FEES, 'default'),
};

describe('cost table without a quote', () => {
  test.each([
    ['T1', 'POST_ONLY', '10', '1', '40'],
    ['T1', 'LIMIT', '10', '2.5', '60'],
    ['T1', 'MARKET', '10', '10', '60'],
    ['T2', 'POST_ONLY', '20', '2', '40'],
    ['T2', 'LIMIT', '20', '5', '60'],
    ['T2', 'MARKET', '20', '25', '60'],
    ['T3', 'POST_ONLY', '40', '4', '40'],
    ['T3', 'LIMIT', '40', '10', '60'],
    ['T3', 'MARKET', '40', '50', '60'],
    [null, 'MARKET', '40', '50', '60'],
    ['T9', 'POST_ONLY', '40', '4', '40'],
  ] as const)('%s %s: spread %s, slippage %s, fee %s', (tier, order_type, spread, slippage, fee) => {
    const cost = estimateCost({ ...base, tier, order_type });
    expect(cost.spread_bps).toBe(d(spread));
    expect(cost.slippage_bps).toBe(d(slippage));
    expect(cost.fee_bps).toBe(d(fee));
    expect(cost.round_trip_bps).toBe(2n * (d(fee) + d(slippage)));
  });

  test.each([
    ['10000', null, '10'],
    ['10000.000000000001', null, '10.6'],
    ['20000', null, '10.6'],
    ['20000.01', null, '11.4'],
    ['50000', null, '11.4'],
    ['50000.01', null, '12'],
    ['5000', 0.05, '10'],
    ['5000', 0.06, '12'],
    ['5000', 0.075, '15'],
    ['5000', 0.5, '15'],
    ['5000', Number.NaN, '10'],
    ['100000', 0.06, '14.4'],
  ])('notional %s with ATR share %s: market %s', (notional, atr_share, market) => {
    expect(marketBps({ ...base, notional: d(notional), atr_share })).toBe(d(market));
  });

  test.each([
    ['T1', '5000', null, '100.1'],
    ['T2', '5000', null, '100.25'],
    ['T3', '5000', null, '100.5'],
    ['T1', '100000', 0.06, '100.144'],
    ['T2', '100000', 0.06, '100.36'],
    ['T3', '100000', 0.06, '100.72'],
  ])('%s market buy of %s at mid 100 with ATR share %s: %s', (tier, notional, atr_share, price) => {
    const market = marketBps({ ...base, tier, notional: d(notional), atr_share });
    expect(worsened(d('100'), 'BUY', market)).toBe(d(price));
    expect(worsened(d('100'), 'SELL', market)).toBe(d('200') - d(price));
  });
});

describe('cost with a quote', () => {
  const quote = { bid: d('99.98'), ask: d('100.02'), bid_size: d('10'), ask_size: d('20') };
  test.each([
    ['BUY', '2000.4', '2'],
    ['BUY', '2000.400000000001', '7'],
    ['SELL', '999.8', '2'],
    ['SELL', '999.81', '7'],
  ] as const)('%s of %s against the displayed touch: %s', (side, notional, slippage) => {
    const cost = estimateCost({ ...base, quote, side, notional: d(notional) });
    expect(cost.spread_bps).toBe(d('4'));
    expect(cost.slippage_bps).toBe(d(slippage));
  });
  test('resting orders pay a share of the quoted spread', () => {
    expect(estimateCost({ ...base, quote, order_type: 'POST_ONLY' }).slippage_bps).toBe(d('0.4'));
    expect(estimateCost({ ...base, quote, order_type: 'LIMIT' }).slippage_bps).toBe(d('1'));
  });
  test('spread is measured from mid', () => expect(spreadBps({ bid: d('99'), ask: d('101') })).toBe(d('200')));
});

describe('break-even round trips', () => {
  const rows = [
    ['T1', '82', '122', '111', '140'],
    ['T2', '84', '124', '127', '170'],
    ['T3', '88', '128', '154', '220'],
  ] as const;
  test.each(rows)('%s: maker %s, taker floor %s, maker in and market out %s, market %s', (tier, maker, floor, mixed, market) => {
    const resting = estimateCost({ ...base, tier, order_type: 'POST_ONLY' });
    const taking = estimateCost({ ...base, tier });
    expect(resting.round_trip_bps).toBe(d(maker));
    expect(takerFloorBps({ ...base, tier })).toBe(d(floor));
    expect(roundTripBps(resting, taking)).toBe(d(mixed));
    expect(taking.round_trip_bps).toBe(d(market));
  });
  test('50 000 bought and 52 000 sold as taker: fees 612, net 1 388, 2.7594 % of the cost with its entry fee', () => {
    const entry = bpsOf(d('50000'), 60);
    const exit = bpsOf(d('52000'), 60);
    const net = d('2000') - entry - exit;
    expect(entry + exit).toBe(d('612'));
    expect(net).toBe(d('1388'));
    expect((Number(net) / Number(d('50000') + entry)).toFixed(6)).toBe('0.027594');
  });
  test('in a free market only the fee remains', () => {
    const cost = estimateCost({ ...base, costs: BENCH_COSTS, fees: feesOf(BENCH_FEES, 'sim') });
    expect(cost).toEqual({ fee_bps: d('10'), spread_bps: 0n, slippage_bps: 0n, round_trip_bps: d('20') });
  });
});

describe('fees', () => {
  test.each([
    ['binance', 10, 10],
    ['mexc', 0, 10],
    ['dex', 30, 30],
    ['nowhere', 40, 60],
    ['constructor', 40, 60],
  ])('%s: %i / %i', (venue, maker, taker) => {
    expect(feesOf(STANDARD_FEES, venue)).toMatchObject({ maker, taker });
  });
  test('rates told by the venue replace the table', () => {
    expect(feesOf(STANDARD_FEES, 'binance', { maker_bps: 2, taker_bps: 4 })).toEqual({ maker: 2, taker: 4 });
  });
  test('a pool costs at least 50 bps and a cent of gas', () => {
    const fees: Fees = feesOf(STANDARD_FEES, 'dex');
    expect(marketBps({ ...base, fees })).toBe(d('50'));
    expect(exactAmount(fees.gas ?? 0)).toBe(d('0.01'));
  });
  test.each([
    [40, '1.004016064257', '1.004016064258'],
    [60, '1.006036217303', '1.006036217304'],
  ])('gross-up of 1 by %i bps: %s, %s for sizing', (fee, floor, ceil) => {
    expect(grossUpFloor(d('1'), fee)).toBe(d(floor));
    expect(grossUpCeil(d('1'), fee)).toBe(d(ceil));
    expect(grossUpCeil(d('1'), fee) - bpsOf(grossUpCeil(d('1'), fee), fee)).toBeGreaterThanOrEqual(d('1'));
  });
});

test('larger, wilder and worse-ranked orders never cost less', () => {
  fc.assert(
    fc.property(
      fc.bigInt(1n, 10n ** 18n),
      fc.bigInt(0n, 10n ** 18n),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (a, more, atr) => {
        const small = marketBps({ ...base, notional: a, atr_share: atr });
        expect(marketBps({ ...base, notional: a + more, atr_share: atr })).toBeGreaterThanOrEqual(small);
        expect(small).toBeGreaterThanOrEqual(marketBps({ ...base, notional: a }));
        expect(marketBps({ ...base, tier: 'T2', notional: a, atr_share: atr })).toBeGreaterThanOrEqual(small);
      },
    ),
  );
});
