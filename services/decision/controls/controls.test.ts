// What operators can do, once each, and what they are refused with the reason.
import { describe, expect, it } from 'vitest';
import { H } from '../../../schemas/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../schemas/time.ts';
import { policyJson } from '../../policy/parse.ts';
import { policyHash } from '../../policy/policy-hash.ts';
import {
  activate,
  answer,
  commands,
  control,
  decisions,
  fill,
  fold,
  INSTRUMENT,
  M,
  mark,
  type Output,
  opened,
  policyWith,
  portfolioOf,
  type Scenario,
  START,
  signal,
  terminal,
  tick,
  trades,
  trading,
  trigger,
} from '../example.ts';

const outcome = (outputs: readonly Output[]) => decisions(outputs).map((d) => [d.kind, d.action, d.reason_code, d.target]);
const details = (outputs: readonly Output[]) => decisions(outputs).map((d) => `${d.reason_code}: ${d.reason_detail}`);

function entered(s: Scenario) {
  const [command] = commands(signal(s));
  if (command === undefined) throw new Error('not entered');
  answer(s, command, { fill: false });
  return command;
}

describe('KILL', () => {
  it('cancels resting entries in the same step, blocks entries, and lets exits go on', () => {
    const s = trading();
    const { position_id } = opened(s);
    tick(s, s.now + 20 * MINUTE);
    const killed = control(s, 'KILL');
    expect(outcome(killed)).toEqual([['STATE', 'EXECUTE', 'KILL_SWITCH', 'KILL_SWITCH']]);
    expect(decisions(signal(s))[0]).toMatchObject({ action: 'BLOCK', reason_code: 'KILL_SWITCH' });
    expect(commands(trigger(s, position_id, 'STOP_LOSS'))).toHaveLength(1);

    const resting = trading();
    const entry = entered(resting);
    expect(commands(control(resting, 'KILL'))).toMatchObject([{ action: 'CANCEL', order_id: entry.order_id }]);
    expect(commands(terminal(resting, entry, 'CANCELED'))).toEqual([]);
    expect(portfolioOf(resting).orders.intents.length).toBe(0);
  });

  it('HALTED holds exits until it is left; an operator may close before', () => {
    const s = trading();
    const { position_id, qty } = opened(s);
    control(s, 'KILL', { state: 'HALTED' });
    const held = trigger(s, position_id, 'STOP_LOSS');
    expect(decisions(held)[0]).toMatchObject({
      action: 'EXECUTE',
      reason_code: 'STOP_LOSS',
      held: true,
      order_ids: [],
      warnings: ['REDUCTION_HELD'],
    });
    expect(commands(held)).toEqual([]);
    tick(s, s.now + MINUTE);
    expect(commands(s.outputs.slice(-3))).toEqual([]);
    const resumed = control(s, 'RESUME');
    expect(commands(resumed)).toMatchObject([
      { action: 'PLACE', intent: 'CLOSE', quantity: qty, decision_id: decisions(held)[0]?.decision_id },
    ]);

    const closed = trading();
    const position = opened(closed);
    control(closed, 'KILL', { state: 'HALTED' });
    trigger(closed, position.position_id, 'STOP_LOSS');
    const out = control(closed, 'CLOSE', { position_id: position.position_id });
    expect(outcome(out)).toEqual([['EXIT', 'SKIP', 'REDUCTION_ALREADY_PENDING', position.position_id]]);
    expect(commands(out)).toMatchObject([{ action: 'PLACE', intent: 'CLOSE' }]);
  });

  it('an operator closes in HALTED where nothing was held', () => {
    const s = trading();
    opened(s);
    control(s, 'KILL', { state: 'HALTED' });
    const out = control(s, 'CLOSE');
    expect(decisions(out)[0]).toMatchObject({ reason_code: 'EMERGENCY_FLATTEN', held: false });
    const [exit] = commands(out);
    if (exit === undefined) throw new Error('nothing sent');
    expect(trades(answer(s, exit, { price: '49990' }))).toMatchObject([{ exit_reason: 'EMERGENCY_FLATTEN' }]);
  });

  it('a close by an operator goes on in HALTED when its first order did not fill', () => {
    const s = trading();
    opened(s);
    control(s, 'KILL', { state: 'HALTED' });
    const [exit] = commands(control(s, 'CLOSE'));
    if (exit === undefined) throw new Error('nothing sent');
    answer(s, exit, { fill: false });
    terminal(s, exit, 'EXPIRED');
    expect(commands(tick(s, s.now + SECOND))).toMatchObject([{ action: 'PLACE', intent: 'CLOSE', attempt: 2 }]);
  });

  it('is worsened to HALTED, never eased by another KILL', () => {
    const s = trading();
    control(s, 'KILL', { state: 'HALTED' });
    expect(outcome(control(s, 'KILL'))).toEqual([['STATE', 'EXECUTE', 'KILL_SWITCH', '']]);
    expect(portfolioOf(s).trading).toBe('HALTED');
  });

  it('survives a restart: the state alone says so', () => {
    const s = trading();
    control(s, 'KILL');
    s.state = structuredClone(s.state);
    tick(s, START + 3 * DAY);
    expect(portfolioOf(s).trading).toBe('REDUCING');
  });

  it('again under its id changes nothing', () => {
    const s = trading();
    control(s, 'KILL');
    const record = s.journal.at(-1);
    control(s, 'RESUME');
    if (record === undefined) throw new Error('empty');
    expect(fold(s, record)).toEqual([]);
    expect(portfolioOf(s).trading).toBe('ACTIVE');
  });
});

