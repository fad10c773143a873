// Units, unit price, drawdown and period returns: cash flows do not move performance, and stops trip on equality.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mul, ratioBps } from '../../../schemas/money.ts';
import { DAY } from '../../../schemas/time.ts';
import { assertLedger } from './assertion.ts';
import { bookCashFlow } from './cash-flows.ts';
import { drawdownReached, equityOf, periodLossReached } from './equity.ts';
import { book, dec, exampleFill, exampleLedger, MAX_AGE_US, mark, show, T0 } from './example.ts';
import type { Ledger } from './ledger.ts';
import { rebase, rollPeriods } from './periods.ts';

const perp = { kind: 'perp' } as const;

/** A perp long of 100 at 100, marked so that NAV becomes the given amount. */
function withNav(cash: string, nav: string, at = T0): Ledger {
  const l = exampleLedger(cash);
  rollPeriods(l, at);
  book(l, exampleFill('BUY', '100', '100', '0', perp));
  setNav(l, nav, at);
  return l;
}

function setNav(l: Ledger, nav: string, at = T0): void {
  mark(l, show(100_000_000_000_000n + (dec(nav) - l.cash) / 100n), at);
  expect(show(l.nav)).toBe(nav);
}

describe('units', () => {
  test('a withdrawal leaves price and drawdown', () => {
    const l = withNav('10000', '9500');
    expect(equityOf(l, T0, MAX_AGE_US)).toMatchObject({ unit_price: dec('.95'), drawdown_bps: 500 });
    expect(bookCashFlow(l, { amount: dec('-9000'), asset: 'USDT' }, T0, MAX_AGE_US)).toBe('BOOKED');
    expect([show(l.units), show(l.nav)]).toEqual(['526.315789473684', '500']);
    expect(equityOf(l, T0, MAX_AGE_US)).toMatchObject({ unit_price: dec('.95'), drawdown_bps: 500 });
    expect(assertLedger(l)).toBeNull();
  });

  test('a deposit at the high, then a fall of exactly 1500 bps', () => {
    const l = withNav('10000', '12000');
    expect(show(l.hwm)).toBe('1.2');
    bookCashFlow(l, { amount: dec('5000'), asset: 'USDT' }, T0, MAX_AGE_US);
    expect(show(l.units)).toBe('14166.666666666667');
    setNav(l, '14450');
    expect(equityOf(l, T0, MAX_AGE_US)).toMatchObject({ unit_price: dec('1.02'), hwm: dec('1.2'), drawdown_bps: 1_500 });
    expect(drawdownReached(l, 1_500)).toBe(true);
    expect(drawdownReached(l, 1_501)).toBe(false);
  });

  test('a flow while NAV is unknown waits for the Mark', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100', '0', perp));
    expect(equityOf(l, T0, MAX_AGE_US).nav).toBeNull();
    expect(bookCashFlow(l, { amount: dec('500'), asset: 'USDT' }, T0, MAX_AGE_US)).toBe('WAITING');
    expect(show(l.cash)).toBe('10000');
    mark(l, '100');
    expect([show(l.cash), show(l.units), l.pending_flows.length]).toEqual(['10500', '10500', 0]);
  });

  test('or for the fill that ends the position without one', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100', '0', perp));
    bookCashFlow(l, { amount: dec('500'), asset: 'USDT' }, T0, MAX_AGE_US);
    const { closed } = book(l, exampleFill('SELL', '1', '100', '0', perp));
    expect([show(closed?.nav_after), show(l.nav), show(l.units)]).toEqual(['10000', '10500', '10500']);
  });

  test('a flow in a third asset waits for its rate and is no profit', () => {
    const l = exampleLedger();
    expect(bookCashFlow(l, { amount: dec('2'), asset: 'X' }, T0, MAX_AGE_US)).toBe('WAITING');
    book(l, exampleFill('BUY', '1', '100', '0', { ...perp, bid: dec('100'), ask: dec('100') }));
    mark(l, '100', T0, { fee_rates: { X: dec('50') } });
    expect([show(l.units), show(l.nav), show(l.unit_price)]).toEqual(['10100', '10100', '1']);
    expect(assertLedger(l)).toBeNull();
  });

  test('everything withdrawn, money back: the old price goes on', () => {
    const l = withNav('10000', '9500');
    book(l, exampleFill('SELL', '100', '95', '0', perp));
    bookCashFlow(l, { amount: dec('-9500'), asset: 'USDT' }, T0, MAX_AGE_US);
    expect([show(l.units), show(equityOf(l, T0, MAX_AGE_US).unit_price)]).toEqual(['0', '0.95']);
    bookCashFlow(l, { amount: dec('95'), asset: 'USDT' }, T0, MAX_AGE_US);
    expect([show(l.units), show(equityOf(l, T0, MAX_AGE_US).unit_price)]).toEqual(['100', '0.95']);
  });
});

describe('NAV is known while every mark is young enough', () => {
  test.each([
    ['at its limit', MAX_AGE_US, '10000'],
    ['1 µs older', MAX_AGE_US + 1, 'null'],
  ])('%s', (_, later, nav) => {
    expect(show(equityOf(withNav('10000', '10000'), T0 + later, MAX_AGE_US).nav)).toBe(nav);
  });
});

