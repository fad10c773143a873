// Price and quantity at sending, against their vectors.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../schemas/money.ts';
import { crossPrice, isBeyond, limitToTick, passivePrice, quantityOf, triggerToTick } from './price.ts';

describe('PASSIVE', () => {
  test.each([
    ['100.003', '100.019', '0.01', 1, '99.99', '100.03'],
    ['61800.20', '61800.30', '0.10', 1, '61800.10', '61800.40'],
    ['0.12345', '0.12352', '0.00001', 2, '0.12343', '0.12354'],
  ])('%s/%s tick %s, %i ticks away: buy %s, sell %s', (bid, ask, tick, k, buy, sell) => {
    const quote = { bid: d(bid), ask: d(ask) };
    expect(passivePrice(quote, 'BUY', d(tick), k)).toBe(d(buy));
    expect(passivePrice(quote, 'SELL', d(tick), k)).toBe(d(sell));
  });
});

describe('CROSS', () => {
  test.each([
    ['BUY', '100.00', '100.02', '0.01', 50, '100.52'],
    ['SELL', '61800.20', '61800.30', '0.10', 300, '59946.20'],
  ] as const)('%s of %s/%s tick %s collar %i: %s', (side, bid, ask, tick, collar, price) => {
    expect(crossPrice({ bid: d(bid), ask: d(ask) }, side, d(tick), collar)).toBe(d(price));
  });
});

describe('ticks and steps', () => {
  test.each([
    ['BUY', '50000.567', '50000.56', '50000.56'],
    ['SELL', '50000.567', '50000.57', '50000.57'],
    ['BUY', '50000.56', '50000.56', '50000.56'],
  ] as const)('%s %s: limit %s, trigger %s', (side, price, limit, trigger) => {
    expect(limitToTick(d(price), side, d('0.01'))).toBe(d(limit));
    expect(triggerToTick(d(price), side, d('0.01'))).toBe(d(trigger));
  });
  test.each([
    ['5', '333.33', '0.0001', '0.0150'],
    ['100', '43210.5', '0.0001', '0.0023'],
    ['100', '100.52', '0.0001', '0.9948'],
  ])('%s at %s step %s: %s', (notional, price, step, quantity) => {
    expect(quantityOf(d(notional), d(price), d(step))).toBe(d(quantity));
  });
  test('a price beyond a limit is worse for its side; equality is not', () => {
    expect([isBeyond(2n, 'BUY', 1n), isBeyond(1n, 'BUY', 1n), isBeyond(1n, 'SELL', 2n), isBeyond(2n, 'SELL', 2n)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
