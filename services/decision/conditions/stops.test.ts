// The floor that saves a look at the stops on every Mark never hides one that has been reached.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal } from '../../../schemas/money.ts';
import { M, mark, opened, portfolioOf, trading } from '../example.ts';
import { drawdownReached, periodLossReached } from '../ledger/equity.ts';
import { conditionOf } from './conditions.ts';

describe('the floor of the stops', () => {
  it('trips on the very mark on which the exact rule says so', () => {
    const price = fc.integer({ min: 400_000, max: 600_000 }).map((tenths) => M(String(tenths)) / 10n);
    const limits = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(limits, fc.array(price, { minLength: 1, maxLength: 30 }), ([daily_bps, more, most], prices) => {
        const stops = { daily_bps, weekly_bps: daily_bps + more, drawdown_bps: daily_bps + more + most };
        const s = trading({ stops }, { mode: 'backtest' });
        const { position_id } = opened(s);
        const p = portfolioOf(s);
        for (const at of prices) {
          s.now += 1_000_000;
          mark(s, position_id, formatDecimal(at));
          const tripped = (['DAILY_STOP_HIT', 'WEEKLY_STOP_HIT', 'DRAWDOWN_STOP_HIT'] as const).map(
            (code) => conditionOf(p, code) !== null,
          );
          const reached = [
            periodLossReached(p.ledger, 'day', stops.daily_bps),
            periodLossReached(p.ledger, 'week', stops.weekly_bps),
            drawdownReached(p.ledger, stops.drawdown_bps),
          ];
          // What has been reached stands; what stands may have recovered since, for stops latch.
          reached.forEach((is, i) => {
            if (is) expect(tripped[i]).toBe(true);
          });
          if (!tripped.includes(true)) expect(reached).toEqual([false, false, false]);
          if (tripped.includes(true)) return;
        }
      }),
      { numRuns: 60 },
    );
  });
});
