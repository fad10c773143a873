// Intents walk their routes: entries, exits, time, and everything a venue may answer.
import { beforeEach, describe, expect, it } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { blankOrderEvent, type OrderCommand, type OrderEvent, type OrderEventType } from '../../../schemas/records.generated.ts';
import { SECOND } from '../../../schemas/time.ts';
import {
  cancelOpenings,
  type EntryRequest,
  type ExitRequest,
  openEntry,
  openExit,
  positionClosed,
  releaseHeld,
  supersedes,
} from './open.ts';
import { onOrderEvent } from './order-event.ts';
import {
  entryOf,
  exitOf,
  newOrders,
  newOrdersOutput,
  type OrdersContext,
  type OrdersOutput,
  type OrdersState,
  restingOrders,
  unknownOrders,
} from './orders.ts';
import { forgetOrders, onOrdersTick } from './tick.ts';

const T0 = 1_700_000_000_000_000;
const terms = { tick: decimal('0.1'), step: decimal('0.001'), min_qty: decimal('0.001'), min_notional: decimal('5') };

const context = (after_s: number, more: Partial<OrdersContext> = {}): OrdersContext => ({
  portfolio: 'pf-1',
  run_id: 'run',
  mode: 'paper',
  backend: 'SIMULATED',
  policy_hash: 'p',
  policy: {
    post_only_ttl_s: 15,
    reprice_ttl_s: 10,
    intent_age_s_max: 60,
    command_valid_open_s: 10,
    command_valid_close_s: 60,
    collar_exit_bps: [100, 200, 400, 800, 2000],
    collar_open_bps: 50,
    taker_promote: false,
    taker_confidence_bps_min: 7000,
  },
  candle_interval_us: 0,
  halted: false,
  positions: new Map([['BTC-USDT', { qty: decimal('1') }]]),
  now: T0 + after_s * SECOND,
  ...more,
});

const entry = (more: Partial<EntryRequest> = {}): EntryRequest => ({
  decision_id: 'd1',
  signal_id: 's1',
  kind: 'OPEN',
  instrument: 'BTC-USDT',
  venue: 'sim',
  position_side: 'LONG',
  position_id: null,
  quantity: decimal('1'),
  collar_price: decimal('101'),
  reference: { bid: decimal('99.9'), ask: decimal('100'), at: T0, offset: 7 },
  terms,
  tier: 'T1',
  confidence_bps: 8000,
  route: 'AUTO',
  market_only_notional_max: decimal('6'),
  reason: 'entry',
  ...more,
});

const exit = (more: Partial<ExitRequest> = {}): ExitRequest => ({
  decision_id: 'd2',
  signal_id: null,
  kind: 'CLOSE',
  instrument: 'BTC-USDT',
  venue: 'sim',
  position_side: 'LONG',
  position_id: 'pos-1',
  quantity: decimal('1'),
  route: 'PATIENT_EXIT',
  reference: { bid: decimal('99.9'), ask: decimal('100'), at: T0, offset: 7 },
  terms,
  tier: 'T1',
  reason: 'TAKE_PROFIT',
  ...more,
});

let state: OrdersState;
let out: OrdersOutput;
beforeEach(() => {
  state = newOrders();
  out = newOrdersOutput();
});

const last = (): OrderCommand => out.commands.at(-1) as OrderCommand;
const ends = () => out.ended.map((e) => e.end);
const effects = () => out.effects.map((e) => e.kind);
const liveOrder = () => state.intents.map((i) => i.order_id).find((id) => id !== '') ?? '';

function event(order_id: string, type: OrderEventType, more: Partial<OrderEvent> = {}): OrderEvent {
  return { ...blankOrderEvent(), type, order_id, evidence: 'SIMULATED', ...more };
}
const fill = (order_id: string, quantity: string, more: Partial<OrderEvent> = {}): OrderEvent =>
  event(order_id, 'FILL', { side: 'BUY', price: decimal('100'), quantity: decimal(quantity), ...more });

const sold = (id: string, quantity: string) => fill(id, quantity, { side: 'SELL' });

function tell(ctx: OrdersContext, ...events: OrderEvent[]): void {
  for (const e of events) onOrderEvent(state, state.orders.get(e.order_id ?? ''), e, ctx, out);
}

