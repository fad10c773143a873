// Reservations, exposure, slots and quarantine: what open orders and unbooked fills take away from the limits.
import { describe, expect, test } from 'vitest';
import { assertLedger } from './assertion.ts';
import { book, dec, EXAMPLE_PLAN, exampleFill, exampleLedger, mark, show, T0 } from './example.ts';
import { clearExternal, exposureOf, setExternal, slotsUsed } from './exposure.ts';
import type { Ledger, Scope } from './ledger.ts';
import { adoptQuarantined, dismissQuarantined, isQuarantined, quarantineFill } from './quarantine.ts';
import { convertReservation, pendingReduction, releaseReservation, reserveEntry, reserveReduction } from './reservations.ts';

const BTC = { instrument: 'BTC-USDT', venue: 'sim', chain: '', tier: 'T1', theme: 'LAYER1', strategy: 'momentum' };
const PEPE = { instrument: 'PEPE-USDT', venue: 'dex', chain: 'solana', tier: 'T3', theme: 'MEME', strategy: 'flush_buy' };

function entry(l: Ledger, scopes = BTC, order_id = 'o1'): void {
  reserveEntry(l, scopes, { order_id, quantity: dec('2'), notional: dec('200'), cash: dec('201') });
}

describe('an entry order', () => {
  test('reserves at once, converts by its fills, and is gone with the last', () => {
    const l = exampleLedger();
    entry(l);
    expect([show(l.cash_reserved), show(exposureOf(l, 'symbol', 'BTC-USDT')), l.reservations.size]).toEqual(['201', '200', 1]);
    convertReservation(l, 'o1', dec('.5'));
    expect([show(l.cash_reserved), show(exposureOf(l, 'total'))]).toEqual(['150.75', '150']);
    convertReservation(l, 'o1', dec('1.5'));
    expect([show(l.cash_reserved), l.reservations.size]).toEqual(['0', 0]);
    expect(assertLedger(l)).toBeNull();
  });

  test('its end releases the rest, except what was filled and not delivered', () => {
    const l = exampleLedger();
    entry(l);
    releaseReservation(l, 'o1', dec('.5'));
    expect([show(l.cash_reserved), show(l.reservations.get('o1')?.quantity)]).toEqual(['50.25', '0.5']);
    releaseReservation(l, 'o1');
    expect([show(l.cash_reserved), l.reservations.size]).toEqual(['0', 0]);
  });

  test('asking again replaces it', () => {
    const l = exampleLedger();
    entry(l);
    entry(l);
    expect(show(l.cash_reserved)).toBe('201');
  });

  test('a reservation without a living order is a bug', () => {
    const l = exampleLedger();
    entry(l);
    expect(assertLedger(l, () => true)).toBeNull();
    entry(l);
    expect(assertLedger(l, () => false)).toBe('ledger: reservation of o1: its order is neither open nor unknown');
  });
});

test('two exits cannot sell the same quantity; a resting stop is not counted', () => {
  const l = exampleLedger();
  book(l, exampleFill('BUY', '3', '100'));
  reserveReduction(l, BTC, { order_id: 'x1', quantity: dec('2'), resting_stop: false });
  reserveReduction(l, BTC, { order_id: 'x2', quantity: dec('3'), resting_stop: true });
  expect(show(pendingReduction(l, 'BTC-USDT'))).toBe('2');
  expect([show(exposureOf(l, 'total')), show(l.cash_reserved)]).toEqual(['300', '0']);
});

describe('exposure', () => {
  const ROWS: readonly [Scope, string, string][] = [
    ['symbol', 'BTC-USDT', '310'],
    ['symbol', 'PEPE-USDT', '200'],
    ['tier', 'T1', '310'],
    ['theme', 'MEME', '200'],
    ['strategy', 'momentum', '310'],
    ['venue', 'dex', '200'],
    ['chain', 'solana', '200'],
    ['chain', 'base', '0'],
    ['total', '', '510'],
  ];
  test.each(ROWS)('of %s %s is %s: one position at its mark, one reservation', (scope, key, value) => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '3.1', '90'));
    mark(l, '100');
    entry(l, PEPE);
    expect(show(exposureOf(l, scope, key))).toBe(value);
  });

  test('external holdings count 5 % more until they are gone', () => {
    const l = exampleLedger();
    setExternal(l, { ...PEPE, value: dec('100') });
    expect(show(exposureOf(l, 'theme', 'MEME'))).toBe('105');
    expect(slotsUsed(l)).toBe(0);
    expect([clearExternal(l, 'PEPE-USDT'), show(exposureOf(l, 'total'))]).toEqual([true, '0']);
  });
});

