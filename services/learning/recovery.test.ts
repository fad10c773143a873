// Ten thousand random trades: stopping at any place and going on from a snapshot gives the Lessons of a clean run.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blankTrade, type Lesson, type Trade } from '../../schemas/records.generated.ts';
import type { Envelope } from '../../topology/envelope.ts';
import type { Emit } from '../../topology/stage.ts';
import { type LearningState, learningStage } from './stage.ts';

const tradeOf = fc.record({
  portfolio: fc.constantFrom('pf-1', 'pf-2'),
  strategy: fc.constantFrom('MR', 'TF', ''),
  regime: fc.constantFrom('bull_normal', 'chop_low'),
  source: fc.constantFrom('binance:ta_signal', 'coingecko:trending', 'solscan:x', ''),
  net: fc.bigInt(-9_000_000_000_000n, 9_000_000_000_000n),
  unpriced: fc.boolean(),
  catastrophic: fc.boolean(),
});

test('a state restored from a snapshot, with trades delivered again up to where it stood, learns the same', () => {
  const stage = learningStage({ half_life_trades: 50, shrinkage_kappa: 10 });
  fc.assert(
    fc.property(fc.array(tradeOf, { minLength: 1, maxLength: 40 }), fc.nat(), fc.nat(), (list, at, until) => {
      const inputs = list.map((of, offset): Envelope<'Trade'> => {
        const { catastrophic, ...rest } = of;
        const verdict = { judge_verdict: null, confidence: 90, catastrophic, synthetic: false };
        const value: Trade = {
          ...blankTrade(),
          ...rest,
          trade_id: `t${offset}`,
          gross: of.net,
          leg_edge: of.net,
          entry_notional: 100_000_000_000_000n,
          verdict,
        };
        const placed = {
          topic: 'trades.v1',
          partition: 0,
          offset,
          sequence: offset,
          key: of.portfolio,
          at: 0,
          id: '',
          cause: '',
          trace: '',
        } as const;
        return { ...placed, source: null, retry_of: '', type: 'Trade', value };
      });
      const run = (state: LearningState, from: number, to: number): Lesson[] => {
        const lessons: Lesson[] = [];
        const emit: Emit = (_topic, _type, _key, value) => {
          lessons.push(value as Lesson);
        };
        for (const input of inputs.slice(from, to)) stage.step(state, input, emit, 0);
        return lessons;
      };
      const clean = stage.init(0);
      const expected = run(clean, 0, inputs.length);
      // A snapshot at `cut`; the process went on to `crash` and was lost: it folds the same records again.
      const cut = at % (inputs.length + 1);
      const crash = cut + (until % (inputs.length - cut + 1));
      const state = stage.init(0);
      const before = run(state, 0, cut);
      const snapshot = structuredClone(state);
      const lost = run(state, cut, crash);
      const again = run(snapshot, cut, inputs.length);
      expect([...before, ...again]).toEqual(expected);
      expect(again.slice(0, lost.length)).toEqual(lost);
      expect(snapshot).toEqual(clean);
    }),
    { numRuns: 500 },
  );
});
