// The execution stage: start, hand-over by echo, commands twice, restart, determinism, and the events' own ids.
import { describe, expect, test } from 'vitest';
import { fillId, orderEventId } from '../../schemas/ids.ts';
import { decimal as d } from '../../schemas/money.ts';
import { blankControl, type OrderCommand, type OrderEvent } from '../../schemas/records.generated.ts';
import { MINUTE, SECOND } from '../../schemas/time.ts';
import {
  type Bench,
  benchOf,
  brief,
  CERTAIN,
  CLOSING,
  CONFIG,
  cancelOf,
  candle,
  cashFlow,
  derived,
  info,
  placing,
  policyActivated,
  quote,
  ready,
  STANDARD_SIM,
  T0,
  taking,
  vectorDecision,
} from './example.ts';
import type { ExecutionState } from './state.ts';

function bench(): Bench {
  const b = ready();
  b.quote(derived('99.95', '100.05', T0));
  return b;
}

describe('start of a portfolio', () => {
  test('its first record brings RECONCILING, and that one’s echo a clean RECONCILED', () => {
    const b = benchOf();
    const events = b.feed('CashFlow', cashFlow('1000'), T0);
    expect(brief(events)).toEqual(['RECONCILING', 'VENUE_STATE', 'RECONCILED']);
    expect(events[1]?.venue_state).toMatchObject({ connected: true, breaker: 'closed' });
    expect(events[2]?.reconciliation).toMatchObject({
      clean: true,
      kind: 'FULL',
      claim: 'claim-1',
      assets: [{ asset: 'USDT', actual: d('1000') }],
    });
    expect(b.feed('PolicyActivated', policyActivated(), T0)).toEqual([]);
  });
  test('commands wait for it: cancels first, then closings, then openings', () => {
    const b = ready();
    b.quote(derived('99.95', '100.05', T0));
    const portfolio = b.state.portfolios.get('paper-1');
    if (portfolio === undefined) throw new Error('no portfolio');
    b.state.claim = 'an older one';
    const opening = placing({});
    const exit = placing({ leg: 'exit' }, { ...CLOSING, ...taking('1', { collar_price: null, intent: 'CLOSE', side: 'SELL' }) });
    const queued: OrderEvent[] = [];
    const emit = (_t: unknown, _n: unknown, _k: unknown, record: unknown) => queued.push(record as OrderEvent);
    for (const command of [opening, exit, placing({ attempt: 2 }), cancelOf(opening, T0)]) {
      b.stage.step(b.state, { type: 'OrderCommand', value: command } as never, emit as never, T0);
    }
    expect(brief(queued)).toEqual(['RECONCILING']);
    const echo = queued[0];
    if (echo === undefined) throw new Error('no event');
    const events = b.feed('OrderEvent', echo, T0);
    expect(brief(events).slice(0, 5)).toEqual([
      'VENUE_STATE',
      'RECONCILED',
      'DENIED COMMAND_CANCELED',
      'SUBMITTING',
      'SUBMITTING',
    ]);
    expect(events[3]?.order_id).toBe(exit.order_id);
  });
  test('reconciliation repeats by market time in a backtest, a full one where it is due', () => {
    const b = ready({ light_s: 120 });
    expect(b.candle(candle(0, '100', '100', '100', '100'))).toEqual([]);
    const [event] = b.candle(candle(1, '100', '100', '100', '100'));
    expect(event?.reconciliation).toMatchObject({ clean: true, kind: 'LIGHT' });
    expect(b.candle(candle(2, '100', '100', '100', '100'))).toEqual([]);
    const kinds = [3, 4, 5, 6, 7].flatMap((bar) => b.candle(candle(bar, '100', '100', '100', '100')));
    expect(kinds.map((e) => e.reconciliation?.kind)).toEqual(['LIGHT', 'FULL', 'LIGHT']);
    expect(b.stage.deadline?.(b.state)).toBe(Number.POSITIVE_INFINITY);
  });
  test('and by Ticks elsewhere', () => {
    const b = ready({ light_s: 120 }, { config: { ...CONFIG, mode: 'paper' } });
    expect(b.stage.deadline?.(b.state)).toBe(T0 + 120 * SECOND);
    expect(brief(b.tick(T0 + 120 * SECOND))).toEqual(['RECONCILED']);
  });
});

