// The ledger's vectors: fees in every asset, flips, rounding, and what comes back on closing.
import { describe, expect, test } from 'vitest';
import { tradeRecord } from '../attribution/trade-record.ts';
import { assertLedger } from './assertion.ts';
import { markedNav } from './equity.ts';
import { book, bytesOf, dec, exampleFill, exampleLedger, mark, show, T0 } from './example.ts';
import { closeOrder, FILL_MEMORY_US, fillIsTooOld, forgetOldOrders } from './fill-memory.ts';
import { bookFunding } from './funding.ts';
import type { BookedFill, Ledger } from './ledger.ts';

type Row = [side: 'BUY' | 'SELL', quantity: string, price: string, fee: string] | [funding: string];

/** Books the rows; the net of each reduction in order. */
function run(l: Ledger, rows: readonly Row[], more: Partial<BookedFill> = {}): string[] {
  const nets: string[] = [];
  for (const row of rows) {
    if (row.length === 1) {
      bookFunding(l, { instrument: 'BTC-USDT', amount: dec(row[0]) });
      continue;
    }
    const before = l.positions.get('BTC-USDT');
    const was = before?.realised_net ?? 0n;
    book(l, exampleFill(row[0], row[1], row[2], row[3], more));
    expect(assertLedger(l)).toBeNull();
    if (before !== undefined && before.realised_net !== was) nets.push(show(before.realised_net - was));
  }
  return nets;
}

describe('average cost, fees, funding', () => {
  test('spot: two buys, two sells', () => {
    const l = exampleLedger();
    expect(
      run(l, [
        ['BUY', '1', '100', '.1'],
        ['BUY', '1', '110', '.11'],
      ]),
    ).toEqual([]);
    const p = l.positions.get('BTC-USDT');
    expect(show(p && (p.cost * 1_000_000_000_000n) / p.qty)).toBe('105');
    expect(
      run(l, [
        ['SELL', '.5', '120', '.06'],
        ['SELL', '1.5', '90', '.135'],
      ]),
    ).toEqual(['7.3875', '-22.7925']);
    expect(show(l.trades_net)).toBe('-15.405');
    expect(show(l.cash)).toBe('9984.595');
  });

  test('perp short with funding', () => {
    const l = exampleLedger();
    const nets = run(l, [['SELL', '2', '50', '.06'], ['.03'], ['BUY', '1', '40', '.024'], ['BUY', '1', '55', '.033']], {
      kind: 'perp',
    });
    expect(nets).toEqual(['9.961', '-5.048']);
    expect(show(l.cash)).toBe('10004.913');
  });

  test('perp flip splits at its price, fee by quantity', () => {
    const l = exampleLedger();
    expect(
      run(
        l,
        [
          ['BUY', '1', '100', '.06'],
          ['SELL', '3', '110', '.198'],
        ],
        { kind: 'perp' },
      ),
    ).toEqual(['9.874']);
    const short = l.positions.get('BTC-USDT');
    expect([show(short?.qty), show(short?.cost), show(short?.fees_open)]).toEqual(['-2', '220', '0.132']);
    expect(run(l, [['BUY', '2', '105', '.126']], { kind: 'perp' })).toEqual(['9.742']);
    expect(show(l.cash)).toBe('10019.616');
    expect(l.trades).toBe(2);
  });

  test('a flip ends one trade and begins another, both with the same fill', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100', '.06', { kind: 'perp' }));
    const effect = book(l, exampleFill('SELL', '3', '110', '.198', { kind: 'perp' }));
    expect(effect.opened).toBe(true);
    expect(effect.closed === null ? null : show(tradeRecord(l, effect.closed).net)).toBe('9.874');
    expect(effect.position?.position_id).not.toBe(effect.closed?.position.position_id);
  });

  test('spot fee in the base asset', () => {
    const l = exampleLedger();
    run(l, [['BUY', '1', '100', '.001']], { fee_asset: 'BTC' });
    const p = l.positions.get('BTC-USDT');
    expect([show(p?.qty), show(p?.cost), show(p?.fees_open), show(l.cash)]).toEqual(['0.999', '99.9', '0.1', '9900']);
    expect(run(l, [['SELL', '.999', '101', '.100899']])).toEqual(['0.798101']);
    expect(show(l.cash)).toBe('10000.798101');
  });

  test('a sale whose fee is paid in the base asset takes the fee out of the holding', () => {
    const l = exampleLedger();
    run(l, [['BUY', '1', '100', '0']]);
    expect(run(l, [['SELL', '.999', '101', '.001']], { fee_asset: 'BTC' })).toEqual(['0.899']);
    expect(l.positions.size).toBe(0);
    expect(show(l.cash)).toBe('10000.899');
  });

  test('spot fee in a third asset', () => {
    const l = exampleLedger();
    const more = { fee_asset: 'X', fee_rate: dec('600') };
    expect(
      run(
        l,
        [
          ['BUY', '.1', '50000', '.00625'],
          ['SELL', '.1', '51000', '.006375'],
        ],
        more,
      ),
    ).toEqual(['92.425']);
    expect(show(l.third.get('X')?.amount)).toBe('-0.012625');
    expect(show(l.fees)).toBe('7.575');
    expect(show(markedNav(l))).toBe('10092.425');
  });

  test('rounding leaves no residue', () => {
    const l = exampleLedger();
    run(l, [['BUY', '3', '.333333333333', '.000001']]);
    const p = l.positions.get('BTC-USDT');
    const left: string[] = [];
    const nets = [1, 2, 3].flatMap(() => {
      const net = run(l, [['SELL', '1', '.4', '0']]);
      left.push(show(p?.cost));
      return net;
    });
    expect(left).toEqual(['0.666666666666', '0.333333333333', '0']);
    expect(nets).toEqual(['0.066666333334', '0.066666333333', '0.066666333334']);
    expect(show(l.trades_net)).toBe('0.199999000001');
  });

  test('a rebate is a negative fee', () => {
    const l = exampleLedger();
    run(l, [
      ['BUY', '1', '100', '-.02'],
      ['SELL', '1', '100', '-.02'],
    ]);
    expect(show(l.trades_net)).toBe('0.04');
  });
});

