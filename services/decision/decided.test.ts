// Ids that had their effect: remembered for 15 days at least, whenever they came, and not for ever.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, HOUR } from '../../schemas/time.ts';
import { takeOnce, wasTaken } from './decided.ts';
import { newPortfolio } from './state.ts';

const BEGIN = 20_000 * DAY;

it('an id counts once within 15 days, and is gone after 30 days in which others came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 * 24 }), { maxLength: 60 }), (hours) => {
      const p = newPortfolio({ portfolio: 'pf-1', run_id: 'run', mode: 'backtest', currency: 'USDT' });
      p.now = BEGIN;
      const taken = new Map<string, number>();
      hours.forEach((pause, i) => {
        p.now += pause * HOUR;
        const id = `id-${i % 3}`;
        const age = p.now - (taken.get(id) ?? Number.NEGATIVE_INFINITY);
        if (age < 15 * DAY) expect(wasTaken(p, id)).toBe(true);
        const first = takeOnce(p, id);
        if (age < 15 * DAY) expect(first).toBe(false);
        if (age === Number.POSITIVE_INFINITY) expect(first).toBe(true);
        if (first) taken.set(id, p.now);
      });
      for (const after of [15 * DAY, 30 * DAY]) {
        p.now += after;
        takeOnce(p, `another after ${after}`);
      }
      for (const id of taken.keys()) expect(takeOnce(p, id)).toBe(true);
    }),
  );
});
