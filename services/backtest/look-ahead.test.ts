// The look-ahead check finds a strategy that peeks, and finds nothing in what is shipped.
import { describe, expect, it } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { blankSignal } from '../../schemas/records.generated.ts';
import { parseTime } from '../../schemas/time.ts';
import type { Stage } from '../../topology/stage.ts';
import { lookAheadError } from '../cli/backtest-check.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import type { Series } from '../market/facts.ts';
import { FULL } from './crash/extent.ts';
import { findLookAhead, type LookAheadOptions } from './look-ahead.ts';
import { backtestSetup, STANDARD_REQUEST } from './setup.ts';

const setup = backtestSetup({
  ...STANDARD_REQUEST,
  cash: decimal('10000'),
  until: FULL ? null : parseTime('2022-01-05T00:00:00Z'),
});

const options = (stages: LookAheadOptions['stages']): LookAheadOptions => ({
  deployment: setup.deployment,
  series: setup.series,
  market: setup.market,
  sent: [],
  stages,
  cuts: FULL ? 20 : 2,
  seed: 7,
});

/** Knows the close of the next bar, and buys when that is higher. */
function peeking(series: readonly Series[]): Stage<Record<string, never>> {
  const next = new Map<number, bigint>();
  let before: number | null = null;
  for (const bar of series[0]?.bars ?? []) {
    if (before !== null) next.set(before, bar.close);
    before = bar.open_time;
  }
  return {
    name: 'strategy',
    version: 'peeking',
    init: () => ({}),
    step(_state, input, emit) {
      if (input.type !== 'Candle' || input.value.interval !== '1m') return;
      const { open_time, close, close_time, instrument } = input.value;
      if ((next.get(open_time) ?? 0n) <= (close * 1005n) / 1000n) return;
      const signal = {
        ...blankSignal(),
        instrument,
        direction: 'long' as const,
        source: 'weir:peek',
        event_time: close_time,
        signal_type: 'peek',
        event_id: `${close_time}`,
      };
      emit('signals.v1', 'Signal', instrument, signal, `peek-${close_time}`);
    },
  };
}

/** The shipped pipeline with another stage in the place of one of its own. */
const withStage = (make: (series: readonly Series[]) => Stage<unknown>) => (series: readonly Series[]) => {
  const other = make(series);
  return [other, ...stagesOf(setup.deployment).filter((stage) => stage.name !== other.name)];
};

describe('the look-ahead check', () => {
  it('finds nothing in the shipped stages', { timeout: 600_000 }, () => {
    expect(findLookAhead(options(() => stagesOf(setup.deployment)))).toBeNull();
  });

  it('finds the strategy that knows the next bar, and names the first decision', () => {
    const found = findLookAhead({ ...options(withStage((series) => peeking(series) as Stage<unknown>)), cuts: 8 });
    expect(found).toMatchObject({
      change: expect.stringMatching(/^(removed|absurd)$/),
      topic: 'signals.v1/0',
      decision_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      field: 'decision_id',
    });
    if (found === null) return;
    expect([found.with_future, found.without]).toContain('not decided');
    const error = lookAheadError(found);
    expect(error).toMatchObject({ code: 'LOOKAHEAD_FOUND', exit: EXIT.CHECK_FAILED });
    expect(error.message).toContain(`decision ${found.decision_id} differs in decision_id`);
  });

  it('finds the stage whose numbers know the last bar, and names the field', () => {
    // A future that only tints a value: the least that look-ahead can do.
    const tinted = (series: readonly Series[]): Stage<unknown> => {
      const last = [...(series[0]?.bars ?? [])].at(-1)?.close ?? 0n;
      const [shipped] = stagesOf(setup.deployment).filter((stage) => stage.name === 'strategy');
      if (shipped === undefined) throw new Error('no strategy stage');
      return {
        ...shipped,
        step: (state, input, emit, now) =>
          shipped.step(
            state,
            input,
            (topic, type, key, value, id, cause, trace) =>
              emit(topic, type, key, type === 'Signal' ? { ...value, thesis: `${last}` } : value, id, cause, trace),
            now,
          ),
      };
    };
    const found = findLookAhead({ ...options(withStage(tinted)), cuts: 8 });
    expect(found).toMatchObject({ topic: 'signals.v1/0', decision_id: null, field: 'thesis' });
  });
});
