// The decision stage as an observer sees it: journal records in, decisions, orders, positions and trades out.
import { describe, expect, it } from 'vitest';
import { H } from '../../schemas/ids.ts';
import { blankLesson } from '../../schemas/records.generated.ts';
import { HOUR, MINUTE, SECOND } from '../../schemas/time.ts';
import {
  answer,
  commands,
  control,
  decisions,
  enrichedSignal,
  event,
  fill,
  fold,
  INSTRUMENT,
  M,
  mark,
  type Output,
  opened,
  owned,
  portfolioOf,
  positions,
  type Scenario,
  START,
  scenario,
  send,
  signal,
  terminal,
  tick,
  trades,
  trading,
  trigger,
} from './example.ts';

function first<T>(list: readonly T[]): T {
  const [value] = list;
  if (value === undefined) throw new Error('nothing there');
  return value;
}

const outcome = (outputs: readonly Output[]) => decisions(outputs).map((d) => [d.kind, d.action, d.reason_code]);

describe('a signal on its way', () => {
  it('becomes an EXECUTE with a reservation and an order in the same step, decision first', () => {
    const s = trading();
    const out = signal(s);
    expect(out.map((o) => o.topic)).toEqual(['decisions.v1', 'orders.v1']);
    const decision = first(decisions(out));
    const command = first(commands(out));
    expect(outcome(out)).toEqual([['ENTRY', 'EXECUTE', 'ENTRY_APPROVED']]);
    expect(decision.order_ids).toEqual([command.order_id]);
    expect(command).toMatchObject({
      action: 'PLACE',
      intent: 'OPEN',
      side: 'BUY',
      order_type: 'POST_ONLY',
      decision_id: decision.decision_id,
    });
    expect(decision.route).toMatchObject({ route: 'PATIENT', order_type: 'POST_ONLY', post_only: true });
    expect(decision.state).toMatchObject({ state: 'ACTIVE', positions: 0, reservations: 0 });
    const { reservations } = portfolioOf(s).ledger;
    expect([...reservations.values()]).toMatchObject([
      { order_id: command.order_id, purpose: 'ENTRY', quantity: command.quantity },
    ]);
  });

  it('is filled, stopped out and becomes a trade', () => {
    const s = trading();
    const command = first(commands(signal(s)));
    const bought = answer(s, command, { price: '50000' });
    const position = first(positions(bought));
    expect(position).toMatchObject({
      side: 'LONG',
      qty: command.quantity,
      avg_price: M('50000'),
      strategy: 'breakout',
      stop_bps: 720,
    });
    expect(portfolioOf(s).ledger.reservations.size).toBe(0);

    tick(s, s.now + 10 * MINUTE);
    const stopped = trigger(s, position.position_id, 'STOP_LOSS', { mid: M('47000'), also_fired: ['MOMENTUM_DECAY'] });
    expect(outcome(stopped)).toEqual([['EXIT', 'EXECUTE', 'STOP_LOSS']]);
    expect(first(decisions(stopped))).toMatchObject({ target: position.position_id, warnings: ['MOMENTUM_DECAY'] });
    const exit = first(commands(stopped));
    expect(exit).toMatchObject({ intent: 'CLOSE', side: 'SELL', reduce_only: true, route: 'URGENT', quantity: command.quantity });
    expect(first(positions(stopped)).pending_reduction_qty).toBe(command.quantity);

    const sold = answer(s, exit, { price: '46990' });
    expect(first(positions(sold)).qty).toBe(0n);
    const trade = first(trades(sold));
    expect(trade).toMatchObject({ exit_reason: 'STOP_LOSS', strategy: 'breakout', qty_max: command.quantity, n_fills: 2 });
    const legs =
      trade.leg_edge + trade.leg_opportunity + trade.leg_decision_delay + trade.leg_send_latency + trade.leg_entry_slippage;
    expect(legs + trade.leg_exit_delay + trade.leg_exit_slippage + trade.leg_fees + trade.leg_funding).toBe(trade.net);
    expect(portfolioOf(s).ledger.positions.size).toBe(0);
    expect(sold.map((o) => o.type)).toEqual(['Position', 'Trade']);
  });

  it('of three at once takes the one free slot', () => {
    const s = trading({
      portfolio: { max_positions: 1 },
      pacing: { global_s: 0, symbol_s: 0 },
    });
    const out = ['BTC-USDT-PERP', 'ETH-USDT-PERP', 'SOL-USDT-PERP'].flatMap((instrument) => signal(s, { instrument }));
    expect(outcome(out).map(([, action, code]) => [action, code])).toEqual([
      ['EXECUTE', 'ENTRY_APPROVED'],
      ['BLOCK', 'MAX_POSITIONS_REACHED'],
      ['BLOCK', 'MAX_POSITIONS_REACHED'],
    ]);
    expect(commands(out)).toHaveLength(1);
  });

  it('that is refused keeps its reference and its hypothetical size', () => {
    const s = trading();
    const refused = signal(s, {}, { admission: { verdict: 'refuse', reasons: ['QUOTE_STALE'] } });
    expect(first(decisions(refused))).toMatchObject({
      action: 'BLOCK',
      reason_code: 'QUOTE_STALE',
      reason_gate: 0,
      reference_mid: M('50000'),
    });
    expect(first(decisions(refused)).hypothetical_notional).not.toBeNull();
    expect(commands(refused)).toEqual([]);
  });
});

