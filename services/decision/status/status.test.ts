// The status says from the state alone who stopped what and why, how much of each limit is used, and how long it waits.
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../schemas/time.ts';
import {
  answer,
  commands,
  control,
  INSTRUMENT,
  M,
  mark,
  opened,
  portfolioOf,
  type Scenario,
  signal,
  terminal,
  tick,
  trading,
  trigger,
} from '../example.ts';
import { statusOf } from './status.ts';

const limit = (s: Scenario, name: string) => statusOf(portfolioOf(s)).limits.find((l) => l.name === name);
const cooldown = (s: Scenario, what: string) => statusOf(portfolioOf(s)).cooldowns.find((c) => c.what === what)?.seconds_left;

describe('status', () => {
  it('of a portfolio that trades', () => {
    const s = trading();
    expect(statusOf(portfolioOf(s))).toMatchObject({
      portfolio: 'pf-1',
      state: 'ACTIVE',
      reason_code: '',
      conditions: [],
      profile: 'paper',
      positions: 0,
      equity: { nav: M('10000'), unit_price: M('1'), cash: M('10000') },
    });
  });

  it('names each condition with who, why, since and the way out', () => {
    const s = trading();
    control(s, 'KILL', {}, { actor: 'bo', reason: 'drill' });
    expect(statusOf(portfolioOf(s))).toMatchObject({
      state: 'REDUCING',
      reason_code: 'KILL_SWITCH',
      conditions: [{ code: 'KILL_SWITCH', who: 'bo', why: 'drill', since: s.now, until: null, way_out: 'operator RESUME' }],
    });
  });

  it('a loss uses its limit, a profit uses nothing', () => {
    const s = trading();
    const { position_id } = opened(s);
    mark(s, position_id, '42308.692307692308');
    // 0.0039 × 7,692.3… = 30, and 0.1 of fee.
    expect(limit(s, 'daily_stop')).toEqual({ name: 'daily_stop', used: 30, limit: 300, unit: 'bps', ratio: 0.1 });
    mark(s, position_id, '60000', { venue_at: s.now + SECOND });
    expect(limit(s, 'daily_stop')).toMatchObject({ used: 0, ratio: 0 });
  });

  it('shows slots and exposure against their caps', () => {
    const s = trading();
    opened(s);
    expect(limit(s, 'positions')).toMatchObject({ used: 1, limit: 8 });
    expect(limit(s, `exposure symbol ${INSTRUMENT}`)).toMatchObject({ unit: 'quote' });
    expect(limit(s, 'exposure total')?.used).toBeCloseTo(194.99, 1);
  });

  it('counts cooldowns down', () => {
    const s = trading();
    const { position_id } = opened(s);
    expect(cooldown(s, 'global spacing')).toBe(30);
    const [exit] = commands(trigger(s, position_id, 'TAKE_PROFIT'));
    if (exit === undefined) throw new Error('no exit');
    answer(s, exit, { price: '51000' });
    expect(cooldown(s, `symbol ${INSTRUMENT}`)).toBe(600);
    tick(s, s.now + MINUTE);
    expect(cooldown(s, `symbol ${INSTRUMENT}`)).toBe(540);
    control(s, 'RESTRICT', { instrument: 'X', until: s.now + 10 * SECOND });
    expect(cooldown(s, 'restriction X')).toBe(10);
  });

  it('lists unknown orders and the last decision', () => {
    const s = trading();
    const [command] = commands(signal(s));
    if (command === undefined) throw new Error('no entry');
    answer(s, command, { fill: false });
    terminal(s, command, 'UNKNOWN', { reason: 'TIMEOUT' });
    expect(statusOf(portfolioOf(s))).toMatchObject({
      open_orders: 1,
      unknown_orders: [{ order_id: command.order_id, instrument: INSTRUMENT, since: s.now }],
      last_decision: { decision_id: command.decision_id, action: 'EXECUTE' },
    });
  });

  it('changes nothing', () => {
    const s = trading();
    opened(s);
    const before = structuredClone(s.state);
    statusOf(portfolioOf(s));
    expect(s.state).toEqual(before);
  });
});