describe('periods', () => {
  // Realised, then total, of a day that began at NAV 10000.
  test.each([
    ['realised −150, total −310', '-150', '9690', true],
    ['realised −310, total +20', '-310', '10020', true],
    ['realised −300, total 0: equality', '-300', '10000', true],
    ['realised 0, total −300: equality', '0', '9700', true],
    ['realised −299, total −299', '-299', '9701', false],
  ])('%s against a stop of 300 bps', (_, realised, nav, trips) => {
    const l = withNav('10000', '10000');
    const exit = show(100_000_000_000_000n + dec(realised) / 50n);
    book(l, exampleFill('SELL', '50', exit, '0', perp));
    mark(l, show(100_000_000_000_000n + (dec(nav) - l.cash) / 50n));
    expect([show(l.day.realised), show(l.nav)]).toEqual([realised, nav]);
    expect(periodLossReached(l, 'day', 300)).toBe(trips);
    expect(periodLossReached(l, 'week', 300)).toBe(trips);
  });

  test('a UTC day and an ISO week begin at the first record at or past their boundary', () => {
    const l = exampleLedger();
    expect(rollPeriods(l, T0)).toEqual({ day: true, week: true });
    expect(rollPeriods(l, T0 + DAY - 1)).toEqual({ day: false, week: false });
    expect(rollPeriods(l, T0 + DAY)).toEqual({ day: true, week: false });
    // T0 is a Wednesday: Monday is five days on.
    expect(rollPeriods(l, T0 + 5 * DAY - 1)).toEqual({ day: true, week: false });
    expect(rollPeriods(l, T0 + 5 * DAY)).toEqual({ day: true, week: true });
    expect(rollPeriods(l, T0)).toEqual({ day: false, week: false });
  });

  test('a roll starts from the present price, a new baseline too, and neither changes the high', () => {
    const l = withNav('10000', '9700');
    expect(equityOf(l, T0, MAX_AGE_US).day_bps).toBe(-300);
    rollPeriods(l, T0 + DAY);
    expect(equityOf(l, T0 + DAY, 2 * DAY)).toMatchObject({ day_bps: 0, week_bps: -300, drawdown_bps: 300 });
    rebase(l, 'week');
    expect(equityOf(l, T0 + DAY, 2 * DAY)).toMatchObject({ week_bps: 0, drawdown_bps: 300 });
    rebase(l, 'hwm');
    expect(equityOf(l, T0 + DAY, 2 * DAY).drawdown_bps).toBe(0);
    setNav(l, '9800', T0 + DAY);
    expect(show(l.hwm)).toBe('0.98');
  });
});

describe('a new baseline', () => {
  test('starts the stop anew, and leaves what the day has realised as it was', () => {
    const l = exampleLedger();
    rollPeriods(l, T0);
    book(l, exampleFill('BUY', '10', '100', '0', perp));
    book(l, exampleFill('SELL', '10', '70', '0', perp));
    expect(equityOf(l, T0, MAX_AGE_US)).toMatchObject({ day_bps: -300, realised_day: dec('-300') });
    rebase(l, 'day');
    expect(equityOf(l, T0, MAX_AGE_US)).toMatchObject({ day_bps: 0, realised_day: dec('-300') });
    expect(periodLossReached(l, 'day', 300)).toBe(false);
    book(l, exampleFill('BUY', '10', '100', '0', perp));
    book(l, exampleFill('SELL', '10', '90', '0', perp));
    expect(equityOf(l, T0, MAX_AGE_US).realised_day).toBe(dec('-400'));
    expect(periodLossReached(l, 'day', 104)).toBe(false);
    expect(periodLossReached(l, 'day', 103)).toBe(true);
  });
});

describe('losses in a row', () => {
  test('a loss adds one, a win resets, zero leaves', () => {
    const l = exampleLedger();
    const runs = ['-1', '-1', '0', '-1', '2', '-1'].map((result) => {
      book(l, exampleFill('BUY', '1', '100', '0', perp));
      book(l, exampleFill('SELL', '1', show(dec('100') + dec(result)), '0', perp));
      return [l.consecutive_losses, l.strategy_losses.get('momentum')];
    });
    expect(runs).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
      [3, 3],
      [0, 0],
      [1, 1],
    ]);
  });
});

describe('doubles decide only what exact numbers would decide alike', () => {
  const units = fc.bigInt(1n, 10n ** 24n);
  const unit = fc.bigInt(10n ** 11n, 10n ** 13n);
  /** Parts of half a basis point of the start, and a few units of the last place around them. */
  const halves = fc.integer({ min: -400, max: 400 });
  const off = fc.bigInt(-3n, 3n);
  const billionths = fc.oneof(fc.constant(0n), fc.bigInt(-30n, 30n));

  test('realised results in basis points, at and around every half', () => {
    fc.assert(
      fc.property(units, unit, halves, off, (held, price, half, apart) => {
        const l = exampleLedger();
        const start = mul(price, held);
        const realised = (start * BigInt(half)) / 20_000n + apart;
        Object.assign(l, { units: held, unit_price: price, unit_nav: l.nav, hwm: price });
        l.day.unit = price;
        l.day.realised = realised;
        expect(equityOf(l, T0, MAX_AGE_US).day_bps).toBe(start <= 0n ? 0 : Math.min(ratioBps(realised, start), 0));
      }),
    );
  });

  test('a stop on realised results, at and around its limit', () => {
    fc.assert(
      fc.property(units, unit, fc.integer({ min: 1, max: 10_000 }), billionths, off, (held, price, limit_bps, share, apart) => {
        const l = exampleLedger();
        const start = mul(price, held);
        const limit = (start * BigInt(limit_bps)) / 10_000n;
        const realised = -(limit * (1_000_000_000n + share)) / 1_000_000_000n + apart;
        Object.assign(l, { units: held, unit_price: price, unit_nav: l.nav });
        l.day.unit = price;
        l.day.realised = realised;
        const reached = realised < 0n && start > 0n && -realised * 10_000n >= BigInt(limit_bps) * start;
        expect(periodLossReached(l, 'day', limit_bps)).toBe(reached);
      }),
    );
  });
});