describe('RESUME', () => {
  const stopped = () => {
    const s = trading({ stops: { daily_bps: 20, weekly_bps: 1000, drawdown_bps: 1500, new_baselines_per_day: 1 } });
    const { position_id } = opened(s);
    mark(s, position_id, '43000');
    return { s, position_id };
  };

  it('keep: refused with value and limit while the number stands', () => {
    const { s } = stopped();
    expect(details(control(s, 'RESUME', { baseline: 'keep' }))).toEqual(['RESUME_WOULD_RETRIP: day -27 bps, limit -20']);
    expect(portfolioOf(s).trading).toBe('REDUCING');
  });

  it('keep: taken when the number has recovered', () => {
    const { s, position_id } = stopped();
    mark(s, position_id, '50000', { venue_at: s.now + SECOND });
    control(s, 'RESUME', { baseline: 'keep' });
    expect(portfolioOf(s).trading).toBe('ACTIVE');
  });

  it('new: re-bases the stop, not the reported profit, and so often a day only', () => {
    const { s, position_id } = stopped();
    const before = decisions(s.outputs).at(-1)?.state.nav;
    control(s, 'RESUME', { baseline: 'new' });
    expect(portfolioOf(s).trading).toBe('ACTIVE');
    expect(decisions(s.outputs).at(-1)?.state).toMatchObject({ nav: before, day_bps: 0 });
    expect(mark(s, position_id, '43000', { venue_at: s.now + SECOND })).toEqual([]);
    expect(decisions(mark(s, position_id, '36000', { venue_at: s.now + 2 * SECOND }))).toMatchObject([
      { reason_code: 'DAILY_STOP_HIT' },
    ]);
    expect(details(control(s, 'RESUME', { baseline: 'new' }))).toEqual(['RESUME_LIMIT_REACHED: 1 new baselines today, limit 1']);
  });

  it.each([
    ['a measured condition', { codes: ['CLOCK_SKEW'] }, {}, 'RESUME_CONDITION_MEASURED'],
    ['what is no condition', { codes: ['NONSENSE'] }, {}, 'CONTROL_INVALID'],
    ['nothing', {}, {}, 'CONTROL_INVALID'],
    ['a machine', {}, { actor: 'learning' }, 'CONTROL_INVALID'],
    ['an expired act', {}, { expires_at: START }, 'CONTROL_EXPIRED'],
  ])('%s is refused', (name, params, over, code) => {
    const s = trading();
    if (name === 'a measured condition') for (let i = 0; i < 3; i += 1) tick(s, s.now + SECOND, 5000);
    expect(outcome(control(s, 'RESUME', params, over))).toEqual([['STATE', 'ERROR', code, '']]);
  });
});