describe('estimated fees', () => {
  test('no rate: the taker rate is taken, and the first Mark that knows the rate corrects it', () => {
    const l = exampleLedger();
    const effect = book(l, exampleFill('BUY', '1', '100', '.002', { fee_asset: 'X', taker_bps: 60 }));
    expect(show(effect.position?.fees)).toBe('0.6');
    expect(effect.position?.fee_estimated).toBe(true);
    mark(l, '100', T0, { fee_rates: { X: dec('250') } });
    expect(show(effect.position?.fees)).toBe('0.5');
    expect(effect.position?.fee_estimated).toBe(false);
    expect(assertLedger(l)).toBeNull();
    const closed = book(l, exampleFill('SELL', '1', '101')).closed;
    expect(closed === null ? null : show(tradeRecord(l, closed).net)).toBe('0.5');
    expect(show(markedNav(l))).toBe('10000.5');
  });

  test('still no rate when it closes: the trade names its fee as missing, the rate moves NAV later', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100', '.002', { fee_asset: 'X' }));
    const closed = book(l, exampleFill('SELL', '1', '101')).closed;
    const trade = closed === null ? null : tradeRecord(l, closed);
    expect([show(trade?.net), trade?.missing.includes('FEE')]).toEqual(['0.4', true]);
    expect(assertLedger(l)).toBeNull();
  });

  test('a fee that is not known is estimated in the currency and stays flagged', () => {
    const l = exampleLedger();
    const effect = book(l, exampleFill('BUY', '1', '100', '0', { fee: null, taker_bps: 40 }));
    expect([show(l.cash), effect.position?.fee_estimated]).toEqual(['9899.6', true]);
  });

  test('of a flip each part corrects its own share', () => {
    const l = exampleLedger();
    const more = { kind: 'perp', fee_asset: 'X', taker_bps: 0 } as const;
    book(l, exampleFill('BUY', '1', '100', '0', { kind: 'perp' }));
    const short = book(l, exampleFill('SELL', '3', '100', '.3', more)).position;
    mark(l, '100', T0, { fee_rates: { X: dec('10') } });
    expect([show(short?.fees), assertLedger(l)]).toEqual(['2', null]);
  });

  test('a correction after a partial close falls on what is left', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '2', '100', '.002', { fee_asset: 'X', taker_bps: 60 }));
    book(l, exampleFill('SELL', '1', '100'));
    mark(l, '100', T0, { fee_rates: { X: dec('250') } });
    expect(assertLedger(l)).toBeNull();
    const closed = book(l, exampleFill('SELL', '1', '100')).closed;
    expect(closed === null ? null : show(tradeRecord(l, closed).net)).toBe('-0.5');
  });
});

