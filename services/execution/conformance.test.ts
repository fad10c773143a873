// Conformance of the simulated venue with faults on: the exact events of each scenario, and what holds after any session.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../schemas/money.ts';
import type { OrderCommand, OrderEvent } from '../../schemas/records.generated.ts';
import { MINUTE, SECOND } from '../../schemas/time.ts';
import {
  type Bench,
  brief,
  CERTAIN,
  CLOSING,
  CONFIG,
  cancelOf,
  candle,
  derived,
  INSTRUMENT,
  info,
  placing,
  ready,
  STANDARD_SIM,
  T0,
  taking,
  vectorDecision,
} from './example.ts';
import { type FaultPlan, NO_FAULTS, plannedFaults } from './simulated/faults.ts';

function bench(faults: Partial<FaultPlan> = {}, sim: Record<string, unknown> = CERTAIN): Bench {
  const b = ready({ sim }, { config: { ...CONFIG, faults: plannedFaults({ ...NO_FAULTS, ...faults }) } });
  b.quote(derived('99.95', '100.05', T0));
  return b;
}

/** Ticks once a second up to `seconds` after T0; what was published, with the second of it. */
function ticked(b: Bench, seconds: number): string[] {
  const seen: string[] = [];
  for (let s = 1; s <= seconds; s++) for (const text of brief(b.tick(T0 + s * SECOND))) seen.push(`${s} ${text}`);
  return seen;
}

const EXIT: Partial<OrderCommand> = { ...CLOSING, limit_price: d('110') };

describe('answers', () => {
  test('lost, and the order is live: unknown until the venue is asked', () => {
    const b = bench({ answer_lost_bps: 10_000 });
    expect(brief(b.order(placing({})))).toEqual(['SUBMITTING', 'UNKNOWN CONNECTION_LOST']);
    expect(ticked(b, 3)).toEqual(['1 ACCEPTED']);
    expect(b.events.at(-1)?.evidence).toBe('QUERY');
    expect(brief(b.candle(candle(0, '101', '101', '99', '100')))).toEqual(['FILL 1 @ 100 MAKER']);
  });
  test('lost, and the order never arrived: not before 30 s', () => {
    const b = bench({ never_arrived_bps: 10_000 });
    b.order(placing({}));
    expect(ticked(b, 40)).toEqual(['30 NOT_PLACED']);
  });
  test('a closing is asked for every second, and not given up earlier', () => {
    const b = bench({ never_arrived_bps: 10_000 });
    b.order(placing({ leg: 'exit' }, EXIT));
    expect(ticked(b, 31)).toEqual(['30 NOT_PLACED']);
    expect(b.events.at(-1)?.detail).toBe('not found 30 times');
  });
  test('not executed: denied, and a later attempt is one venue order', () => {
    const b = bench({ not_executed_bps: 10_000 });
    expect(brief(b.order(placing({})))).toEqual(['SUBMITTING', 'DENIED VENUE_NOT_EXECUTED']);
    expect(brief(b.order(placing({})))).toEqual(['DENIED ORDER_ID_REUSED']);
  });
  test('an order of unknown outcome fills nothing', () => {
    const b = bench({ never_arrived_bps: 10_000 });
    b.order(placing({}));
    expect(b.candle(candle(0, '101', '101', '90', '100'))).toEqual([]);
  });
  test('a cancel of it takes effect once it is found', () => {
    const b = bench({ answer_lost_bps: 10_000 });
    const order = placing({});
    b.order(order);
    expect(brief(b.order(cancelOf(order, T0)))).toEqual(['CANCEL_REQUESTED TTL']);
    expect(ticked(b, 2)).toEqual(['1 ACCEPTED']);
    expect(brief(b.candle(candle(0, '101', '101', '100.5', '101')))).toEqual(['CANCELED']);
  });
});

describe('scenarios', () => {
  test('a resting order filled in three parts', () => {
    const b = bench({}, { ...CERTAIN, participation_bps: 1_000 });
    b.order(placing({}));
    const bar = (n: number) => brief(b.candle(candle(n, '101', '101', '99', '100', { volume: d('4') })));
    expect([bar(0), bar(1), bar(2), bar(3)]).toEqual([
      ['FILL 0.4 @ 100 MAKER'],
      ['FILL 0.4 @ 100 MAKER'],
      ['FILL 0.2 @ 100 MAKER'],
      [],
    ]);
  });
  test('an IOC half filled: the rest expires', () => {
    const b = bench({}, { ...CERTAIN, participation_bps: 1_000 });
    b.order(placing({}, taking('101')));
    const events = b.candle(candle(0, '100', '100', '100', '100', { volume: d('5') }));
    expect(brief(events)).toEqual(['FILL 0.5 @ 100.1 TAKER', 'EXPIRED']);
    expect(events[1]?.filled_quantity_reported).toBe(d('0.5'));
  });
  test('the same candle again fills nothing twice', () => {
    const b = bench({}, { ...CERTAIN, participation_bps: 1_000 });
    b.order(placing({}));
    const bar = candle(0, '101', '101', '99', '100', { volume: d('4') });
    b.candle(bar);
    expect(b.candle(bar)).toEqual([]);
    expect(b.candle({ ...bar, revision: 1 })).toEqual([]);
  });
  test('history and other intervals fill nothing', () => {
    const b = bench();
    b.order(placing({}));
    expect(b.candle(candle(0, '101', '101', '90', '100', { history: true }))).toEqual([]);
    expect(b.candle(candle(0, '101', '101', '90', '100', { interval: '5m' }))).toEqual([]);
  });
  test('each event delivered twice is booked once', () => {
    const b = bench();
    b.order(placing({}));
    const events = b.candle(candle(0, '101', '101', '99', '100'));
    for (const event of [...b.events]) b.feed('OrderEvent', event, T0 + MINUTE);
    expect(brief(events)).toEqual(['FILL 1 @ 100 MAKER']);
    expect(b.state.portfolios.get('paper-1')?.account.holdings.get(INSTRUMENT)?.quantity).toBe(d('1'));
  });
  test('hourly bars feed the volatility of the cost model', () => {
    const b = bench();
    for (let i = 0; i < 20; i++) {
      const open_time = T0 + i * 60 * MINUTE;
      b.candle(
        candle(0, '100', '103', '97', '100', { interval: '1h', open_time, close_time: open_time + 60 * MINUTE, history: true }),
      );
    }
    // ATR 6 of 100: the market cost of T1 is 10 × 1.2.
    b.order(placing({}, taking('101')));
    expect(brief(b.candle(candle(0, '100', '100', '100', '100')))).toEqual(['FILL 1 @ 100.12 TAKER']);
  });
});

