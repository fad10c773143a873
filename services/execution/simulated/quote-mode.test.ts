// Quote mode: latency, displayed size and beyond it, cleared levels, stops, cancels on their way.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../../schemas/money.ts';
import type { OrderCommand, Quote } from '../../../schemas/records.generated.ts';
import { MILLISECOND, MINUTE, SECOND } from '../../../schemas/time.ts';
import {
  type Bench,
  brief,
  CERTAIN,
  CLOSING,
  cancelOf,
  candle,
  type PolicyTerms,
  placing,
  quote,
  ready,
  STANDARD_SIM,
  T0,
  taking,
  vectorDecision,
} from '../example.ts';

/** 100 ms to the book for every order. */
const SLOW = { ...CERTAIN, latency_ms: 100 };
const ms = (n: number): number => T0 + n * MILLISECOND;
const sized = (bid: string, ask: string, at: number, size: string): Quote =>
  quote(bid, ask, at, { bid_size: d(size), ask_size: d(size) });

function bench(sim: PolicyTerms['sim'] = SLOW, fees?: PolicyTerms['fees']): Bench {
  const b = ready({ sim, ...(fees === undefined ? {} : { fees }) });
  b.quote(quote('99.95', '100.05', T0));
  return b;
}

describe('arrival', () => {
  test('an order is accepted when it reaches the book, at the quote of that moment', () => {
    const b = bench();
    expect(brief(b.order(placing({}, taking('101'))))).toEqual(['SUBMITTING']);
    expect(b.stage.deadline?.(b.state)).toBe(ms(100));
    expect(b.quote(quote('99.90', '100.00', ms(50)))).toEqual([]);
    const events = b.quote(quote('100.10', '100.20', ms(150)));
    expect(brief(events)).toEqual(['ACCEPTED', 'FILL 1 @ 100 TAKER']);
    expect(events.map((e) => e.venue_at)).toEqual([ms(100), ms(50)]);
  });
  test('a quote at the very moment of arrival counts', () => {
    const b = bench();
    b.order(placing({}, taking('101')));
    expect(brief(b.quote(quote('99.80', '99.90', ms(100))))).toEqual(['ACCEPTED', 'FILL 1 @ 99.9 TAKER']);
  });
  test('time alone brings it there', () => {
    const b = bench();
    b.order(placing({}, taking('101')));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', 'FILL 1 @ 100.05 TAKER']);
  });
  test.each([
    ['12', 244],
    ['3', 232],
    ['5', 201],
  ])('order of decision %s takes %i ms', (decision, expected) => {
    const b = bench(STANDARD_SIM);
    b.order(placing({ decision: vectorDecision(decision) }));
    expect(b.stage.deadline?.(b.state)).toBe(ms(expected));
  });
  test('post-only is checked against the quote at arrival', () => {
    const b = bench();
    b.order(placing({}));
    expect(brief(b.quote(quote('99.90', '100.00', ms(100))))).toEqual(['REJECTED POST_ONLY_WOULD_CROSS']);
  });
});

