// Candle mode: fills, touches, partials, stops, cancels and expiries by bars.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../../schemas/money.ts';
import type { OrderCommand } from '../../../schemas/records.generated.ts';
import { MINUTE, SECOND } from '../../../schemas/time.ts';
import {
  type Bench,
  brief,
  CERTAIN,
  CLOSING,
  cancelOf,
  candle,
  derived,
  type PolicyTerms,
  placing,
  ready,
  STANDARD_SIM,
  T0,
  taking,
  vectorDecision,
} from '../example.ts';

function bench(terms: PolicyTerms = {}): Bench {
  const b = ready(terms);
  b.candle(candle(-1, '100', '100', '100', '100'));
  b.quote(derived('99.95', '100.05', T0));
  return b;
}

const CLOSE: Partial<OrderCommand> = { ...CLOSING };

/** A bench that holds a long of 1 bought at 100.10, with bar 0 gone. */
function long(terms: PolicyTerms = {}): Bench {
  const b = bench(terms);
  b.order(placing({}, taking('101')));
  b.candle(candle(0, '100', '100', '100', '100'));
  b.quote(derived('99.95', '100.05', T0 + MINUTE));
  return b;
}

const CLOSE_AT = T0 + MINUTE;
const stopAt = (price: string, changes: Partial<OrderCommand> = {}) =>
  placing(
    { leg: 'stop', at: CLOSE_AT },
    {
      ...CLOSE,
      order_type: 'STOP',
      price_rule: 'NONE',
      limit_price: null,
      stop_price: d(price),
      stop_source: 'LAST',
      ...changes,
    },
  );

describe('takers', () => {
  test('three events: written, accepted, filled at the next open moved by the market cost', () => {
    const b = bench();
    expect(brief(b.order(placing({}, taking('101'))))).toEqual(['SUBMITTING', 'ACCEPTED']);
    expect(brief(b.candle(candle(0, '100', '103', '97', '102')))).toEqual(['FILL 1 @ 100.1 TAKER']);
    const fill = b.events.at(-1);
    expect(fill).toMatchObject({ venue_at: T0 + MINUTE, fee: d('0.6006'), fee_asset: 'USDT', side: 'BUY', bid: d('99.95') });
  });
  test.each([
    ['T1', '100.1'],
    ['T2', '100.25'],
    ['T3', '100.5'],
  ] as const)('%s pays %s at open 100', (tier, price) => {
    const b = bench({ fees: { default: { maker: 10, taker: 10 } } });
    b.order(placing({}, taking('101', { tier })));
    expect(brief(b.candle(candle(0, '100', '101', '99', '100')))).toEqual([`FILL 1 @ ${Number(price)} TAKER`]);
  });
  test('the bar that contains the command is skipped', () => {
    const b = bench();
    b.order(placing({ at: T0 + 1 }, taking('101')));
    expect(b.candle(candle(0, '100', '100', '100', '100'))).toEqual([]);
    expect(brief(b.candle(candle(1, '100', '100', '100', '100')))).toEqual(['FILL 1 @ 100.1 TAKER']);
  });
  test('past its limit an IOC does not trade', () => {
    const b = bench();
    b.order(placing({}, taking('100.09')));
    expect(brief(b.candle(candle(0, '100', '100', '100', '100')))).toEqual(['EXPIRED']);
  });
  test('an unlucky taker expires unfilled', () => {
    const b = bench({ sim: { ...CERTAIN, queue: { ...CERTAIN.queue, taker: 0 } } });
    b.order(placing({}, taking('101')));
    expect(brief(b.candle(candle(0, '100', '100', '100', '100')))).toEqual(['EXPIRED']);
  });
  test.each([
    ['volume 0', candle(0, '100', '100', '100', '100', { volume: 0n })],
    ['a filler bar', candle(0, '100', '100', '100', '100', { filler: true })],
    ['more than three missing bars', candle(4, '100', '100', '100', '100')],
  ])('%s: refused', (_name, bar) => {
    const b = bench();
    b.order(placing({}, taking('101')));
    expect(brief(b.candle(bar))).toEqual(['REJECTED MARKET_DATA_GAP']);
  });
  test('three missing bars are bridged', () => {
    const b = bench();
    b.order(placing({}, taking('101')));
    expect(brief(b.candle(candle(3, '100', '100', '100', '100')))).toEqual(['FILL 1 @ 100.1 TAKER']);
  });
  test('without any bar, time refuses it', () => {
    const b = bench();
    b.order(placing({}, taking('101')));
    expect(b.stage.deadline?.(b.state)).toBe(T0 + 5 * MINUTE);
    expect(b.tick(T0 + 5 * MINUTE - SECOND)).toEqual([]);
    expect(brief(b.tick(T0 + 5 * MINUTE))).toEqual(['REJECTED MARKET_DATA_GAP']);
    expect(b.stage.deadline?.(b.state)).toBe(Number.POSITIVE_INFINITY);
  });
  test('FOK is all or nothing', () => {
    const b = bench({ sim: { ...CERTAIN, participation_bps: 1_000 } });
    b.order(placing({}, taking('101', { time_in_force: 'FOK' })));
    expect(brief(b.candle(candle(0, '100', '100', '100', '100', { volume: d('9') })))).toEqual(['EXPIRED']);
  });
});