const TERMINAL = ['CANCELED', 'EXPIRED', 'REJECTED', 'DENIED', 'NOT_PLACED'];

/** Orders of all kinds, faults, halts and cancels drawn by number; then bars until everything is decided. */
function anySession(numbers: readonly number[]): Bench {
  const b = bench({ answer_lost_bps: 1_500, never_arrived_bps: 1_000, not_executed_bps: 500 }, STANDARD_SIM);
  let p = 100;
  for (const [i, n] of numbers.entries()) {
    const at = T0 + i * MINUTE;
    p = Math.max(50, p + (n % 7) - 3);
    b.quote(derived(String(p - 0.05), String(p + 0.05), at));
    if (n % 13 === 5) b.feed('InstrumentInfo', info({ status: n % 2 === 0 ? 'HALTED' : 'TRADING', facts_at: at }), at);
    const side = n % 2 === 0 ? 'BUY' : 'SELL';
    const of = { decision: vectorDecision(String(n)), attempt: i + 1, at };
    const collar = side === 'BUY' ? String(p + 1) : String(p - 1);
    const kind = n % 5;
    const command =
      kind === 0
        ? placing(of, taking(collar, { side, quantity: d('2') }))
        : kind === 1
          ? placing({ ...of, leg: 'exit' }, { ...CLOSING, ...taking(collar, { collar_price: null, side, intent: 'CLOSE' }) })
          : kind === 2
            ? placing(
                { ...of, leg: 'stop' },
                { ...CLOSING, side, order_type: 'STOP', price_rule: 'NONE', limit_price: null, stop_price: d(String(p - 1)) },
              )
            : placing(of, {
                side,
                limit_price: d(String(side === 'BUY' ? p - 1 : p + 1)),
                collar_price: d(side === 'BUY' ? '999' : '1'),
              });
    b.order(command);
    if (n % 3 === 0) b.order(cancelOf(command, at));
    for (let s = 1; s <= 59; s += 29) b.tick(at + s * SECOND);
    b.candle(candle(i, String(p), String(p + 2), String(p - 2), String(p), { volume: d(String(n % 50)) }));
  }
  return b;
}

describe('after any session', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 1, maxLength: 40 });
  test('each order was sent once, ended once, never over-filled; the position is the sum of the fills', () => {
    fc.assert(
      fc.property(numbers, (drawn) => {
        const b = anySession(drawn);
        const byOrder = Map.groupBy(
          b.events.filter((e) => e.order_id !== null),
          (e) => e.order_id ?? '',
        );
        let position = 0n;
        for (const events of byOrder.values()) position += checkOrder(events);
        const portfolio = b.state.portfolios.get('paper-1');
        expect(portfolio?.account.holdings.get(INSTRUMENT)?.quantity ?? 0n).toBe(position);
        expect(new Set(b.events.map((e) => e.event_id)).size).toBe(b.events.length);
        let reserved = 0n;
        for (const order of portfolio?.orders.values() ?? []) reserved += order.reserved;
        expect(portfolio?.account.reserved.get('USDT') ?? 0n).toBe(reserved);
        expect(b.state.awaited.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
  test('the same numbers give the same events', () => {
    fc.assert(
      fc.property(numbers, (drawn) => {
        expect(anySession(drawn).events).toEqual(anySession(drawn).events);
      }),
      { numRuns: 10 },
    );
  });
});

/** Checks the life of one order; returns what it added to the position. */
function checkOrder(events: readonly OrderEvent[]): bigint {
  const types = events.map((e) => e.type);
  expect(types.filter((t) => t === 'SUBMITTING').length).toBeLessThanOrEqual(1);
  expect(types.filter((t) => t === 'ACCEPTED').length).toBeLessThanOrEqual(1);
  expect(types.filter((t) => TERMINAL.includes(t)).length).toBeLessThanOrEqual(1);
  const end = types.findIndex((t) => TERMINAL.includes(t));
  if (end >= 0) expect(types.slice(end + 1).filter((t) => t !== 'CANCEL_REJECTED')).toEqual([]);
  const ordered = events[0]?.quantity ?? 0n;
  let sum = 0n;
  for (const e of events) if (e.type === 'FILL') sum += e.quantity ?? 0n;
  expect(sum <= ordered).toBe(true);
  if (sum > 0n) expect(types.indexOf('ACCEPTED')).toBeLessThan(types.indexOf('FILL'));
  return events[0]?.side === 'SELL' ? -sum : sum;
}