describe('decided once', () => {
  it.each([
    ['signal', (s: Scenario) => s.journal.find((r) => r.type === 'EnrichedSignal')],
    ['fill', (s: Scenario) => s.journal.find((r) => r.type === 'OrderEvent' && r.value.type === 'FILL')],
    ['trigger', (s: Scenario) => s.journal.find((r) => r.type === 'ExitTrigger')],
    ['policy', (s: Scenario) => s.journal.find((r) => r.type === 'PolicyActivated')],
    ['cash flow', (s: Scenario) => s.journal.find((r) => r.type === 'CashFlow')],
    ['tick', (s: Scenario) => s.journal.find((r) => r.type === 'Tick')],
  ])('the same %s again changes nothing', (_, find) => {
    const s = trading();
    const position = opened(s);
    trigger(s, position.position_id, 'TAKE_PROFIT');
    const record = find(s);
    if (record === undefined) throw new Error('not in the journal');
    const before = structuredClone(s.state);
    expect(fold(s, record)).toEqual([]);
    expect(s.state).toEqual(before);
  });

  it('a mark older than the last of its position changes nothing', () => {
    const s = trading();
    const position = opened(s);
    mark(s, position.position_id, '50500');
    const before = structuredClone(s.state);
    expect(mark(s, position.position_id, '40000', { venue_at: s.now - 1 })).toEqual([]);
    expect(s.state).toEqual(before);
  });
});