describe('an entry', () => {
  it('reserves and rests first; cancelled at the first Tick at or after its TTL from acceptance', () => {
    openEntry(state, entry(), context(0), out);
    expect(last()).toMatchObject({
      action: 'PLACE',
      order_type: 'POST_ONLY',
      price_rule: 'PASSIVE',
      route_step: 'POST_ONLY',
      attempt: 1,
      ttl_s: 15,
      collar_price: decimal('101'),
    });
    expect(effects()).toEqual(['RESERVE_ENTRY']);
    const id = liveOrder();
    tell(context(0.4), event(id, 'SUBMITTING'), event(id, 'ACCEPTED'));
    expect(state.deadline).toBe(T0 + 15.4 * SECOND);
    onOrdersTick(state, context(15), out);
    expect(out.commands).toHaveLength(1);
    onOrdersTick(state, context(16), out);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: id, valid_until: null });
    onOrdersTick(state, context(17), out);
    expect(out.commands).toHaveLength(2);
  });

  it('is repriced once, then ends without a fill: the taker step must be promoted by the policy', () => {
    openEntry(state, entry(), context(0), out);
    tell(context(16), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'CANCELED'));
    expect(last()).toMatchObject({ route_step: 'REPRICE', attempt: 2, ttl_s: 10 });
    expect(effects()).toEqual(['RESERVE_ENTRY', 'RELEASE', 'RESERVE_ENTRY']);
    tell(context(30), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'CANCELED'));
    expect(ends()).toEqual(['NO_FILL']);
    expect(entryOf(state, 'BTC-USDT')).toBeUndefined();
  });

  it('takes liquidity at the end where the policy promotes it and confidence suffices', () => {
    const promote = { ...context(0).policy, taker_promote: true };
    openEntry(state, entry(), context(0, { policy: promote }), out);
    for (const after of [16, 30]) {
      tell(context(after, { policy: promote }), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'CANCELED'));
    }
    expect(last()).toMatchObject({
      order_type: 'LIMIT',
      time_in_force: 'IOC',
      price_rule: 'CROSS',
      route_step: 'TAKER',
      attempt: 3,
    });
  });

  it.each([
    ['6 quote units or less', '0.06', 'TAKER'],
    ['more', '0.061', 'POST_ONLY'],
  ])('of %s goes %s', (_, quantity, step) => {
    openEntry(state, entry({ quantity: decimal(quantity), collar_price: decimal('100') }), context(0), out);
    expect(last().route_step).toBe(step);
  });

  it('filled in parts is booked part by part and ends FILLED', () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'SUBMITTING'), event(id, 'ACCEPTED'), fill(id, '0.4'), fill(id, '0.6'));
    expect(effects()).toEqual(['RESERVE_ENTRY', 'BOOK', 'BOOK', 'RELEASE']);
    expect(ends()).toEqual(['FILLED']);
  });

  it('partly filled at its end goes on with the rest, and ends PARTIAL when the rest is below the minimum', () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'SUBMITTING'), fill(id, '0.4'), event(id, 'CANCELED'));
    expect(last()).toMatchObject({ quantity: decimal('0.6'), route_step: 'REPRICE' });
    const second = liveOrder();
    tell(context(2), event(second, 'SUBMITTING'), fill(second, '0.56'), event(second, 'CANCELED'));
    expect(ends()).toEqual(['PARTIAL']);
  });

  it('that would have crossed is tried once more in the same step, a tick further away', () => {
    openEntry(state, entry(), context(0), out);
    tell(context(1), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'REJECTED', { reason: 'POST_ONLY_WOULD_CROSS' }));
    expect(last().route_step).toBe('POST_ONLY_AGAIN');
    tell(context(1), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'REJECTED', { reason: 'POST_ONLY_WOULD_CROSS' }));
    expect(last().route_step).toBe('REPRICE');
  });

  it.each([['REJECTED', 'BALANCE_INSUFFICIENT'] as const, ['DENIED', 'PRICE_OUTSIDE_COLLAR'] as const])(
    '%s for %s ends REFUSED',
    (type, reason) => {
      openEntry(state, entry(), context(0), out);
      const id = liveOrder();
      if (type === 'REJECTED') tell(context(1), event(id, 'SUBMITTING'));
      tell(context(1), event(id, type, { reason }));
      expect(ends()).toEqual(['REFUSED']);
      expect(out.effects.at(-1)).toMatchObject({ kind: 'RELEASE', keep: 0n });
    },
  );

  it('the venue did not execute is tried again under a new id', () => {
    openEntry(state, entry(), context(0), out);
    const first = liveOrder();
    tell(context(1), event(first, 'DENIED', { reason: 'VENUE_NOT_EXECUTED' }));
    expect(last()).toMatchObject({ attempt: 2, route_step: 'POST_ONLY' });
    expect(liveOrder()).not.toBe(first);
  });

  it.each([
    ['60 s after its first decision starts the next step', 60, 0, 2],
    ['later starts nothing', 61, 0, 1],
    ['in candle mode has three intervals more', 240, 60 * SECOND, 2],
    ['in candle mode later starts nothing', 241, 60 * SECOND, 1],
  ])('ended %s', (_, after, candle, commands) => {
    openEntry(state, entry(), context(0), out);
    tell(context(after, { candle_interval_us: candle }), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'CANCELED'));
    expect(out.commands.length).toBe(commands);
  });

  it('of unknown outcome holds everything and blocks its instrument', () => {
    openEntry(state, entry(), context(0), out);
    tell(context(1), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'UNKNOWN', { reason: 'TIMEOUT' }));
    expect(effects()).toEqual(['RESERVE_ENTRY']);
    expect(unknownOrders(state, 'BTC-USDT')).toHaveLength(1);
    expect(unknownOrders(state, 'ETH-USDT')).toHaveLength(0);
    tell(context(40), event(liveOrder(), 'NOT_PLACED'));
    expect(effects()).toEqual(['RESERVE_ENTRY', 'RELEASE', 'RESERVE_ENTRY']);
  });

  it('without any answer for 10 s is alerted, never resent', () => {
    openEntry(state, entry(), context(0), out);
    onOrdersTick(state, context(9), out);
    expect(out.anomalies).toEqual([]);
    onOrdersTick(state, context(10), out);
    expect(out.anomalies).toEqual([{ code: 'ORDER_UNACKNOWLEDGED', order_id: liveOrder() }]);
    onOrdersTick(state, context(100), out);
    expect(out.anomalies).toHaveLength(1);
    expect(out.commands).toHaveLength(1);
  });

  it('is cancelled by a kill, working or not', () => {
    openEntry(state, entry(), context(0), out);
    tell(context(1), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'ACCEPTED'));
    cancelOpenings(state, null, 'KILL_SWITCH', context(2), out);
    expect(last()).toMatchObject({ action: 'CANCEL', reason: 'KILL_SWITCH' });
    tell(context(3), event(liveOrder(), 'CANCELED'));
    expect(ends()).toEqual(['CANCELED']);
  });
});