describe('the other controls', () => {
  it('CANCEL ends an entry, by order or all', () => {
    const s = trading();
    const entry = entered(s);
    const order_id = entry.order_id ?? '';
    expect(outcome(control(s, 'CANCEL', { order_id: H({ kind: 'none' }) }))).toEqual([['STATE', 'ERROR', 'CONTROL_INVALID', '']]);
    const out = control(s, 'CANCEL', { order_id });
    expect(outcome(out)).toEqual([['CANCEL', 'EXECUTE', 'CONTROL_APPLIED', order_id]]);
    expect(commands(out)).toMatchObject([{ action: 'CANCEL', order_id }]);
    const all = trading();
    const resting = entered(all);
    expect(commands(control(all, 'CANCEL'))).toMatchObject([{ action: 'CANCEL', order_id: resting.order_id }]);
  });

  it('CLOSE without a position says so', () => {
    expect(outcome(control(trading(), 'CLOSE', { instrument: INSTRUMENT }))).toEqual([['STATE', 'ERROR', 'NO_POSITION', '']]);
  });

  it.each([
    ['EMERGENCY_FLATTEN', {}],
    ['MANUAL_CLOSE', { instrument: INSTRUMENT }],
  ])('CLOSE reaches what an entry under way fills after it: %s', (reason, params) => {
    const s = trading();
    const [entry] = commands(signal(s));
    if (entry === undefined) throw new Error('no entry');
    answer(s, entry, { fill: false });
    expect(commands(control(s, 'CLOSE', params))).toMatchObject([{ action: 'CANCEL', order_id: entry.order_id }]);
    expect(outcome(fill(s, entry, { quantity: M('0.001') }))).toEqual([['EXIT', 'EXECUTE', reason, expect.any(String)]]);
    expect(commands(terminal(s, entry, 'CANCELED'))).toMatchObject([{ intent: 'CLOSE', quantity: M('0.001'), reason }]);
  });

  it('CLOSE of a part', () => {
    const s = trading();
    opened(s);
    expect(commands(control(s, 'CLOSE', { instrument: INSTRUMENT, quantity: M('0.001') }))).toMatchObject([
      { intent: 'REDUCE', quantity: M('0.001') },
    ]);
  });

  it('RESTRICT closes an instrument to entries until its end, a red flag for a week at least', () => {
    const s = trading();
    control(s, 'RESTRICT', { instrument: INSTRUMENT, until: s.now + HOUR });
    expect(decisions(signal(s))[0]).toMatchObject({ action: 'BLOCK', reason_code: 'INSTRUMENT_RESTRICTED' });
    tick(s, s.now + HOUR);
    expect(decisions(signal(s))[0]?.reason_code).not.toBe('INSTRUMENT_RESTRICTED');
    control(s, 'RESTRICT', { instrument: INSTRUMENT, flag: 'exploit', until: s.now + HOUR });
    expect(portfolioOf(s).restrictions.get(INSTRUMENT)?.until).toBe(s.now + 168 * HOUR);
  });

  it('UNRESTRICT opens it again, once', () => {
    const s = trading();
    control(s, 'RESTRICT', { instrument: INSTRUMENT });
    expect(outcome(control(s, 'UNRESTRICT', { instrument: INSTRUMENT }))).toEqual([['ADJUST', 'EXECUTE', 'CONTROL_APPLIED', '']]);
    expect(decisions(signal(s))[0]?.action).toBe('EXECUTE');
    expect(outcome(control(s, 'UNRESTRICT', { instrument: INSTRUMENT }))).toEqual([['STATE', 'ERROR', 'CONTROL_INVALID', '']]);
  });

  it.each([
    ['PAUSE_STRATEGY', 'STRATEGY_PAUSED'],
    ['RETIRE_STRATEGY', 'STRATEGY_RETIRED'],
  ] as const)('%s stops a strategy until RESUME_STRATEGY', (type, code) => {
    const s = trading();
    control(s, type, { strategy: 'breakout' });
    expect(decisions(signal(s))[0]?.reason_code).toBe(code);
    control(s, 'RESUME_STRATEGY', { strategy: 'breakout' });
    expect(decisions(signal(s))[0]?.action).toBe('EXECUTE');
  });

  it('a strategy that the policy does not know is refused', () => {
    expect(outcome(control(trading(), 'PAUSE_STRATEGY', { strategy: 'nobody' }))).toEqual([
      ['STATE', 'ERROR', 'CONTROL_INVALID', ''],
    ]);
  });

  it.each(['OVERRIDE', 'GRANT_LIVE', 'LEASE', 'ADOPT', 'REBASE', 'PARK', 'RETRY', 'APPROVE', 'PARAM_SNAPSHOT'] as const)(
    '%s is not offered, and says so',
    (type) => {
      const s = trading();
      const before = structuredClone(s.state);
      expect(outcome(control(s, type))).toEqual([['STATE', 'ERROR', 'CONTROL_NOT_OFFERED', '']]);
      expect(portfolioOf(s).conditions).toEqual(before.portfolios.get(s.portfolio)?.conditions);
    },
  );
});