describe('takers', () => {
  test.each([
    ['all of it displayed', '1', 'FILL 1 @ 100 TAKER'],
    // 1 at 100, 1 at 100 × 1.0005; T1's `beyond`.
    ['half of it displayed', '2', 'FILL 2 @ 100.025 TAKER'],
    // 1 at 100, 2 at 100.05: the mean 100.033… is rounded against the buyer.
    ['a third of it displayed', '3', 'FILL 3 @ 100.033333333334 TAKER'],
  ])('%s', (_name, quantity, expected) => {
    const b = bench();
    b.order(placing({}, taking('101', { quantity: d(quantity) })));
    b.quote(sized('99.90', '100', ms(50), '1'));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', expected]);
  });
  test('a sale gets the mean rounded down', () => {
    const b = bench();
    b.order(placing({}, taking('90', { side: 'SELL', quantity: d('3') })));
    b.quote(sized('100', '100.1', ms(50), '1'));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', 'FILL 3 @ 99.966666666666 TAKER']);
  });
  test('never past the limit: the displayed part trades, the rest of an IOC expires', () => {
    const b = bench();
    b.order(placing({}, taking('100.05', { quantity: d('2') })));
    b.quote(sized('99.95', '100.02', ms(50), '1'));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', 'FILL 1 @ 100.02 TAKER', 'EXPIRED']);
  });
  test('FOK is all or nothing', () => {
    const b = bench();
    b.order(placing({}, taking('100.05', { quantity: d('2'), time_in_force: 'FOK' })));
    b.quote(sized('99.95', '100.02', ms(50), '1'));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', 'EXPIRED']);
  });
  test('a touch that ran away leaves it unfilled', () => {
    const b = bench();
    b.order(placing({}, taking('100.05')));
    b.quote(quote('100.00', '100.06', ms(50)));
    expect(brief(b.tick(T0 + SECOND))).toEqual(['ACCEPTED', 'EXPIRED']);
  });
  test('own orders consume the displayed size of a quote in their order', () => {
    const b = bench();
    b.order(placing({}, taking('101')));
    b.order(placing({ attempt: 2, at: T0 + 1 }, taking('101')));
    b.quote(sized('99.90', '100', ms(50), '1'));
    const events = b.tick(T0 + SECOND).filter((e) => e.type === 'FILL');
    expect(brief(events)).toEqual(['FILL 1 @ 100 TAKER', 'FILL 1 @ 100.05 TAKER']);
  });
});

/** A bench with an accepted post-only buy of 2 at 100. */
function resting(sim: PolicyTerms['sim'] = SLOW, changes: Partial<OrderCommand> = {}): Bench {
  const b = bench(sim);
  b.order(placing({}, { quantity: d('2'), ...changes }));
  b.quote(quote('100.00', '100.10', ms(200)));
  return b;
}

describe('resting orders', () => {
  test('filled in three parts: three fills, then it is over', () => {
    const b = resting();
    expect(brief(b.quote(sized('99.95', '100', ms(300), '0.5')))).toEqual(['FILL 0.5 @ 100 MAKER']);
    expect(brief(b.quote(sized('99.95', '99.99', ms(400), '0.5')))).toEqual(['FILL 0.5 @ 100 MAKER']);
    expect(brief(b.quote(sized('99.95', '99.90', ms(500), '9')))).toEqual(['FILL 1 @ 100 MAKER']);
    expect(b.quote(sized('99.95', '99.90', ms(600), '9'))).toEqual([]);
    expect(b.state.portfolios.get('paper-1')?.orders.size).toBe(0);
    const fills = b.events.filter((e) => e.type === 'FILL');
    expect(new Set(fills.map((e) => e.venue_trade_id)).size).toBe(3);
    expect(fills[0]?.venue_trade_id).toBe(`${fills[0]?.order_id?.slice(0, 28)}-${ms(300)}`);
  });
  test('the same quote twice fills once', () => {
    const b = resting();
    b.quote(sized('99.95', '100', ms(300), '0.5'));
    expect(b.quote(sized('99.95', '100', ms(300), '0.5'))).toEqual([]);
  });
  test.each([
    ['bid falls from the level below it', 1, '99.99', 'FILL 2 @ 100 MAKER'],
    ['bid stays at the level', 1, '100.00', null],
    ['unlucky in the queue', 0, '99.99', null],
  ])('cleared level: %s', (_name, chance, bid, expected) => {
    const b = resting({ ...SLOW, queue: { ...CERTAIN.queue, post_only: { T1: chance, T2: chance, T3: chance } } });
    expect(brief(b.quote(quote(bid, '100.05', ms(300))))).toEqual(expected === null ? [] : [expected]);
  });
  test('a level that the bid never reached is not cleared', () => {
    const b = bench();
    b.order(placing({}));
    b.quote(quote('99.95', '100.05', ms(200)));
    expect(b.quote(quote('99.90', '100.05', ms(300)))).toEqual([]);
  });
});