describe('a fill', () => {
  const open = () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'SUBMITTING'), event(id, 'ACCEPTED'));
    return id;
  };

  it('beyond the ordered quantity is booked up to it, the excess quarantined', () => {
    const id = open();
    tell(context(2), fill(id, '1.25'));
    expect(out.effects.slice(1)).toMatchObject([
      { kind: 'BOOK', quantity: decimal('1') },
      { kind: 'QUARANTINE', quantity: decimal('0.25'), code: 'ORDER_OVERFILL' },
      { kind: 'RELEASE' },
    ]);
  });

  it('after the end is late: booked in full, state kept', () => {
    const id = open();
    tell(context(2), event(id, 'CANCELED'), fill(id, '0.5'));
    expect(state.orders.get(id)?.status).toBe('CANCELED');
    expect(out.anomalies).toEqual([{ code: 'ORDER_FILL_LATE', order_id: id }]);
    expect(out.effects.at(-1)).toMatchObject({ kind: 'BOOK', late: true });
  });

  it.each([
    ['quote booked as base', { quote_quantity: decimal('2.64') }, 'FILL_UNITS_INCONSISTENT'],
    ['price 0', { price: 0n }, 'FILL_UNITS_INCONSISTENT'],
    ['the other side', { side: 'SELL' as const }, 'FILL_UNITS_INCONSISTENT'],
  ])('with %s is quarantined', (_, more, code) => {
    const id = open();
    tell(context(2), fill(id, '0.5', more));
    expect(out.effects.at(-1)).toMatchObject({ kind: 'QUARANTINE', code });
    expect(state.orders.get(id)?.filled).toBe(0n);
  });

  it('of an order nobody commanded is quarantined', () => {
    tell(context(2), fill('foreign', '0.5'));
    expect(out.effects).toMatchObject([{ kind: 'QUARANTINE', code: 'TRADE_FOREIGN' }]);
  });

  it('that the venue reports and has not delivered stays reserved', () => {
    const id = open();
    tell(context(2), fill(id, '0.4'), event(id, 'CANCELED', { filled_quantity_reported: decimal('0.5') }));
    expect(out.effects.find((e) => e.kind === 'RELEASE')).toMatchObject({ keep: decimal('0.1') });
    expect(out.anomalies).toContainEqual({ code: 'ORDER_FILLS_MISSING', order_id: id });
  });
});