describe('at most once', () => {
  test('the same command twice is one venue order', () => {
    const b = bench();
    b.order(placing({}));
    expect(b.order(placing({}))).toEqual([]);
    b.candle(candle(0, '100', '101', '99', '100'));
    expect(brief(b.order(placing({}), T0 + MINUTE))).toEqual(['DENIED ORDER_ID_REUSED']);
    expect(b.events.filter((e) => e.type === 'ACCEPTED')).toHaveLength(1);
  });
  test('only the echo of SUBMITTING places the order', () => {
    const b = bench();
    const out: OrderEvent[] = [];
    const emit = (_t: unknown, _n: unknown, _k: unknown, record: unknown) => out.push(record as OrderEvent);
    b.stage.step(b.state, { type: 'OrderCommand', value: placing({}) } as never, emit as never, T0);
    expect(brief(out)).toEqual(['SUBMITTING']);
    // A bar that would fill it finds nothing in the book.
    expect(b.candle(candle(0, '100', '101', '99', '100'))).toEqual([]);
  });
  test.each([
    ['in time', 3 * SECOND - 1, {}, 'ACCEPTED'],
    ['too late', 3 * SECOND, {}, 'DENIED COMMAND_EXPIRED'],
    ['of another owner', 0, { claim: 'claim-0' }, null],
  ])('an echo %s', (_name, delay, changes, expected) => {
    const b = bench();
    const out: OrderEvent[] = [];
    const emit = (_t: unknown, _n: unknown, _k: unknown, record: unknown) => out.push(record as OrderEvent);
    b.stage.step(b.state, { type: 'OrderCommand', value: placing({}) } as never, emit as never, T0);
    const submitting = out[0];
    if (submitting === undefined) throw new Error('no event');
    expect(brief(b.feed('OrderEvent', { ...submitting, ...changes }, T0 + delay))).toEqual(expected === null ? [] : [expected]);
  });
  test('an echo twice changes nothing', () => {
    const b = bench();
    const [submitting] = b.order(placing({}));
    if (submitting === undefined) throw new Error('no event');
    const before = structuredClone(b.state);
    expect(b.feed('OrderEvent', submitting, T0)).toEqual([]);
    expect(b.state.portfolios.get('paper-1')?.account).toEqual(before.portfolios.get('paper-1')?.account);
  });
});