describe('reductions', () => {
  it.each([
    ['a closing signal', (s: Scenario) => signal(s, { direction: 'close_long' }), ['EXIT', 'EXECUTE', 'SIGNAL_CLOSE']],
    ['an opposite signal', (s: Scenario) => signal(s, { direction: 'short' }), ['EXIT', 'EXECUTE', 'SIGNAL_CLOSE']],
    [
      'a closing signal of the other side',
      (s: Scenario) => signal(s, { direction: 'close_short' }),
      ['EXIT', 'SKIP', 'NO_POSITION'],
    ],
    [
      'a closing signal that was refused',
      (s: Scenario) => signal(s, { direction: 'close_long' }, { admission: { verdict: 'refuse', reasons: ['SIGNAL_TOO_OLD'] } }),
      ['EXIT', 'SKIP', 'SIGNAL_TOO_OLD'],
    ],
    ['an operator', (s: Scenario) => control(s, 'CLOSE', { instrument: INSTRUMENT }), ['EXIT', 'EXECUTE', 'MANUAL_CLOSE']],
    ['an operator who flattens', (s: Scenario) => control(s, 'CLOSE'), ['EXIT', 'EXECUTE', 'EMERGENCY_FLATTEN']],
  ])('%s', (_, act, expected) => {
    const s = trading();
    opened(s);
    const out = act(s);
    expect(outcome(out)).toEqual([expected]);
    expect(commands(out)).toHaveLength(expected[1] === 'EXECUTE' ? 1 : 0);
  });

  it('a closing signal without a position is NO_POSITION', () => {
    const s = trading();
    expect(outcome(signal(s, { direction: 'close_long' }))).toEqual([['EXIT', 'SKIP', 'NO_POSITION']]);
  });

  it('a closing signal never touches a position opened after it', () => {
    const s = trading();
    const early = enrichedSignal(s, { direction: 'close_long' });
    s.now += SECOND;
    opened(s);
    expect(outcome(send(s, 'EnrichedSignal', early, early.signal_id))).toEqual([['EXIT', 'SKIP', 'NO_POSITION']]);
  });

  it('a closing signal sells at most its size', () => {
    const s = trading();
    const position = opened(s);
    const value = enrichedSignal(s, { direction: 'close_long' });
    const size = position.qty / 2n - ((position.qty / 2n) % M('0.0001'));
    const out = send(s, 'EnrichedSignal', { ...value, signal: { ...value.signal, size } }, value.signal_id);
    expect(first(commands(out))).toMatchObject({ intent: 'REDUCE', quantity: size });
  });

  it('a second exit is refused while one is pending, an urgent one takes the place of a patient one', () => {
    const s = trading();
    const position = opened(s);
    const patient = first(commands(trigger(s, position.position_id, 'TAKE_PROFIT', { urgency: 'PATIENT_EXIT' })));
    expect(patient).toMatchObject({ order_type: 'POST_ONLY', route: 'PATIENT_EXIT' });
    answer(s, patient, { fill: false });
    expect(outcome(trigger(s, position.position_id, 'VOLUME_DEATH', { urgency: 'PATIENT_EXIT' }))).toEqual([
      ['EXIT', 'SKIP', 'REDUCTION_ALREADY_PENDING'],
    ]);
    const urgent = trigger(s, position.position_id, 'STOP_LOSS');
    expect(commands(urgent)).toMatchObject([{ action: 'CANCEL', order_id: patient.order_id }]);
    const sent = commands(terminal(s, patient, 'CANCELED'));
    expect(sent).toMatchObject([{ action: 'PLACE', route: 'URGENT', quantity: position.qty }]);
  });

  it.each([
    ['of another position', { position_id: H({ kind: 'x' }) }, 'NO_POSITION'],
    ['older than the last entry', { event_at: START }, 'TRIGGER_TOO_OLD'],
  ])('a trigger %s is refused', (_, over, code) => {
    const s = trading();
    tick(s, s.now + MINUTE);
    const position = opened(s);
    expect(outcome(trigger(s, position.position_id, 'STOP_LOSS', over))).toEqual([['EXIT', 'SKIP', code]]);
  });

  it('time ends a position at its hold, once', () => {
    const s = trading();
    const position = opened(s);
    expect(s.stage.deadline?.(s.state)).toBeLessThanOrEqual(position.hold_until);
    mark(s, position.position_id, '50000', { venue_at: position.hold_until - SECOND });
    expect(decisions(tick(s, position.hold_until - 1)).filter((d) => d.kind === 'EXIT')).toEqual([]);
    const out = tick(s, position.hold_until);
    expect(outcome(out).filter(([kind]) => kind === 'EXIT')).toEqual([['EXIT', 'EXECUTE', 'TIME_EXIT']]);
    expect(decisions(tick(s, position.hold_until + SECOND)).filter((d) => d.kind === 'EXIT')).toEqual([]);
  });

  it('a price that stays away for 300 s makes the venue be asked, once', () => {
    const s = trading();
    const position = opened(s);
    mark(s, position.position_id, '50000');
    const seen = s.now;
    expect(tick(s, seen + 300 * SECOND)).toEqual([]);
    const out = tick(s, seen + 301 * SECOND);
    expect(outcome(out)).toEqual([['ADJUST', 'EXECUTE', 'PRICE_STALE']]);
    expect(commands(out)).toMatchObject([{ action: 'RECONCILE', instrument: INSTRUMENT }]);
    expect(tick(s, seen + 302 * SECOND)).toEqual([]);
  });

  it.each([
    ['bear_normal', '47299.8', 'ADJUST'],
    ['crash', '48199.5', 'ADJUST'],
    ['chop_high', null, null],
  ])('a regime that turns %s moves the stop of a long nearer, once', (tag, stop, kind) => {
    const s = trading();
    const { position_id } = opened(s);
    const out = mark(s, position_id, '50000', { regime_tag: tag });
    expect(decisions(out).map((d) => d.kind)).toEqual(kind === null ? [] : [kind]);
    // Bid 49,999, stop 720 bps under 50,000: 46,400; a quarter, or half, of 3,599 nearer, up to the tick.
    expect(positions(out).map((p) => p.stop_price)).toEqual(stop === null ? [] : [M(stop)]);
    expect(
      mark(s, position_id, '50000', { regime_tag: tag, venue_at: s.now + SECOND, stop_price: stop === null ? null : M(stop) }),
    ).toEqual([]);
    expect(
      mark(s, position_id, '50000', {
        regime_tag: 'bull_low',
        venue_at: s.now + 2 * SECOND,
        stop_price: stop === null ? null : M(stop),
      }),
    ).toEqual([]);
  });

  it('a price that stays away for half an hour closes the position', () => {
    const s = trading();
    const position = opened(s);
    mark(s, position.position_id, '50000');
    const seen = s.now;
    expect(decisions(tick(s, seen + 1800 * SECOND)).filter((d) => d.kind === 'EXIT')).toEqual([]);
    expect(outcome(tick(s, seen + 1801 * SECOND)).filter(([kind]) => kind === 'EXIT')).toEqual([
      ['EXIT', 'EXECUTE', 'EXIT_UNPRICED'],
    ]);
  });

  it('runs at the daily stop, in cooldown, with an open breaker and a stale quote', () => {
    const s = trading({ stops: { daily_bps: 1 } });
    const position = opened(s);
    mark(s, position.position_id, '45000');
    event(s, {
      type: 'VENUE_STATE',
      venue_state: {
        connected: false,
        breaker: 'open',
        limited_until: s.now + HOUR,
        clock_offset_ms: 0,
        maintenance: false,
        local_halt: false,
      },
    });
    s.now += 20 * MINUTE;
    tick(s);
    expect(portfolioOf(s).trading).toBe('REDUCING');
    const out = trigger(s, position.position_id, 'STOP_LOSS');
    expect(outcome(out)).toEqual([['EXIT', 'EXECUTE', 'STOP_LOSS']]);
    expect(commands(out)).toHaveLength(1);
  });
});