describe('resting limits', () => {
  test.each([
    ['BUY', 'through by a tick', '100', '99.99', 'FILL 1 @ 100 MAKER'],
    ['BUY', 'not reached', '101', '100.01', null],
    ['SELL', 'through by a tick', '100.01', '100', 'FILL 1 @ 100 MAKER'],
    ['SELL', 'not reached', '99.99', '99', null],
  ] as const)('%s %s', (side, _name, high, low, expected) => {
    // A touch alone never fills here.
    const b = bench({ sim: { ...CERTAIN, queue: { ...CERTAIN.queue, post_only: { T1: 0, T2: 0, T3: 0 } } } });
    b.quote(side === 'BUY' ? derived('100.5', '100.6', T0) : derived('99.3', '99.4', T0));
    b.order(placing({}, { side, collar_price: d('100') }));
    expect(brief(b.candle(candle(0, high, high, low, low)))).toEqual(expected === null ? [] : [expected]);
  });
  test('never better than its price, even where the bar opens beyond it', () => {
    const b = bench();
    b.order(placing({}));
    expect(brief(b.candle(candle(0, '98', '98', '95', '96')))).toEqual(['FILL 1 @ 100 MAKER']);
  });
  test('maker fee', () => {
    const b = bench();
    b.order(placing({}));
    b.candle(candle(0, '100', '101', '99', '100'));
    expect(b.events.at(-1)?.fee).toBe(d('0.4'));
  });

  /** Draws of `touch:1735689600000000`: .8664, .7168, .1551. */
  test.each([
    ['12', 'T1', false],
    ['12', 'T2', false],
    ['12', 'T3', false],
    ['3', 'T1', true],
    ['3', 'T2', true],
    ['3', 'T3', false],
    ['5', 'T1', true],
    ['5', 'T2', true],
    ['5', 'T3', true],
  ] as const)('touched only: order of decision %s in %s fills: %s', (n, tier, fills) => {
    const b = bench({ sim: { ...STANDARD_SIM, participation_bps: null, partial: { T1: 0, T2: 0, T3: 0 } } });
    b.order(placing({ decision: vectorDecision(n) }, { tier }));
    const events = b.candle(candle(0, '101', '101', '100', '100.5'));
    expect(brief(events)).toEqual(fills ? ['FILL 1 @ 100 MAKER'] : []);
  });
  test.each([
    ['T1', 'FILL 1 @ 100 MAKER'],
    ['T2', 'FILL 1 @ 100 MAKER'],
    ['T3', 'FILL 0.637 @ 100 MAKER'],
  ] as const)('the third order fills in part in T3 only: %s %s', (tier, expected) => {
    const b = bench({ sim: STANDARD_SIM });
    b.order(placing({ decision: vectorDecision('5') }, { tier }));
    expect(brief(b.candle(candle(0, '101', '101', '100', '100.5')))).toEqual([expected]);
  });
  test('at most a tenth of the bar: volume 120, order 20 gets 12 and the rest stays', () => {
    const b = bench({ sim: { ...CERTAIN, participation_bps: 1_000 } });
    b.order(placing({}, { quantity: d('20') }));
    expect(brief(b.candle(candle(0, '101', '101', '99', '100', { volume: d('120') })))).toEqual(['FILL 12 @ 100 MAKER']);
    expect(brief(b.candle(candle(1, '101', '101', '99', '100', { volume: d('120') })))).toEqual(['FILL 8 @ 100 MAKER']);
  });
  test('one tenth for all own orders together', () => {
    const b = bench({ sim: { ...CERTAIN, participation_bps: 1_000 } });
    b.order(placing({}, { quantity: d('10') }));
    b.order(placing({ attempt: 2 }, { quantity: d('10') }));
    const events = b.candle(candle(0, '101', '101', '99', '100', { volume: d('120') }));
    expect(events.map((e) => e.quantity)).toEqual([d('10'), d('2')]);
  });
  test('a plain limit that crosses takes the open, and rests if it is unlucky', () => {
    const crossing = { order_type: 'LIMIT', limit_price: d('101') } as const;
    const lucky = bench();
    lucky.order(placing({}, crossing));
    expect(brief(lucky.candle(candle(0, '100', '102', '100', '101')))).toEqual(['FILL 1 @ 100.1 TAKER']);
    const unlucky = bench({ sim: { ...CERTAIN, queue: { ...CERTAIN.queue, limit: { T1: 0, T2: 0, T3: 0 } } } });
    unlucky.order(placing({}, crossing));
    expect(brief(unlucky.candle(candle(0, '100', '102', '100', '101')))).toEqual(['FILL 1 @ 101 MAKER']);
  });
  test.each([
    ['bid 99.95, ask 100.00', '99.95', '100', 'REJECTED POST_ONLY_WOULD_CROSS'],
    ['bid 99.95, ask 100.01', '99.95', '100.01', 'ACCEPTED'],
  ])('post-only buy at 100 against %s: %s', (_name, bid, ask, expected) => {
    const b = bench();
    b.quote(derived(bid, ask, T0));
    expect(brief(b.order(placing({})))).toEqual(['SUBMITTING', expected]);
  });
});