describe('halt and cancel of all', () => {
  const control = (type: 'KILL' | 'RESUME') => ({ ...blankControl(), portfolio: 'paper-1', mode: 'backtest' as const, type });
  test('a kill stops openings and lets closings through; a resume lifts it', () => {
    const b = bench();
    b.feed('Control', control('KILL'), T0);
    expect(brief(b.order(placing({})))).toEqual(['DENIED TRADING_HALTED']);
    const exit = placing({ leg: 'exit' }, { ...CLOSING, limit_price: d('101') });
    expect(brief(b.order(exit))[0]).toBe('SUBMITTING');
    b.feed('Control', control('RESUME'), T0);
    expect(brief(b.order(placing({ attempt: 2 })))[0]).toBe('SUBMITTING');
  });
  test.each([
    ['OPENING', 1],
    ['ALL', 2],
  ] as const)('CANCEL_ALL %s cancels %i', (scope, count) => {
    const b = bench();
    b.order(placing({}, taking('101')));
    b.candle(candle(0, '100', '100', '100', '100'));
    b.quote(derived('99.95', '100.05', T0 + MINUTE));
    b.order(placing({ attempt: 2, at: T0 + MINUTE }, { limit_price: d('99') }));
    b.order(placing({ leg: 'exit', at: T0 + MINUTE }, { ...CLOSING, limit_price: d('110') }));
    const all: OrderCommand = {
      ...cancelOf(placing({}), T0 + MINUTE),
      action: 'CANCEL_ALL',
      order_id: null,
      instrument: null,
      scope,
    };
    expect(brief(b.order(all))).toEqual(Array(count).fill('CANCEL_REQUESTED TTL'));
  });
  test('status halted: new orders are refused, resting ones freeze, cancels work', () => {
    const b = bench();
    b.order(placing({}));
    b.feed('InstrumentInfo', info({ status: 'HALTED' }), T0);
    expect(b.candle(candle(0, '100', '101', '95', '100'))).toEqual([]);
    expect(brief(b.order(placing({ attempt: 2, at: T0 + MINUTE })))).toEqual(['DENIED FILTER_STATUS']);
    b.order(cancelOf(placing({}), T0 + MINUTE));
    expect(brief(b.candle(candle(1, '100', '101', '95', '100')))).toEqual(['CANCELED']);
  });
  test('a status that changes while the order is on its way rejects it', () => {
    const b = ready({ sim: { ...CERTAIN, latency_ms: 100 } });
    b.quote(quote('99.95', '100.05', T0));
    b.order(placing({}));
    b.feed('InstrumentInfo', info({ status: 'HALTED' }), T0);
    expect(brief(b.tick(T0 + SECOND))).toEqual(['REJECTED INSTRUMENT_HALTED']);
  });
});

describe('policy', () => {
  test('without one nothing is sent', () => {
    const b = benchOf();
    b.feed('CashFlow', cashFlow('1000'), T0);
    expect(brief(b.order(placing({})))).toEqual(['DENIED POLICY_MISSING']);
  });
  test('one that does not follow the policy in force is passed over, as is one that is no document', () => {
    const b = bench();
    b.feed('PolicyActivated', policyActivated({ leverage: 5 }), T0);
    expect(b.state.portfolios.get('paper-1')?.settings?.leverage).toEqual({});
    b.feed('PolicyActivated', { ...policyActivated({}, 'a'.repeat(64)), policy: '{}' }, T0);
    expect(b.state.portfolios.get('paper-1')?.settings?.leverage).toEqual({});
    b.feed('PolicyActivated', policyActivated({ leverage: 5 }, 'a'.repeat(64)), T0);
    expect(b.state.portfolios.get('paper-1')?.settings?.leverage).toEqual({ 'BTC-USDT-PERP': 5 });
  });
});

describe('ids', () => {
  test('golden: SUBMITTING and ACCEPTED of the golden order', () => {
    const b = bench();
    const [submitting, accepted] = b.order(placing({ decision: vectorDecision('1') }));
    expect(submitting?.event_id).toBe('403690fea1dd7894dbcd7a305ae5cbfb4cc8e22e25b414de884a96f7cc8b5c87');
    expect(accepted?.event_id).toBe('f7dca61ff0ce5ad630634e3a75640b31bf4055de4909fcf2559768972c269bb7');
  });
  test('a fill’s key is its fill_id, which names the venue’s order and trade', () => {
    const b = bench();
    b.order(placing({}));
    const [fill] = b.candle(candle(0, '100', '101', '99', '100'));
    const fill_id = fillId({
      account: 'paper-1',
      venue: 'sim',
      venue_order_id: fill?.client_order_id ?? '',
      venue_trade_id: `${fill?.order_id?.slice(0, 28)}-${T0 + MINUTE}`,
    });
    expect(fill?.fill_id).toBe(fill_id);
    expect(fill?.event_id).toBe(orderEventId({ key: fill_id, order_id: fill?.order_id ?? '', type: 'FILL' }));
  });
  test('every event of an order names its command as cause and carries its trace', () => {
    const b = bench();
    const command = placing({});
    const causes: unknown[] = [];
    const emit = (...emitted: unknown[]) => {
      causes.push(emitted.slice(5));
      b.events.push(emitted[3] as OrderEvent);
    };
    const take = (type: string, value: unknown, id = '', trace = '') =>
      b.stage.step(b.state, { type, value, id, trace } as never, emit as never, T0);
    take('OrderCommand', command, command.command_id, 'abc');
    take('OrderEvent', b.events.at(-1));
    take('Candle', candle(0, '101', '101', '99', '100'));
    expect(causes).toEqual(Array(3).fill([command.command_id, 'abc']));
  });
  test('golden fill id', () => {
    expect(fillId({ account: 'main', venue: 'binance', venue_order_id: '28457', venue_trade_id: '56' })).toBe(
      'dddd8982177d966285e69314aa312aa2eb05f619d30d27594849d8ca96d2f6cb',
    );
  });
});

