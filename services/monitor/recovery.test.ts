// Over random prices: a stop never loosens, a snapshot goes on as the original did, and a Position restores best price and stop.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExitTrigger, Mark } from '../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Emit } from '../../topology/stage.ts';
import { bar, INSTRUMENT, newMonitor, position, quote, SECOND, T0 } from './example.ts';
import { monitorStage } from './stage.ts';

const prices = fc.array(fc.integer({ min: 9_000, max: 11_000 }), { minLength: 1, maxLength: 60 });
const sideOf = fc.constantFrom('LONG' as const, 'SHORT' as const);

function text(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

test('a stop only tightens, and a position that fired was beyond it', () => {
  fc.assert(
    fc.property(sideOf, prices, (side, list) => {
      const m = newMonitor();
      m.give('Position', position(side, '100'));
      list.forEach((price, i) => {
        bar(m, text(price), T0 + (i + 1) * 60 * SECOND);
      });
      const stops = m.marks.map((mark) => mark.stop_price ?? 0n);
      for (let i = 1; i < stops.length; i += 1) {
        const [before = 0n, after = 0n] = [stops[i - 1], stops[i]];
        expect(side === 'LONG' ? after >= before : after <= before).toBe(true);
      }
      for (const { price, stop_price, rule } of m.triggers) {
        if (!rule.endsWith('_STOP') && rule !== 'STOP_LOSS') continue;
        expect(side === 'LONG' ? (price ?? 0n) <= (stop_price ?? 0n) : (price ?? 0n) >= (stop_price ?? 0n)).toBe(true);
      }
    }),
  );
});

test('a snapshot of the state goes on as the state did', () => {
  fc.assert(
    fc.property(sideOf, prices, prices, (side, first, second) => {
      const m = newMonitor();
      m.give('Position', position(side, '100'));
      first.forEach((price, i) => {
        bar(m, text(price), T0 + (i + 1) * 60 * SECOND);
      });
      const stage = monitorStage();
      const copy = structuredClone(m.state);
      const outputs: [(ExitTrigger | Mark)[], (ExitTrigger | Mark)[]] = [[], []];
      [m.state, copy].forEach((state, which) => {
        const emit: Emit = (_topic, _type, _key, value) => {
          outputs[which === 0 ? 0 : 1].push(value as ExitTrigger | Mark);
        };
        second.forEach((price, i) => {
          const value = quote(text(price), T0 + (first.length + 1) * 60 * SECOND + i * SECOND);
          const placed = {
            topic: 'market.v1',
            partition: 0,
            offset: i,
            sequence: i,
            key: INSTRUMENT,
            at: 0,
            id: '',
            cause: '',
            trace: '',
          };
          stage.step(state, { ...placed, source: null, retry_of: '', type: 'Quote', value } as AnyEnvelope, emit, 0);
        });
      });
      expect(outputs[1]).toEqual(outputs[0]);
    }),
  );
});

test('a new monitor that is given the Position stands where the old one stood', () => {
  fc.assert(
    fc.property(sideOf, prices, fc.integer({ min: 9_000, max: 11_000 }), (side, list, last) => {
      const old = newMonitor();
      old.give('Position', position(side, '100'));
      list.forEach((price, i) => {
        bar(old, text(price), T0 + (i + 1) * 60 * SECOND);
      });
      const mark = old.marks.at(-1);
      const fresh = newMonitor();
      const { best_price = null, stop_price = null, stop_kind = null, armed = [] } = mark ?? {};
      fresh.give('Position', position(side, '100', { best_price, stop_price, stop_kind, armed }));
      for (const m of [old, fresh]) bar(m, text(last), T0 + (list.length + 1) * 60 * SECOND);
      const [a, b] = [old.marks.at(-1), fresh.marks.at(-1)];
      expect([b?.stop_price, b?.stop_kind, b?.best_price, b?.rules.STOP_LOSS]).toEqual([
        a?.stop_price,
        a?.stop_kind,
        a?.best_price,
        a?.rules.STOP_LOSS,
      ]);
    }),
  );
});