describe('an ended order', () => {
  const ended = () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'DENIED', { reason: 'QUOTE_STALE' }));
    return id;
  };

  it.each([
    ['by query a minute later', 'QUERY' as const, 61, 'ACCEPTED'],
    ['by query too early', 'QUERY' as const, 60.9, 'DENIED'],
    ['by stream', 'STREAM' as const, 100, 'DENIED'],
  ])('seen %s', (_, evidence, after, status) => {
    const id = ended();
    tell(context(after), event(id, 'ACCEPTED', { evidence, observed_at: T0 + after * SECOND }));
    expect(state.orders.get(id)?.status).toBe(status);
  });

  it('that lives again is reserved again, and cancelled at once: its intent has ended', () => {
    const id = ended();
    tell(context(61), event(id, 'ACCEPTED', { evidence: 'QUERY', observed_at: T0 + 61 * SECOND }));
    expect(out.effects.at(-1)).toMatchObject({ kind: 'RESERVE_ENTRY', order: { order_id: id } });
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: id });
    forgetOrders(state, context(8 * 86_400).now);
    expect(state.orders.has(id)).toBe(true);
    tell(context(8 * 86_400), event(id, 'CANCELED'));
    expect(out.effects.at(-1)).toMatchObject({ kind: 'RELEASE' });
  });

  it('is forgotten after 7 days', () => {
    const id = ended();
    forgetOrders(state, T0 + 7 * 86_400 * SECOND);
    expect(state.orders.has(id)).toBe(true);
    forgetOrders(state, T0 + (1 + 7 * 86_400) * SECOND);
    expect(state.orders.has(id)).toBe(false);
  });
});