describe('slots', () => {
  test.each([
    ['below 1 unit', '0.99', '1', 0],
    ['at 1 unit', '1', '1', 1],
    ['below a quarter of the smallest order', '1.24', '5', 0],
    ['at a quarter of the smallest order', '1.25', '5', 1],
  ])('a position worth %s', (_, price, min_notional, slots) => {
    const l = exampleLedger();
    const opening = { ...EXAMPLE_PLAN, min_notional: dec(min_notional) };
    book(l, exampleFill('BUY', '1', price, '0', { opening }));
    expect(slotsUsed(l)).toBe(slots);
    expect(show(exposureOf(l, 'total'))).toBe(price);
  });

  test('an entry on a held instrument takes no second slot, two orders on one instrument take one', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100'));
    entry(l);
    expect(slotsUsed(l)).toBe(1);
    entry(l, PEPE, 'o2');
    entry(l, PEPE, 'o3');
    expect(slotsUsed(l)).toBe(2);
  });
});

describe('quarantine', () => {
  test('the excess of an over-fill is exposure until it is adopted', () => {
    const l = exampleLedger();
    const fill = exampleFill('BUY', '3', '100', '0', { order_id: 'o1' });
    book(l, { ...fill, quantity: dec('2') });
    expect(quarantineFill(l, { ...fill, quantity: dec('1') }, BTC, 'OVERFILL', T0)).toBe(true);
    expect([show(exposureOf(l, 'tier', 'T1')), isQuarantined(l, 'BTC-USDT')]).toEqual(['300', true]);
    const adopted = adoptQuarantined(l, fill.fill_id);
    expect(adopted === null ? null : book(l, adopted).applied).toBe(true);
    expect([show(exposureOf(l, 'total')), show(l.positions.get('BTC-USDT')?.qty), isQuarantined(l, 'BTC-USDT')]).toEqual([
      '300',
      '3',
      false,
    ]);
    expect(adoptQuarantined(l, fill.fill_id)).toBeNull();
  });

  test('dismissed it is gone; the same fill again is known', () => {
    const l = exampleLedger();
    const fill = exampleFill('BUY', '3', '100');
    quarantineFill(l, fill, BTC, 'OWNERLESS', T0);
    expect(quarantineFill(l, fill, BTC, 'OWNERLESS', T0)).toBe(false);
    expect([dismissQuarantined(l, fill.fill_id), show(exposureOf(l, 'total'))]).toEqual([true, '0']);
    expect(book(l, fill).duplicate).toBe(true);
    expect(show(l.cash)).toBe('10000');
  });
});

describe('the assertion finds', () => {
  test.each<[string, (l: Ledger) => void, string]>([
    [
      'cash that moved by itself',
      (l) => {
        l.cash += 1n;
      },
      'ledger: NAV: 10000 by its parts, 10000.000000000001 kept',
    ],
    [
      'a quantity that is not its fills',
      (l) => {
        const p = l.positions.get('BTC-USDT');
        if (p) p.qty += 1n;
      },
      'ledger: BTC-USDT quantity: 1 by its parts, 1.000000000001 kept',
    ],
    [
      'unrealised out of step',
      (l) => {
        l.unrealised += 1n;
      },
      'ledger: unrealised: 0 by its parts, 0.000000000001 kept',
    ],
    [
      'reserved cash out of step',
      (l) => {
        l.cash_reserved += 1n;
      },
      'ledger: reserved cash: 0 by its parts, 0.000000000001 kept',
    ],
    [
      'the cost of holdings out of step',
      (l) => {
        l.paid_cost += 1n;
      },
      'ledger: cost of paid holdings: 100 by its parts, 100.000000000001 kept',
    ],
    [
      'a third asset out of step',
      (l) => {
        l.third_value += 1n;
      },
      'ledger: third assets: 0 by its parts, 0.000000000001 kept',
    ],
  ])('%s', (_, damage, message) => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100'));
    expect(assertLedger(l)).toBeNull();
    l.bookings += 1;
    damage(l);
    expect(assertLedger(l)).toBe(message);
  });
});