/** A session with something of everything: rests, partial fills, stops, cancels, expiries, quotes and bars. */
function session(b: Bench, from = 0, to = 40): void {
  for (let i = from; i < to; i++) {
    const at = T0 + i * MINUTE;
    const p = 100 + ((i * 7) % 5);
    b.quote(derived(String(p - 0.05), String(p + 0.05), at));
    const n = String(i % 10);
    const command = placing(
      { decision: vectorDecision(n), attempt: i + 1, at },
      i % 3 === 0 ? taking(String(p + 1)) : { limit_price: d(String(i % 7 === 3 ? 50 : p - 1)) },
    );
    b.order(command);
    if (i % 4 === 1) b.order(cancelOf(command, at));
    if (i % 5 === 2) {
      const stop = {
        ...CLOSING,
        order_type: 'STOP',
        price_rule: 'NONE',
        limit_price: null,
        stop_price: d('99'),
        stop_source: 'LAST',
      } as const;
      b.order(placing({ leg: 'stop', attempt: i + 1, at }, stop));
    }
    b.candle(candle(i, String(p), String(p + 2), String(p - 2), String(p), { volume: d('25') }));
  }
}

describe('determinism and restart', () => {
  const terms = { sim: STANDARD_SIM };
  test('the same inputs give the same events', () => {
    const [a, b] = [ready(terms), ready(terms)];
    session(a);
    session(b);
    expect(a.events.length).toBeGreaterThan(100);
    expect(new Set(a.events.map((e) => e.type)).size).toBeGreaterThan(6);
    expect(a.events).toEqual(b.events);
  });
  test('event ids are unique', () => {
    const b = ready(terms);
    session(b);
    expect(new Set(b.events.map((e) => e.event_id)).size).toBe(b.events.length);
  });
  test('from a snapshot it goes on as if never stopped', () => {
    const whole = ready(terms);
    session(whole);
    const first = ready(terms);
    session(first, 0, 17);
    const second = benchOf(structuredClone(first.state));
    session(second, 17, 40);
    expect([...first.events, ...second.events]).toEqual(whole.events);
    expect(second.state).toEqual(whole.state);
  });
  test('a refold of commands and own events gives the same books', () => {
    const whole = ready(terms);
    const log: { type: 'OrderCommand' | 'OrderEvent'; value: OrderCommand | OrderEvent }[] = [];
    const recording: Bench = {
      ...whole,
      order: (command, at) => {
        log.push({ type: 'OrderCommand', value: command });
        return keep(whole.order(command, at));
      },
      candle: (value) => keep(whole.candle(value)),
    };
    function keep(events: OrderEvent[]): OrderEvent[] {
      for (const value of events) log.push({ type: 'OrderEvent', value });
      return events;
    }
    session(recording);
    const again = benchOf(undefined, { ...CONFIG, claim: 'claim-2' });
    const mute = () => {};
    const take = (type: string, value: unknown) => again.stage.step(again.state, { type, value } as never, mute, T0);
    take('InstrumentInfo', info());
    take('CashFlow', cashFlow('1000000'));
    take('PolicyActivated', policyActivated(terms));
    for (const { type, value } of log) take(type, value);
    const books = (state: ExecutionState) => {
      const portfolio = state.portfolios.get('paper-1');
      const orders = [...(portfolio?.orders.values() ?? [])].map(
        ({ order_id, phase, filled, quantity, price, reserved, events }) => ({
          order_id,
          phase,
          filled,
          quantity,
          price,
          reserved,
          events,
        }),
      );
      return { account: portfolio?.account, orders, books: portfolio?.books, ended: portfolio?.ended };
    };
    expect(books(again.state).orders.length).toBeGreaterThan(0);
    expect(books(again.state)).toEqual(books(whole.state));
    // The start of the new owner completes at a Tick, and only then commands are answered.
    expect(brief(again.order(placing({ attempt: 99, at: T0 + 40 * MINUTE })))).toEqual([]);
    const events = again.tick(T0 + 41 * MINUTE);
    expect(brief(events).slice(0, 3)).toEqual(['RECONCILING', 'VENUE_STATE', 'RECONCILED']);
    expect(events[2]?.reconciliation?.clean).toBe(true);
  });
  test('a SUBMITTING without answer of an earlier owner was never placed', () => {
    const b = bench();
    const out: OrderEvent[] = [];
    const emit = (_t: unknown, _n: unknown, _k: unknown, record: unknown) => out.push(record as OrderEvent);
    const command = placing({});
    b.stage.step(b.state, { type: 'OrderCommand', value: command } as never, emit as never, T0);
    const submitting = out[0];
    if (submitting === undefined) throw new Error('no event');
    const next = benchOf(structuredClone(b.state), { ...CONFIG, claim: 'claim-2' });
    const events = next.feed('OrderEvent', submitting, T0 + SECOND);
    expect(brief(events)).toEqual(['RECONCILING', 'VENUE_STATE', 'UNKNOWN RESTART', 'NOT_PLACED', 'RECONCILED']);
    expect(next.order(command, T0 + SECOND)).toMatchObject([{ type: 'DENIED', reason: 'ORDER_ID_REUSED' }]);
  });
  test('a denial read back before its command is read again is its answer', () => {
    const command = placing({}, { valid_until: T0 - SECOND });
    const [denied] = bench().order(command);
    if (denied === undefined) throw new Error('no event');
    expect(denied).toMatchObject({ type: 'DENIED', reason: 'COMMAND_EXPIRED' });
    const again = ready();
    again.feed('OrderEvent', denied, T0);
    expect(again.order(command)).toEqual([]);
    expect(brief(again.order(command))).toEqual(['DENIED ORDER_ID_REUSED']);
  });
  test('an opening whose SUBMITTING is read back waits no more, and makes room for another', () => {
    // Nothing comes back from the journal, so nothing goes out.
    const { stage, state } = benchOf(undefined, { ...CONFIG, claim: 'claim-2' });
    const out: OrderEvent[] = [];
    const emit = (_t: unknown, _n: unknown, _k: unknown, record: unknown) => out.push(record as OrderEvent);
    const take = (type: string, value: unknown): void => stage.step(state, { type, value } as never, emit as never, T0);
    const [first, submitting] = [placing({}), bench().order(placing({}))[0]];
    for (let attempt = 1; attempt <= 10_001; attempt += 1) take('OrderCommand', attempt === 1 ? first : placing({ attempt }));
    expect(brief(out)).toEqual(['RECONCILING', 'DENIED SEND_QUEUE_FULL']);
    take('OrderEvent', submitting);
    take('OrderCommand', placing({ attempt: 10_002 }));
    expect(brief(out)).toEqual(['RECONCILING', 'DENIED SEND_QUEUE_FULL']);
  });
  test('own events read before their command wait for it', () => {
    const b = bench();
    const command = placing({});
    const events = b.order(command);
    const late = ready();
    for (const event of events) late.feed('OrderEvent', event, T0);
    expect(late.order(command)).toEqual([]);
    expect(brief(late.candle(candle(0, '100', '101', '99', '100')))).toEqual(['FILL 1 @ 100 MAKER']);
  });
});