describe('a policy', () => {
  it('with a wrong previous_hash is a conflict: the one in force stays, and nothing is reduced', () => {
    const s = trading();
    const hash = portfolioOf(s).policy?.policy_hash;
    const out = activate(s, policyWith({ profile: 'other' }), { previous_hash: 'wrong' });
    expect(details(out)).toEqual([`POLICY_CONFLICT: previous_hash wrong: expected ${hash}`]);
    expect(portfolioOf(s)).toMatchObject({ trading: 'ACTIVE', policy: { policy_hash: hash } });
  });

  it('that comes after its end is refused', () => {
    const s = trading();
    expect(outcome(activate(s, policyWith(), { expires_at: s.now }))).toEqual([['STATE', 'ERROR', 'CONTROL_EXPIRED', '']]);
  });

  it('is in force from the next record, and positions keep the plan they opened with', () => {
    const s = trading();
    const { stop_bps } = opened(s);
    const tighter = policyWith();
    const strategy = tighter.strategies.breakout;
    if (strategy === undefined) throw new Error('no breakout');
    const policy = { ...tighter, strategies: { ...tighter.strategies, breakout: { ...strategy, stop_bps: 300 } } };
    activate(s, policy);
    expect(portfolioOf(s).policy?.policy_hash).toBe(policyHash(policyJson(policy)));
    expect(portfolioOf(s).ledger.positions.get(INSTRUMENT)?.plan.stop_bps).toBe(stop_bps);
    expect(portfolioOf(s).ledger.positions.get(INSTRUMENT)?.stop_price).toBeNull();
  });

  it('with apply_to_open tighten moves the stops of open positions nearer', () => {
    const s = trading();
    opened(s);
    const base = policyWith();
    const strategy = base.strategies.breakout;
    if (strategy === undefined) throw new Error('no breakout');
    const policy = { ...base, strategies: { ...base.strategies, breakout: { ...strategy, stop_bps: 300 } } };
    activate(s, policy, { apply_to_open: 'tighten' });
    expect(portfolioOf(s).ledger.positions.get(INSTRUMENT)?.stop_price).toBe(M('48500'));
  });
});
