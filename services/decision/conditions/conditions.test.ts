// Every condition that has an input enters and leaves, each change is one STATE decision, and the worst one is the trading state.
import { describe, expect, it } from 'vitest';
import { blankVerdict, type Verdict } from '../../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../schemas/time.ts';
import {
  activate,
  answer,
  commands,
  control,
  decisions,
  deposit,
  event,
  fill,
  INSTRUMENT,
  M,
  mark,
  nextId,
  type Output,
  opened,
  owned,
  policyWith,
  portfolioOf,
  reconciled,
  type Scenario,
  START,
  scenario,
  send,
  signal,
  terminal,
  tick,
  trading,
  trigger,
} from '../example.ts';
import { CONDITIONS } from './table.ts';

const stateChanges = (outputs: readonly Output[]) =>
  decisions(outputs)
    .filter((d) => d.kind === 'STATE' && d.reason_code !== 'STATE_SNAPSHOT')
    .map((d) => `${d.target || '-'} ${d.reason_code}`);
/** Of the scenario's instrument. */
const STEP = M('0.0001');

const codes = (s: Scenario) => portfolioOf(s).conditions.map((c) => c.code);

function verdict(s: Scenario, over: Partial<Verdict>): Output[] {
  const value: Verdict = {
    ...blankVerdict(),
    ...owned(s),
    verdict_id: nextId('verdict'),
    kind: 'POST_TRADE',
    instrument: INSTRUMENT,
    action: 'NONE',
    confidence: 60,
    valid_from: s.now,
    ...over,
  };
  return send(s, 'Verdict', value, value.verdict_id);
}

/** Each price is met so many days after the start: the position of 0.0039 loses 14.9, then 29.7 bps of NAV. */
function fall(s: Scenario, steps: readonly (readonly [number, string])[]): Output[] {
  const { position_id } = opened(s);
  const since = s.now;
  let out: Output[] = [];
  for (const [days, price] of steps) {
    s.now = since + days * DAY;
    out = mark(s, position_id, price);
  }
  return out;
}

const stopCases = [
  ['DAILY_STOP_HIT', { daily_bps: 14, weekly_bps: 1000, drawdown_bps: 1500 }, [[0, '46200']]],
  [
    'WEEKLY_STOP_HIT',
    { daily_bps: 20, weekly_bps: 25, drawdown_bps: 1500 },
    [
      [0, '46200'],
      [1, '42400'],
    ],
  ],
  [
    'DRAWDOWN_STOP_HIT',
    { daily_bps: 20, weekly_bps: 25, drawdown_bps: 29 },
    [
      [0, '46200'],
      [7, '42400'],
    ],
  ],
] as const;
const [daily, weekly, drawn] = stopCases;

describe('the stops', () => {
  it.each(stopCases)('%s trips on a mark, cancels entries, and latches when the price comes back', (code, stops, steps) => {
    const s = trading({ stops }, { mode: 'backtest' });
    const out = fall(s, steps);
    expect(stateChanges(out)).toEqual([`${code} ${code}`]);
    expect(portfolioOf(s).trading).toBe('REDUCING');
    const [position] = portfolioOf(s).ledger.positions.values();
    expect(mark(s, position?.position_id ?? '', '52000', { venue_at: s.now + SECOND })).toEqual([]);
    expect(codes(s)).toEqual([code]);
    s.now += 2 * SECOND;
    expect(decisions(signal(s))[0]).toMatchObject({ action: 'BLOCK', reason_code: code, reason_gate: 1 });
  });

  it('the daily stop ends with the UTC day, the weekly one with the ISO week', () => {
    const s = trading({ stops: daily[1] }, { mode: 'backtest' });
    fall(s, daily[2]);
    tick(s, START + 11 * HOUR);
    expect(codes(s)).toContain('DAILY_STOP_HIT');
    expect(stateChanges(tick(s, START + 12 * HOUR))).toContain('DAILY_STOP_HIT CONDITION_CLEARED');

    const w = trading({ stops: weekly[1] }, { mode: 'backtest' });
    fall(w, weekly[2]);
    tick(w, START + 5 * DAY);
    expect(codes(w)).toContain('WEEKLY_STOP_HIT');
    expect(stateChanges(tick(w, START + 6 * DAY + 12 * HOUR))).toContain('WEEKLY_STOP_HIT CONDITION_CLEARED');
  });

  it('the drawdown stays until an operator takes a new baseline', () => {
    const s = trading({ stops: drawn[1] }, { mode: 'backtest' });
    fall(s, drawn[2]);
    tick(s, START + 21 * DAY);
    expect(codes(s)).toContain('DRAWDOWN_STOP_HIT');
    const keep = control(s, 'RESUME', { codes: ['DRAWDOWN_STOP_HIT'], baseline: 'keep' });
    expect(decisions(keep)[0]?.reason_code).toBe('RESUME_WOULD_RETRIP');
    control(s, 'RESUME', { codes: ['DRAWDOWN_STOP_HIT'], baseline: 'new' });
    expect(codes(s)).not.toContain('DRAWDOWN_STOP_HIT');
  });

  it('trip exactly at the limit', () => {
    // 0.0039 at 50,000: each unit of price is 0.39 bps of 10,000, the entry fee 0.1 is 0.1 bps.
    const s = trading({ stops: { daily_bps: 4, weekly_bps: 1000, drawdown_bps: 1500 } });
    const { position_id, qty } = opened(s);
    expect(qty).toBe(M('0.0039'));
    // Loss wanted: 4.0 of 10,000 = fee 0.1 + 3.9 by price: 1,000 under the cost.
    expect(stateChanges(mark(s, position_id, '49001.0001', { bid: M('49000.0001') }))).toEqual([]);
    expect(stateChanges(mark(s, position_id, '49001', { bid: M('49000'), venue_at: s.now + 1 }))).toEqual([
      'DAILY_STOP_HIT DAILY_STOP_HIT',
    ]);
  });
});