describe('an exit', () => {
  it('by the patient route ends by taking, whatever the policy says of takers', () => {
    openExit(state, exit(), context(0), out);
    expect(last()).toMatchObject({ route_step: 'POST_ONLY', reduce_only: true, position_id: 'pos-1', side: 'SELL' });
    for (const after of [16, 30]) tell(context(after), event(liveOrder(), 'SUBMITTING'), event(liveOrder(), 'CANCELED'));
    expect(last()).toMatchObject({ route_step: 'TAKER', collar_bps: 100, collar_price: null });
  });

  it('that fails backs off 1, 2, 4, 8, 16, 30, 60, 60 s, widens its collar, and is alerted at the fifth failure', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0), out);
    let now = 0;
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      const id = liveOrder();
      tell(context(now), event(id, 'SUBMITTING'), event(id, 'EXPIRED'));
      const next = (state.deadline - T0) / SECOND;
      waits.push(next - now);
      now = next;
      onOrdersTick(state, context(now), out);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 60, 60]);
    expect(out.commands.map((c) => c.collar_bps)).toEqual([100, 200, 400, 800, 2000, 2000, 2000, 2000, 2000]);
    expect(out.anomalies.filter((a) => a.code === 'EXIT_STUCK')).toHaveLength(1);
  });

  it('partly filled goes on at once until flat', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'SUBMITTING'), sold(id, '0.3'), event(id, 'EXPIRED'));
    expect(last()).toMatchObject({ quantity: decimal('0.7'), attempt: 2 });
    const second = liveOrder();
    tell(context(1), event(second, 'SUBMITTING'), sold(second, '0.7'));
    expect(ends()).toEqual(['FILLED']);
    expect(exitOf(state, 'pos-1')).toBeUndefined();
  });

  it('ends as dust when the rest cannot be sent', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0), out);
    const id = liveOrder();
    tell(context(1), event(id, 'SUBMITTING'), sold(id, '0.96'), event(id, 'EXPIRED'));
    expect(ends()).toEqual(['DUST']);
  });

  it('urgent supersedes a patient one, waits for its order to end, and sells only what is left', () => {
    openExit(state, exit(), context(0), out);
    const slow = liveOrder();
    tell(context(1), event(slow, 'SUBMITTING'), event(slow, 'ACCEPTED'));
    expect(supersedes(state, 'pos-1', 'PATIENT_EXIT')).toBe(false);
    expect(supersedes(state, 'pos-1', 'URGENT')).toBe(true);
    openExit(state, exit({ decision_id: 'd3', route: 'URGENT', reason: 'STOP_LOSS' }), context(2), out);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: slow });
    tell(context(2), sold(slow, '0.25'), event(slow, 'CANCELED'));
    expect(last()).toMatchObject({ action: 'PLACE', quantity: decimal('0.75'), route_step: 'TAKER' });
    expect(ends()).toEqual(['SUPERSEDED']);
  });

  it('cancels a working entry first and is sent 2 s later even if that does not end', () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(0), event(id, 'SUBMITTING'), fill(id, '0.5'));
    openExit(state, exit({ quantity: decimal('0.5'), route: 'URGENT' }), context(1), out);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: id });
    onOrdersTick(state, context(2.9), out);
    expect(last().action).toBe('CANCEL');
    tell(context(2.9), fill(id, '0.1'));
    onOrdersTick(state, context(3), out);
    expect(last()).toMatchObject({ action: 'PLACE', quantity: decimal('0.6') });
  });

  it('is held in HALTED and sent when it is left', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0, { halted: true }), out);
    expect(out.commands).toEqual([]);
    onOrdersTick(state, context(100, { halted: true }), out);
    expect(out.commands).toEqual([]);
    releaseHeld(state, context(200), out);
    expect(last()).toMatchObject({ action: 'PLACE', reason: 'TAKE_PROFIT' });
  });
});

describe('two exits of one position', () => {
  /** A patient exit works, an urgent one has superseded it. */
  function superseded(exclusive: boolean): string {
    openExit(state, exit({ exclusive }), context(0), out);
    const slow = liveOrder();
    tell(context(0), event(slow, 'SUBMITTING'), event(slow, 'UNKNOWN'));
    openExit(state, exit({ decision_id: 'd3', route: 'URGENT', reason: 'STOP_LOSS', exclusive }), context(1), out);
    onOrdersTick(state, context(3), out);
    return slow;
  }

  it('where the venue enforces reduce_only the second is sent after 2 s', () => {
    superseded(false);
    expect(last()).toMatchObject({ action: 'PLACE', reason: 'STOP_LOSS', quantity: decimal('1') });
  });

  it('where it does not, a holding is never offered twice: the second waits for the end of the first', () => {
    const slow = superseded(true);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: slow });
    expect(state.deadline).toBe(T0 + 4 * SECOND);
    onOrdersTick(state, context(4), out);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: slow });
    tell(context(5), sold(slow, '0.4'), event(slow, 'CANCELED'));
    expect(last()).toMatchObject({ action: 'PLACE', reason: 'STOP_LOSS', quantity: decimal('0.6') });
  });

  it.each([
    ['0.8', '0.2'],
    ['0.4', '0.3'],
  ])('a partial one of 0.3 that took over: of 1, the first still sold %s, so it sells %s', (late, rest) => {
    openExit(state, exit({ kind: 'REDUCE', quantity: decimal('0.8'), exclusive: true }), context(0), out);
    const slow = liveOrder();
    tell(context(0), event(slow, 'SUBMITTING'), event(slow, 'ACCEPTED'));
    const urgent = { decision_id: 'd3', route: 'URGENT', reason: 'MANUAL_CLOSE', exclusive: true } as const;
    openExit(state, exit({ kind: 'REDUCE', quantity: decimal('0.3'), ...urgent }), context(1), out);
    tell(context(2), sold(slow, late), event(slow, 'CANCELED'));
    expect(last()).toMatchObject({ action: 'PLACE', reason: 'MANUAL_CLOSE', quantity: decimal(rest) });
  });

  it('a closed position leaves neither a waiting nor a working one', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0, { halted: true }), out);
    openExit(state, exit({ decision_id: 'd4', position_id: 'pos-2', instrument: 'ETH-USDT' }), context(0), out);
    const id = liveOrder();
    tell(context(0), event(id, 'SUBMITTING'), event(id, 'ACCEPTED'));
    positionClosed(state, 'pos-1', context(1), out);
    expect(ends()).toEqual(['FILLED']);
    positionClosed(state, 'pos-2', context(1), out);
    expect(last()).toMatchObject({ action: 'CANCEL', order_id: id });
    tell(context(2), event(id, 'CANCELED'));
    expect(ends()).toEqual(['FILLED', 'FILLED']);
  });
});