describe('a partial and a full exit', () => {
  const half = M('0.001');

  it('the full one takes the place of the partial one, at any speed: its rest would stay without an exit', () => {
    const s = trading();
    const { qty, position_id } = opened(s);
    const partial = first(commands(control(s, 'CLOSE', { instrument: INSTRUMENT, quantity: half })));
    answer(s, partial, { fill: false });
    const out = trigger(s, position_id, 'TAKE_PROFIT', { urgency: 'PATIENT_EXIT' });
    expect(outcome(out)).toEqual([['EXIT', 'EXECUTE', 'TAKE_PROFIT']]);
    expect(commands(out)).toMatchObject([{ action: 'CANCEL', order_id: partial.order_id }]);
    expect(commands(terminal(s, partial, 'CANCELED'))).toMatchObject([{ intent: 'CLOSE', quantity: qty, route: 'URGENT' }]);
  });

  it('the partial one never takes the place of a full one', () => {
    const s = trading();
    const { position_id } = opened(s);
    trigger(s, position_id, 'TAKE_PROFIT', { urgency: 'PATIENT_EXIT' });
    const out = control(s, 'CLOSE', { instrument: INSTRUMENT, quantity: half });
    expect(outcome(out)).toEqual([['EXIT', 'SKIP', 'REDUCTION_ALREADY_PENDING']]);
    expect(commands(out)).toEqual([]);
  });

  it('none is left when the venue has liquidated the position, not even one that HALTED holds', () => {
    const s = trading();
    const { position_id, qty } = opened(s);
    control(s, 'KILL', { state: 'HALTED' });
    trigger(s, position_id, 'STOP_LOSS');
    expect(portfolioOf(s).orders.intents.length).toBe(1);
    event(s, { type: 'LIQUIDATED', fill_id: 'liq', side: 'SELL', price: M('40000'), quantity: qty, fee: 0n, fee_asset: 'USDT' });
    expect(portfolioOf(s).ledger.positions.size).toBe(0);
    expect(portfolioOf(s).orders.intents.length).toBe(0);
  });
});