describe('stops', () => {
  const stop = (changes: Partial<OrderCommand> = {}) =>
    placing(
      { leg: 'stop' },
      {
        ...CLOSING,
        order_type: 'STOP',
        price_rule: 'NONE',
        limit_price: null,
        stop_price: d('97'),
        stop_source: 'BID_ASK',
        ...changes,
      },
    );
  function long(): Bench {
    const b = bench(CERTAIN);
    b.order(placing({}, taking('101')));
    b.tick(T0 + SECOND);
    return b;
  }
  test.each([
    ['bid a tick above', '97.01', '97.02', []],
    ['bid at the stop', '97', '97.02', ['FILL 1 @ 97 TAKER']],
    ['bid far below', '95', '95.02', ['FILL 1 @ 95 TAKER']],
  ])('%s', (_name, bid, ask, expected) => {
    const b = long();
    b.order(stop(), T0 + SECOND);
    b.tick(T0 + 2 * SECOND);
    expect(brief(b.quote(quote(bid, ask, T0 + 3 * SECOND)))).toEqual(expected);
  });
  test.each([
    ['LAST', { last: d('97') }, true],
    ['LAST', { last: d('97.01') }, false],
  ] as const)('source %s %s: %s', (stop_source, changes, fires) => {
    const b = long();
    b.order(stop({ stop_source }), T0 + SECOND);
    b.tick(T0 + 2 * SECOND);
    expect(b.quote(quote('98', '98.02', T0 + 3 * SECOND, changes))).toHaveLength(fires ? 1 : 0);
  });
});

describe('cancels on their way', () => {
  test('a resting order can fill until its cancel arrives', () => {
    const b = resting();
    const order = placing({}, { quantity: d('2') });
    expect(brief(b.order(cancelOf(order, ms(300))))).toEqual(['CANCEL_REQUESTED TTL']);
    expect(brief(b.quote(sized('99.95', '100', ms(399), '0.5')))).toEqual(['FILL 0.5 @ 100 MAKER']);
    const events = b.quote(sized('99.95', '99.90', ms(401), '9'));
    expect(brief(events)).toEqual(['CANCELED']);
    expect(events[0]).toMatchObject({ venue_at: ms(400), filled_quantity_reported: d('0.5') });
  });
  test('a second cancel of the same order says nothing', () => {
    const b = resting();
    const order = placing({}, { quantity: d('2') });
    b.order(cancelOf(order, ms(300)));
    expect(b.order(cancelOf(order, ms(310)))).toEqual([]);
  });
  test('a cancel of an order that has ended is rejected', () => {
    const b = resting();
    const order = placing({}, { quantity: d('2') });
    b.order(cancelOf(order, ms(300)));
    b.tick(T0 + SECOND);
    expect(brief(b.order(cancelOf(order, T0 + SECOND)))).toEqual(['CANCEL_REJECTED ORDER_ENDED']);
  });
  test('GTD ends at its time', () => {
    const b = resting(SLOW, { time_in_force: 'GTD', expires_at: ms(500) });
    const [event] = b.tick(T0 + SECOND);
    expect(event).toMatchObject({ type: 'EXPIRED', venue_at: ms(500) });
  });
});

describe('where quotes die', () => {
  test('bars decide once the last quote is a minute old', () => {
    const b = resting();
    expect(b.candle(candle(0, '100', '101', '95', '100', { open_time: ms(200), close_time: ms(200) + MINUTE }))).toEqual([]);
    expect(brief(b.candle(candle(1, '100', '101', '95', '100')))).toEqual(['FILL 2 @ 100 MAKER']);
  });
  test('an order on its way is accepted by the bar', () => {
    const b = bench();
    b.order(placing({}));
    expect(brief(b.candle(candle(1, '100', '101', '95', '100')))).toEqual(['ACCEPTED', 'FILL 1 @ 100 MAKER']);
  });
});

test('the dead man cancels an opening that outlives its time', () => {
  const b = resting(SLOW, { ttl_s: 15 });
  const working_at = ms(200);
  expect(b.stage.deadline?.(b.state)).toBe(working_at + 45 * SECOND);
  expect(b.tick(T0 + 45 * SECOND)).toEqual([]);
  expect(brief(b.tick(T0 + 46 * SECOND))).toEqual(['CANCEL_REQUESTED DEAD_MAN']);
  expect(brief(b.tick(T0 + 47 * SECOND))).toEqual(['CANCELED']);
});