describe('what others fill', () => {
  it('a late entry fill against a short shrinks what its exit has to buy', () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(0), event(id, 'SUBMITTING'), event(id, 'ACCEPTED'));
    cancelOpenings(state, null, 'KILL_SWITCH', context(1), out);
    tell(context(1), event(id, 'CANCELED'));
    openExit(state, exit({ position_side: 'SHORT', position_id: 'pos-2' }), context(2, { halted: true }), out);
    tell(context(3), fill(id, '0.4'));
    expect(exitOf(state, 'pos-2')?.quantity).toBe(decimal('0.6'));
  });

  it('an order refused and yet filled in part is unknown: its rest is reserved again and it is not forgotten', () => {
    openEntry(state, entry(), context(0), out);
    const id = liveOrder();
    tell(context(0), event(id, 'SUBMITTING'), event(id, 'REJECTED', { reason: 'BALANCE_INSUFFICIENT' }));
    tell(context(60), fill(id, '0.4'));
    expect(unknownOrders(state, 'BTC-USDT')).toHaveLength(1);
    expect(effects().slice(-2)).toEqual(['BOOK', 'RESERVE_ENTRY']);
    forgetOrders(state, context(8 * 86_400).now);
    expect(state.orders.has(id)).toBe(true);
  });
});

describe('a venue that does not take it', () => {
  it('an entry is offered four times, then its moment has passed', () => {
    openEntry(state, entry(), context(0), out);
    for (let i = 0; i < 4; i += 1) {
      expect(last().attempt).toBe(i + 1);
      const id = liveOrder();
      tell(context(0), event(id, 'SUBMITTING'), event(id, 'DENIED', { reason: 'VENUE_NOT_EXECUTED' }));
    }
    expect(ends()).toEqual(['REFUSED']);
  });

  it('an exit too small for its wide collar tries the narrow one again; too small for that one, it is dust', () => {
    openExit(state, exit({ route: 'URGENT' }), context(0), out);
    const first = liveOrder();
    tell(context(0), event(first, 'SUBMITTING'), event(first, 'EXPIRED'));
    onOrdersTick(state, context(1), out);
    expect(last().collar_bps).toBe(200);
    tell(context(1), event(liveOrder(), 'DENIED', { reason: 'FILTER_NOTIONAL_MIN' }));
    onOrdersTick(state, context(3), out);
    expect(last().collar_bps).toBe(100);
    tell(context(3), event(liveOrder(), 'DENIED', { reason: 'FILTER_NOTIONAL_MIN' }));
    expect(ends()).toEqual(['DUST']);
  });
});

it('resting orders are those that wait at a price', () => {
  openEntry(state, entry(), context(0), out);
  openEntry(state, entry({ decision_id: 'd9', instrument: 'ETH-USDT', route: 'TAKER_ONLY' }), context(0), out);
  expect(restingOrders(state, 'BTC-USDT')).toHaveLength(1);
  expect(restingOrders(state, 'ETH-USDT')).toHaveLength(0);
});