describe('orders and books', () => {
  it('a partial fill is booked, the rest goes on, and the position grows by its average', () => {
    const s = trading();
    const command = first(commands(signal(s)));
    const half = (command.quantity ?? 0n) / 2n;
    answer(s, command, { price: '50000', quantity: half });
    const rest = (command.quantity ?? 0n) - half;
    const out = fill(s, command, { price: '49000', quantity: rest });
    expect(first(positions(out)).qty).toBe(command.quantity);
    expect(portfolioOf(s).ledger.reservations.size).toBe(0);
  });

  it('an order that ends unfilled gives its reservation back and the intent goes on', () => {
    const s = trading();
    const command = first(commands(signal(s)));
    answer(s, command, { fill: false });
    tick(s, s.now + 16 * SECOND);
    const next = commands(terminal(s, command, 'CANCELED'));
    expect(next).toMatchObject([{ action: 'PLACE', attempt: 2, route_step: 'REPRICE' }]);
    expect([...portfolioOf(s).ledger.reservations.keys()]).toEqual([first(next).order_id]);
  });

  it('an unknown order keeps everything reserved and blocks its symbol', () => {
    const s = trading({ pacing: { global_s: 0, symbol_s: 0 } });
    const command = first(commands(signal(s)));
    answer(s, command, { fill: false });
    expect(decisions(terminal(s, command, 'UNKNOWN', { reason: 'TIMEOUT' }))).toEqual([]);
    expect(portfolioOf(s).ledger.reservations.size).toBe(1);
    tick(s, s.now + 20 * SECOND);
    expect(first(decisions(signal(s)))).toMatchObject({ action: 'BLOCK', reason_code: 'ORDER_OUTCOME_UNKNOWN' });
  });

  it('an over-fill is quarantined, not booked', () => {
    const s = trading();
    const command = first(commands(signal(s)));
    const quantity = (command.quantity ?? 0n) + M('0.0001');
    const out = answer(s, command, { price: '50000', quantity });
    expect(first(positions(out)).qty).toBe(command.quantity);
    expect(outcome(out)).toEqual([
      ['ADJUST', 'ERROR', 'ORDER_OVERFILL'],
      ['STATE', 'EXECUTE', 'RECONCILIATION_BREAK'],
    ]);
    expect(first(decisions(out)).state.quarantine).toMatchObject([{ quantity: M('0.0001'), reason: 'ORDER_OVERFILL' }]);
    expect(commands(out)).toMatchObject([{ action: 'RECONCILE', instrument: INSTRUMENT }]);
  });

  it('funding moves cash and stays with the position', () => {
    const s = trading();
    const position = opened(s);
    const { cash } = portfolioOf(s).ledger;
    const funding = {
      position_id: position.position_id,
      funding_time: s.now,
      amount: M('-0.5'),
      asset: 'USDT',
      rate: M('0.0001'),
      mark_price: M('50000'),
      quantity: position.qty,
    };
    const out = event(s, { type: 'FUNDING', funding });
    expect(portfolioOf(s).ledger.cash).toBe(cash - M('0.5'));
    expect(first(positions(out)).funding).toBe(M('-0.5'));
  });

  it('an open position is published again at each UTC hour, with the state', () => {
    const s = trading();
    const position = opened(s);
    mark(s, position.position_id, '50000', { venue_at: START + HOUR - MINUTE });
    const out = tick(s, START + HOUR);
    expect(outcome(out)).toEqual([['STATE', 'EXECUTE', 'STATE_SNAPSHOT']]);
    expect(positions(out)).toMatchObject([{ position_id: position.position_id }]);
    expect(first(positions(out)).sequence).toBeGreaterThan(position.sequence);
    expect(tick(s, START + HOUR + SECOND)).toEqual([]);
  });

  it('a mark publishes the position only when its stop, an arm or a rule has moved', () => {
    const s = trading();
    const { position_id } = opened(s);
    const at = (seconds: number) => ({ venue_at: s.now - MINUTE + seconds * SECOND });
    expect(mark(s, position_id, '50100', at(1))).toEqual([]);
    expect(positions(mark(s, position_id, '50200', { ...at(2), stop_price: M('47000'), stop_kind: 'STOP_LOSS' }))).toHaveLength(
      1,
    );
    expect(mark(s, position_id, '50200', at(3))).toEqual([]);
    expect(positions(mark(s, position_id, '52500', { ...at(4), armed: ['TRAILING_STOP'] }))).toHaveLength(1);
    expect(
      positions(mark(s, position_id, '52500', { ...at(5), armed: ['TRAILING_STOP'], rules: { STOP_LOSS: 'ARMED' } })),
    ).toHaveLength(1);
    expect(mark(s, position_id, '52500', { ...at(6), armed: ['TRAILING_STOP'], rules: { STOP_LOSS: 'ARMED' } })).toEqual([]);
  });

  it('a cash flow is recorded with the state it led to', () => {
    const s = trading();
    const out = s.outputs.filter((o) => o.type === 'Decision').map((o) => (o.type === 'Decision' ? decisions([o])[0] : null));
    expect(out.find((d) => d?.reason_code === 'STATE_SNAPSHOT')?.state).toMatchObject({ nav: M('10000'), unit_price: M('1') });
  });
});

