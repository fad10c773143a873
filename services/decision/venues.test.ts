// Cooldowns that order events start: after a failed order, a rate limit, and several rejections.
import { describe, expect, it } from 'vitest';
import { SECOND } from '../../schemas/time.ts';
import {
  answer,
  commands,
  decisions,
  event,
  INSTRUMENT,
  portfolioOf,
  type Scenario,
  signal,
  terminal,
  tick,
  trading,
} from './example.ts';

const open = { pacing: { global_s: 0, symbol_s: 0, per_hour: 100, per_day: 100 }, entry: { duplicate_s: 0 } };

function rejected(s: Scenario, reason: string, instrument: string = INSTRUMENT): void {
  const [command] = commands(signal(s, { instrument }));
  if (command === undefined) throw new Error(`not entered: ${decisions(s.outputs).at(-1)?.reason_code}`);
  answer(s, command, { fill: false });
  terminal(s, command, 'REJECTED', { reason });
}

describe('cooldowns', () => {
  it('a failed order closes its symbol for 300 s; equality passes', () => {
    const s = trading(open);
    rejected(s, 'BALANCE_INSUFFICIENT');
    const since = s.now;
    tick(s, since + 299 * SECOND);
    expect(decisions(signal(s))[0]?.reason_code).toBe('SYMBOL_FAILURE_COOLDOWN');
    tick(s, since + 300 * SECOND);
    expect(decisions(signal(s))[0]?.action).toBe('EXECUTE');
  });

  it('a post-only order that would cross is no failure', () => {
    const s = trading(open);
    rejected(s, 'POST_ONLY_WOULD_CROSS');
    expect(portfolioOf(s).failed_until.size).toBe(0);
  });

  it('three rejections in 600 s close the venue for 600 s', () => {
    const s = trading(open);
    for (const instrument of ['BTC-USDT-PERP', 'ETH-USDT-PERP']) rejected(s, 'FILTER_TICK', instrument);
    expect(decisions(signal(s, { instrument: 'ADA-USDT-PERP' }))[0]?.reason_code).not.toBe('ORDER_REJECTION_BURST');
    rejected(s, 'FILTER_TICK', 'SOL-USDT-PERP');
    tick(s, s.now + 599 * SECOND);
    expect(decisions(signal(s, { instrument: 'DOT-USDT-PERP' }))[0]?.reason_code).toBe('ORDER_REJECTION_BURST');
    tick(s, s.now + SECOND);
    expect(decisions(signal(s, { instrument: 'DOT-USDT-PERP' }))[0]?.reason_code).not.toBe('ORDER_REJECTION_BURST');
  });

  it('a rate limit lasts at least the policy says, longer where the venue does', () => {
    const s = trading(open);
    const limited = (seconds: number) =>
      event(s, {
        type: 'VENUE_STATE',
        venue_state: {
          connected: true,
          breaker: 'closed',
          limited_until: s.now + seconds * SECOND,
          clock_offset_ms: 0,
          maintenance: false,
          local_halt: false,
        },
      });
    limited(1);
    tick(s, s.now + 59 * SECOND);
    expect(decisions(signal(s))[0]?.reason_code).toBe('RATE_LIMIT_COOLDOWN');
    tick(s, s.now + SECOND);
    expect(decisions(signal(s))[0]?.reason_code).not.toBe('RATE_LIMIT_COOLDOWN');
    limited(500);
    tick(s, s.now + 100 * SECOND);
    expect(decisions(signal(s))[0]?.reason_code).toBe('RATE_LIMIT_COOLDOWN');
  });
});