describe('dedup', () => {
  test('the same fill again changes no byte', () => {
    const l = exampleLedger();
    const fill = exampleFill('BUY', '1', '100', '.1');
    expect(book(l, fill).applied).toBe(true);
    const before = bytesOf(l);
    expect(book(l, fill)).toMatchObject({ applied: false, duplicate: true });
    expect(bytesOf(l)).toBe(before);
  });

  test.each([
    ['open order', null, 30 * 86_400_000_000, false, true],
    ['7 days after its end', 0, FILL_MEMORY_US, false, true],
    ['7 days and 1 µs after its end', 0, FILL_MEMORY_US + 1, true, false],
  ])('%s', (_, closed, later, tooOld, remembered) => {
    const l = exampleLedger();
    const fill = exampleFill('BUY', '1', '100');
    book(l, fill);
    if (closed !== null) closeOrder(l, fill.order_id, T0 + closed);
    expect(fillIsTooOld(l, fill.order_id, T0 + later)).toBe(tooOld);
    forgetOldOrders(l, T0 + later);
    expect(l.fills.get(fill.order_id)?.ids.includes(fill.fill_id) ?? false).toBe(remembered);
  });

  test('a revived order is open again', () => {
    const l = exampleLedger();
    const fill = exampleFill('BUY', '1', '100');
    book(l, fill);
    closeOrder(l, fill.order_id, T0);
    closeOrder(l, fill.order_id, null);
    expect(fillIsTooOld(l, fill.order_id, T0 + 2 * FILL_MEMORY_US)).toBe(false);
  });
});

describe('spot cannot go below zero', () => {
  test('the excess is quarantined and the break reported', () => {
    const l = exampleLedger();
    book(l, exampleFill('BUY', '1', '100'));
    const effect = book(l, exampleFill('SELL', '1.5', '100', '.3'));
    expect([effect.applied, effect.broken, l.positions.size, l.quarantine.size]).toEqual([true, true, 0, 1]);
    const [held] = l.quarantine.values();
    expect([show(held?.fill.quantity), show(held?.fill.fee ?? null), show(held?.notional)]).toEqual(['0.5', '0.1', '50']);
    expect(show(l.cash)).toBe('9999.8');
    expect(assertLedger(l)).toBeNull();
  });

  test('a sale of nothing is quarantined whole', () => {
    const l = exampleLedger();
    const effect = book(l, exampleFill('SELL', '1', '100'));
    expect([effect.applied, effect.broken, show(l.cash)]).toEqual([false, true, '10000']);
  });
});

describe('units that make no sense are quarantined, not booked', () => {
  test.each<[string, Partial<BookedFill>]>([
    ['no price', { price: 0n }],
    ['no quantity', { quantity: 0n }],
    ['a fee in the base asset as large as the fill', { fee: dec('1'), fee_asset: 'BTC' }],
  ])('%s', (_, damage) => {
    const l = exampleLedger();
    const fill = { ...exampleFill('BUY', '1', '100'), ...damage };
    expect(book(l, fill)).toMatchObject({ applied: false, broken: true, position: null });
    expect([...l.quarantine.values()].map((q) => q.reason)).toEqual(['FILL_UNITS_INCONSISTENT']);
    expect(book(l, fill).duplicate).toBe(true);
    expect([show(l.cash), assertLedger(l)]).toEqual(['10000', null]);
  });
});

test('the golden fill opens the golden position and trade', () => {
  const l = exampleLedger();
  const fill_id = 'dddd8982177d966285e69314aa312aa2eb05f619d30d27594849d8ca96d2f6cb';
  const effect = book(l, exampleFill('BUY', '1', '100', '0', { fill_id }));
  expect(effect.position?.position_id).toBe('33ff7d00da9edb1e6657864253133aebcd3aef88b7fd97235efd03c9ee71ec6e');
  const closed = book(l, exampleFill('SELL', '1', '100')).closed;
  expect(closed === null ? '' : tradeRecord(l, closed).trade_id).toBe(
    '6eae25403c8b12687cbafa6f38be2459a60f01ff181cd95b4d6f2a9b3f7eae63',
  );
});

test('a position that no decision opened gets the plan of an adopted one', () => {
  const l = exampleLedger();
  const p = book(l, exampleFill('BUY', '1', '100', '0', { opening: null })).position;
  expect([p?.plan.stop_bps, p?.plan.target_bps, p?.plan.trail_bps, p?.plan.strategy]).toEqual([1_000, 1_200, 300, '']);
});

test('NAV is known at a fill that carries its touch', () => {
  const l = exampleLedger();
  book(l, exampleFill('BUY', '1', '100', '0', { bid: dec('99'), ask: dec('100') }));
  expect(show(l.nav)).toBe('9999');
});