describe('each condition enters and leaves', () => {
  it('STATE_UNKNOWN: a new portfolio is HALTED until a valid policy with auto_start, or a RESUME', () => {
    const s = scenario();
    expect(stateChanges(deposit(s, '10000'))).toEqual(['STATE_UNKNOWN STATE_UNKNOWN']);
    expect(portfolioOf(s).trading).toBe('HALTED');
    expect(decisions(control(s, 'RESUME'))[0]?.reason_code).toBe('POLICY_MISSING');
    activate(s, policyWith({ auto_start: false }));
    expect(codes(s)).toEqual(['STATE_UNKNOWN']);
    expect(stateChanges(control(s, 'RESUME'))).toEqual(['STATE_UNKNOWN CONDITION_CLEARED', '- CONTROL_APPLIED']);
    expect(portfolioOf(s).trading).toBe('ACTIVE');

    const auto = activate(scenario(), policyWith());
    expect(stateChanges(auto)).toEqual([
      'STATE_UNKNOWN STATE_UNKNOWN',
      '- POLICY_ACTIVATED',
      'STATE_UNKNOWN_CLEARED CONDITION_CLEARED',
    ]);
    // One record set it and cleared it: two decisions, and so two ids.
    expect(new Set(decisions(auto).map(({ decision_id }) => decision_id)).size).toBe(3);
  });

  it('KILL_SWITCH: by command, and by a local halt', () => {
    const s = trading();
    expect(stateChanges(control(s, 'KILL'))).toEqual(['KILL_SWITCH KILL_SWITCH']);
    expect(portfolioOf(s).conditions[0]).toMatchObject({ state: 'REDUCING', actor: 'ana', reason: 'test' });
    expect(stateChanges(control(s, 'RESUME'))).toEqual(['KILL_SWITCH CONDITION_CLEARED', '- CONTROL_APPLIED']);
    const venue_state = {
      connected: true,
      breaker: 'closed',
      limited_until: null,
      clock_offset_ms: 0,
      maintenance: false,
      local_halt: true,
    } as const;
    expect(stateChanges(event(s, { type: 'VENUE_STATE', venue_state }))).toEqual(['KILL_SWITCH KILL_SWITCH']);
  });

  it('POSITION_LOSS_EXTREME: at 3000 bps of cost, or by liquidation', () => {
    const s = trading({ stops: { daily_bps: 10000, weekly_bps: 10000, drawdown_bps: 10000 } });
    const { position_id } = opened(s);
    expect(stateChanges(mark(s, position_id, '35001.0001', { bid: M('35000.0001') }))).toEqual([]);
    const out = mark(s, position_id, '35001', { bid: M('35000'), venue_at: s.now + 1 });
    expect(stateChanges(out)).toEqual(['POSITION_LOSS_EXTREME POSITION_LOSS_EXTREME']);
    control(s, 'RESUME');
    expect(codes(s)).toEqual([]);

    const liquidated = event(s, {
      type: 'LIQUIDATED',
      fill_id: nextId('fill'),
      side: 'SELL',
      price: M('30000'),
      quantity: M('0.0039'),
      fee: 0n,
      fee_asset: 'USDT',
      venue_order_id: 'liq',
    });
    expect(liquidated.map((o) => o.type)).toEqual(['Decision', 'Position', 'Trade']);
    expect(liquidated.find((o) => o.type === 'Trade')?.value).toMatchObject({ exit_reason: 'LIQUIDATED' });
    expect(codes(s)).toEqual(['POSITION_LOSS_EXTREME']);
  });

  it('REPEATED_EXECUTION: the fourth filled attempt of one strategy, symbol and side within an hour', () => {
    const s = trading({
      pacing: { global_s: 0, symbol_s: 0, per_hour: 100, per_day: 100, repeated: 2 },
      cooldown: { win_s: 0, loss_s: 0 },
      entry: { duplicate_s: 0 },
    });
    const position = opened(s);
    const [exit] = commands(trigger(s, position.position_id, 'TAKE_PROFIT'));
    if (exit === undefined) throw new Error('no exit');
    answer(s, exit, { price: '51000' });
    tick(s, s.now + MINUTE);
    const [again] = commands(signal(s));
    if (again === undefined) throw new Error(`no entry: ${decisions(s.outputs).at(-1)?.reason_code}`);
    expect(stateChanges(answer(s, again))).toEqual(['REPEATED_EXECUTION REPEATED_EXECUTION']);
    tick(s, s.now + 2 * HOUR);
    expect(codes(s)).toContain('REPEATED_EXECUTION');
    control(s, 'RESUME', { codes: ['REPEATED_EXECUTION'] });
    expect(codes(s)).not.toContain('REPEATED_EXECUTION');
  });

  it('RECONCILIATION_BREAK: two instruments, or 1 % of NAV; one instrument alone only blocks itself', () => {
    const s = trading();
    const finding = (instrument: string | null, asset: string | null, delta: string) => ({
      code: 'POSITION_MISMATCH',
      instrument,
      asset,
      order_id: null,
      venue_order_id: null,
      venue_trade_id: null,
      ours: null,
      theirs: null,
      delta: M(delta),
      detail: '',
    });
    expect(stateChanges(reconciled(s, false, [finding(INSTRUMENT, null, '0.001')]))).toEqual([]);
    expect(decisions(signal(s))[0]).toMatchObject({ action: 'BLOCK', reason_code: 'RECONCILIATION_BREAK', reason_gate: 7 });
    expect(stateChanges(reconciled(s, false, [finding(null, 'USDT', '100')]))).toEqual([]);
    expect(stateChanges(reconciled(s, false, [finding(null, 'USDT', '100.000000000001')]))).toEqual([
      'RECONCILIATION_BREAK RECONCILIATION_BREAK',
    ]);
    expect(stateChanges(reconciled(s))).toEqual(['RECONCILIATION_BREAK CONDITION_CLEARED']);
    expect(stateChanges(reconciled(s, false, [finding('A', null, '1'), finding('B', null, '1')]))).toEqual([
      'RECONCILIATION_BREAK RECONCILIATION_BREAK',
    ]);
  });

  it('RECONCILIATION_BREAK: the venue holds another quantity than we do, though it finds its own books clean', () => {
    const s = trading();
    const { qty } = opened(s);
    const report = (quantity: bigint) =>
      reconciled(s, true, [], [{ instrument: INSTRUMENT, quantity, average_price: M('50000') }]);
    const blocked = () => decisions(signal(s, { instrument: INSTRUMENT }))[0]?.gates.find(({ gate }) => gate === 7)?.reason_code;
    // A step of difference is rounding.
    expect(stateChanges(report(qty + STEP))).toEqual([]);
    expect(blocked()).toBe(null);
    expect(stateChanges(report(qty + STEP + 1n))).toEqual([]);
    expect(blocked()).toBe('RECONCILIATION_BREAK');
    expect(stateChanges(reconciled(s, true, [], []))).toEqual(['RECONCILIATION_BREAK RECONCILIATION_BREAK']);
    expect(stateChanges(report(qty))).toEqual(['RECONCILIATION_BREAK CONDITION_CLEARED']);
    expect(blocked()).toBe(null);
  });

  it('RECONCILIATION_BREAK: a holding of which we know nothing counts at its average price', () => {
    const s = trading();
    const unheard = (average: string) =>
      stateChanges(reconciled(s, true, [], [{ instrument: 'ETH-USDT', quantity: M('1'), average_price: M(average) }]));
    expect(unheard('100')).toEqual([]);
    expect(unheard('100.01')).toEqual(['RECONCILIATION_BREAK RECONCILIATION_BREAK']);
  });

  it('RECONCILIATION_BREAK: a quarantined fill keeps it until an operator dismisses it', () => {
    const s = trading();
    const [command] = commands(signal(s));
    if (command === undefined) throw new Error('no entry');
    answer(s, command, { quantity: (command.quantity ?? 0n) + M('0.0001') });
    expect(codes(s)).toEqual(['RECONCILIATION_BREAK']);
    expect(stateChanges(reconciled(s))).toEqual([]);
    const [fill_id = ''] = portfolioOf(s).ledger.quarantine.keys();
    expect(stateChanges(control(s, 'DISMISS', { fill_id }))).toEqual(['RECONCILIATION_BREAK CONDITION_CLEARED']);
  });

  it('UNKNOWN_ORDERS: more than the limit, or one for more than 300 s', () => {
    const s = trading({ orders: { max_unknown: 0 } });
    const [command] = commands(signal(s));
    if (command === undefined) throw new Error('no entry');
    answer(s, command, { fill: false });
    expect(stateChanges(terminal(s, command, 'UNKNOWN', { reason: 'TIMEOUT' }))).toEqual(['UNKNOWN_ORDERS UNKNOWN_ORDERS']);
    expect(stateChanges(terminal(s, command, 'CANCELED'))).toEqual(['UNKNOWN_ORDERS CONDITION_CLEARED']);

    const old = trading();
    const [late] = commands(signal(old));
    if (late === undefined) throw new Error('no entry');
    answer(old, late, { fill: false });
    terminal(old, late, 'UNKNOWN', { reason: 'TIMEOUT' });
    expect(stateChanges(tick(old, old.now + 300 * SECOND))).toEqual([]);
    expect(old.stage.deadline?.(old.state)).toBeLessThanOrEqual(old.now + SECOND);
    expect(stateChanges(tick(old, old.now + SECOND))).toEqual(['UNKNOWN_ORDERS UNKNOWN_ORDERS']);
  });

  it('BREAKERS_TRIPPED: three open at once', () => {
    const s = trading();
    const venue = (name: string, breaker: 'open' | 'closed') =>
      event(s, {
        type: 'VENUE_STATE',
        venue: name,
        venue_state: { connected: true, breaker, limited_until: null, clock_offset_ms: 0, maintenance: false, local_halt: false },
      });
    venue('a', 'open');
    expect(stateChanges(venue('b', 'open'))).toEqual([]);
    expect(stateChanges(venue('c', 'open'))).toEqual(['BREAKERS_TRIPPED BREAKERS_TRIPPED']);
    expect(stateChanges(venue('a', 'closed'))).toEqual(['BREAKERS_TRIPPED CONDITION_CLEARED']);
  });

  it('FLASH_CRASH: until 1800 s after the last trigger; of a leader it closes small and meme positions only', () => {
    const s = trading();
    opened(s);
    const crash = () => trigger(s, '', 'FLASH_CRASH', { scope: 'PORTFOLIO', instrument: 'BTC-USDT' });
    const out = crash();
    expect(stateChanges(out)).toEqual(['FLASH_CRASH FLASH_CRASH']);
    expect(commands(out)).toEqual([]);
    tick(s, s.now + 1000 * SECOND);
    const last = s.now;
    expect(stateChanges(crash())).toEqual([]);
    tick(s, last + 1799 * SECOND);
    expect(codes(s)).toContain('FLASH_CRASH');
    expect(stateChanges(tick(s, last + 1800 * SECOND))).toContain('FLASH_CRASH CONDITION_CLEARED');
  });

  it('DATA_SILENCE: a held price older than 900 s, until all are fresh for 60 s', () => {
    const s = trading();
    const { position_id } = opened(s);
    mark(s, position_id, '50000');
    const seen = s.now;
    expect(stateChanges(tick(s, seen + 900 * SECOND))).toEqual([]);
    expect(stateChanges(tick(s, seen + 901 * SECOND))).toEqual(['DATA_SILENCE DATA_SILENCE']);
    mark(s, position_id, '50000');
    tick(s, s.now + SECOND);
    mark(s, position_id, '50000', { venue_at: s.now + 50 * SECOND });
    expect(stateChanges(tick(s, s.now + 59 * SECOND))).toEqual([]);
    expect(stateChanges(tick(s, s.now + SECOND))).toEqual(['DATA_SILENCE CONDITION_CLEARED']);
  });

  it('CLOCK_SKEW: three Ticks beyond the limit, until 60 s inside', () => {
    const s = trading();
    tick(s, s.now + SECOND, 2001);
    expect(stateChanges(tick(s, s.now + SECOND, 2001))).toEqual([]);
    tick(s, s.now + SECOND, 2000);
    tick(s, s.now + SECOND, -2001);
    tick(s, s.now + SECOND, -2001);
    expect(stateChanges(tick(s, s.now + SECOND, -2001))).toEqual(['CLOCK_SKEW CLOCK_SKEW']);
    tick(s, s.now + SECOND, 0);
    expect(stateChanges(tick(s, s.now + 59 * SECOND, 0))).toEqual([]);
    expect(stateChanges(tick(s, s.now + SECOND, 0))).toEqual(['CLOCK_SKEW CONDITION_CLEARED']);
  });

  it('SAFE_MODE: six rejects of ten, an hour, recovery at small size, five good verdicts', () => {
    const s = trading();
    const judge = (judge_verdict: string) => verdict(s, { judge_verdict });
    for (let i = 0; i < 5; i += 1) judge('REJECT');
    for (let i = 0; i < 4; i += 1) judge('APPROVE');
    expect(codes(s)).toEqual([]);
    expect(stateChanges(judge('APPROVE'))).toEqual([]);
    // The oldest reject leaves the window as the sixth comes in: five again, then six.
    judge('REJECT');
    expect(codes(s)).toEqual([]);

    const t = trading();
    for (let i = 0; i < 4; i += 1) verdict(t, { judge_verdict: 'APPROVE' });
    for (let i = 0; i < 5; i += 1) verdict(t, { judge_verdict: 'REJECT' });
    expect(stateChanges(verdict(t, { judge_verdict: 'REJECT' }))).toEqual(['SAFE_MODE SAFE_MODE']);
    expect(portfolioOf(t).safe_mode).toBe('PAUSED');
    tick(t, t.now + 3599 * SECOND);
    expect(codes(t)).toContain('SAFE_MODE');
    expect(stateChanges(tick(t, t.now + SECOND))).toContain('SAFE_MODE CONDITION_CLEARED');
    expect(portfolioOf(t).safe_mode).toBe('RECOVERY');
    for (let i = 0; i < 5; i += 1) verdict(t, { judge_verdict: 'APPROVE' });
    expect(portfolioOf(t).safe_mode).toBe('CLEAR');
  });

  it('SAFE_MODE: two catastrophic verdicts trip it, synthetic ones never count, a relapse doubles the pause', () => {
    const s = trading();
    verdict(s, { judge_verdict: 'REJECT', catastrophic: true, synthetic: true });
    verdict(s, { judge_verdict: 'REJECT', catastrophic: true });
    expect(codes(s)).toEqual([]);
    verdict(s, { judge_verdict: 'REJECT', catastrophic: true });
    expect(codes(s)).toEqual(['SAFE_MODE']);
    tick(s, s.now + HOUR);
    expect(portfolioOf(s).safe_mode).toBe('RECOVERY');
    verdict(s, { judge_verdict: 'REJECT', catastrophic: true });
    expect(portfolioOf(s).conditions.find((c) => c.code === 'SAFE_MODE')?.until).toBe(s.now + 2 * HOUR);
  });

  it('POLICY_INVALID: a document that fails its checks, until a valid activation', () => {
    const s = trading();
    const out = activate(s, policyWith(), { policy: '{"schema":1}', policy_hash: 'x' });
    expect(stateChanges(out)).toEqual(['- POLICY_INVALID', 'POLICY_INVALID POLICY_INVALID']);
    expect(portfolioOf(s).trading).toBe('REDUCING');
    expect(stateChanges(activate(s, policyWith()))).toEqual(['- POLICY_ACTIVATED', 'POLICY_INVALID CONDITION_CLEARED']);
  });
});

describe('all together', () => {
  it('ties are broken by the order of the table', () => {
    const s = trading();
    trigger(s, '', 'FLASH_CRASH', { scope: 'PORTFOLIO', instrument: 'BTC-USDT' });
    control(s, 'KILL');
    expect(codes(s)).toEqual(['KILL_SWITCH', 'FLASH_CRASH']);
    expect(decisions(signal(s))[0]?.reason_code).toBe('KILL_SWITCH');
    const order = CONDITIONS.map((row) => row.code as string);
    expect(codes(s)).toEqual(codes(s).toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  it('leaving REDUCING for no reason of its own: fills after the kill are still booked', () => {
    const s = trading();
    const [command] = commands(signal(s));
    if (command === undefined) throw new Error('no entry');
    answer(s, command, { fill: false });
    const killed = control(s, 'KILL');
    expect(commands(killed)).toMatchObject([{ action: 'CANCEL', order_id: command.order_id }]);
    fill(s, command, { quantity: M('0.001') });
    expect(portfolioOf(s).ledger.positions.get(INSTRUMENT)?.qty).toBe(M('0.001'));
  });
});