describe('lessons', () => {
  it('are folded in their sequence, and a gap stops the partition', () => {
    const s = trading();
    const lesson = { ...blankLesson(), ...owned(s), lesson_id: H({ kind: 'l' }), lesson_seq: 1, closed_at: s.now };
    send(s, 'Lesson', lesson);
    expect(portfolioOf(s).learned.lesson_seq).toBe(1);
    expect(() => send(s, 'Lesson', { ...lesson, lesson_seq: 3 })).toThrow('LESSON_GAP');
  });
});

describe('journal time', () => {
  it('never runs more than 5 s ahead of the Ticks, and says so', () => {
    const s = trading();
    s.now += MINUTE;
    const out = event(s, { type: 'RECONCILING' });
    expect(outcome(out)).toEqual([['STATE', 'EXECUTE', 'CLOCK_SKEW']]);
    expect(portfolioOf(s).now).toBe(START + SECOND + 5 * SECOND);
  });

  it('is the log itself in a backtest', () => {
    const s = trading({}, { mode: 'backtest' });
    s.now += HOUR;
    expect(event(s, { type: 'RECONCILING' })).toEqual([]);
    expect(portfolioOf(s).now).toBe(START + SECOND + HOUR);
  });

  it('a record of another topic is a bug', () => {
    const s = scenario();
    const [record] = trading().journal;
    if (record === undefined) throw new Error('empty journal');
    expect(() => fold(s, { ...record, type: 'Candle' } as never)).toThrow('expected a record of the journal');
  });
});