describe('stops of T1', () => {
  test.each([
    ['SELL', '97', '98', '98', '96.5', '96.90'],
    ['SELL', '97', '95', '96', '94', '94.90'],
    ['SELL', '97', '98', '98', '97', '96.90'],
    ['SELL', '97', '98', '98', '97.01', null],
  ] as const)('%s stop %s, open %s, high %s, low %s: %s', (_side, stop, open, high, low, price) => {
    const b = long();
    b.order(stopAt(stop));
    expect(brief(b.candle(candle(1, open, high, low, low)))).toEqual(price === null ? [] : [`FILL 1 @ ${Number(price)} TAKER`]);
  });
  test.each([
    ['103', '102', '103.5', '103.11'],
    ['103', '105', '106', '105.11'],
    ['103', '102', '102.99', null],
  ])('BUY stop %s, open %s, high %s: %s', (stop, open, high, price) => {
    const b = bench();
    b.order(placing({}, { side: 'SELL', position_side: 'SHORT', ...taking('99', {}) }));
    b.candle(candle(0, '100', '100', '100', '100'));
    b.order(stopAt(stop, { side: 'BUY' }));
    expect(brief(b.candle(candle(1, open, high, open, open)))).toEqual(price === null ? [] : [`FILL 1 @ ${Number(price)} TAKER`]);
  });
  test('stop and target in one bar: the stop wins, and the target has nothing left to close', () => {
    const b = long();
    b.order(placing({ leg: 'exit', at: CLOSE_AT }, { ...CLOSE, limit_price: d('103') }));
    b.order(stopAt('97'));
    expect(brief(b.candle(candle(1, '100', '104', '96', '100')))).toEqual([
      'FILL 1 @ 96.9 TAKER',
      'CANCELED REDUCE_ONLY_REFUSED',
    ]);
  });
  test('an entry filled in a bar is stopped in that bar but takes no profit in it', () => {
    const b = long();
    // The stop rests for the position; an addition fills in the same bar that reaches the stop and the target.
    b.order(placing({ leg: 'exit', at: CLOSE_AT }, { ...CLOSE, limit_price: d('103') }));
    b.order(stopAt('97', { quantity: d('2') }));
    b.order(placing({ attempt: 2, at: CLOSE_AT }, { intent: 'ADD', limit_price: d('99') }));
    const events = b.candle(candle(1, '100', '104', '96', '100'));
    expect(brief(events)).toEqual(['FILL 1 @ 99 MAKER', 'FILL 2 @ 96.9 TAKER', 'CANCELED REDUCE_ONLY_REFUSED']);
  });
  test('a stop larger than the bar allows goes on at the next open', () => {
    const b = long({ sim: { ...CERTAIN, participation_bps: 1_000 } });
    b.order(stopAt('97'));
    expect(brief(b.candle(candle(1, '98', '98', '96', '96', { volume: d('4') })))).toEqual(['FILL 0.4 @ 96.9 TAKER']);
    expect(brief(b.candle(candle(2, '96', '96', '95', '95')))).toEqual(['FILL 0.6 @ 95.9 TAKER']);
  });
});

describe('cancels and expiries by bars', () => {
  test('the bar that contains the cancel may still fill the order', () => {
    const b = bench();
    const order = placing({});
    b.order(order);
    expect(brief(b.order(cancelOf(order, T0 + 16 * SECOND)))).toEqual(['CANCEL_REQUESTED TTL']);
    expect(brief(b.candle(candle(0, '101', '101', '99', '100')))).toEqual(['FILL 1 @ 100 MAKER']);
  });
  test('else it takes effect at that bar’s close', () => {
    const b = bench();
    const order = placing({});
    b.order(order);
    b.order(cancelOf(order, T0 + 16 * SECOND));
    const events = b.candle(candle(0, '101', '101', '100.5', '101'));
    expect(brief(events)).toEqual(['CANCELED']);
    expect(events[0]).toMatchObject({ venue_at: T0 + MINUTE, filled_quantity_reported: 0n });
  });
  test('a cancel at the very close belongs to the next bar', () => {
    const b = bench();
    const order = placing({});
    b.order(order);
    b.candle(candle(0, '101', '101', '100.5', '101'));
    b.order(cancelOf(order, T0 + MINUTE));
    expect(brief(b.candle(candle(1, '101', '101', '99', '100')))).toEqual(['FILL 1 @ 100 MAKER']);
  });
  test('where that bar is missing it takes effect before the next one', () => {
    const b = bench();
    const order = placing({});
    b.order(order);
    b.order(cancelOf(order, T0 + 16 * SECOND));
    expect(brief(b.candle(candle(1, '101', '101', '99', '100')))).toEqual(['CANCELED']);
  });
  test('and by time, if no bar comes', () => {
    const b = bench();
    const order = placing({});
    b.order(order);
    b.order(cancelOf(order, T0 + 16 * SECOND));
    expect(b.stage.deadline?.(b.state)).toBe(T0 + 2 * MINUTE);
    expect(brief(b.tick(T0 + 2 * MINUTE))).toEqual(['CANCELED']);
  });
  test('the own resting stop gives way at once', () => {
    const b = long();
    const stop = stopAt('97');
    b.order(stop);
    expect(brief(b.order(cancelOf(stop, T0 + MINUTE)))).toEqual(['CANCEL_REQUESTED TTL', 'CANCELED']);
  });
  test('an expiry ends with its bar, after its fills', () => {
    const timed = { time_in_force: 'GTD', expires_at: T0 + 30 * SECOND } as const;
    const filled = bench();
    filled.order(placing({}, timed));
    expect(brief(filled.candle(candle(0, '101', '101', '99', '100')))).toEqual(['FILL 1 @ 100 MAKER']);
    const not = bench();
    not.order(placing({}, timed));
    expect(brief(not.candle(candle(0, '101', '101', '100.5', '101')))).toEqual(['EXPIRED']);
  });
});
