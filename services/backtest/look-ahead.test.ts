// The look-ahead check finds a strategy that peeks, and finds nothing in what is shipped.
import { describe, expect, it } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { blankSignal } from '../../schemas/records.generated.ts';
import { parseTime } from '../../schemas/time.ts';
import type { Stage } from '../../topology/stage.ts';
import { stagesOf } from '../deployment/pipeline.ts';
import type { Series } from '../market/facts.ts';
import { findLookAhead, type LookAheadOptions } from './look-ahead.ts';
import { backtestSetup, STANDARD_REQUEST } from './setup.ts';

const setup = backtestSetup({ ...STANDARD_REQUEST, cash: decimal('10000'), until: parseTime('2022-01-05T00:00:00Z') });

const options = (stages: LookAheadOptions['stages']): LookAheadOptions => ({
  deployment: setup.deployment,
  series: setup.series,
  market: setup.market,
  sent: [],
  stages,
  cuts: 2,
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
    deadline: () => Number.POSITIVE_INFINITY,
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

describe('the look-ahead check', () => {
  it('finds nothing in the shipped stages', () => {
    expect(findLookAhead(options(() => stagesOf(setup.deployment)))).toBeNull();
  });

  it('finds the strategy that knows the next bar, and names the first decision', () => {
    const stages = (series: readonly Series[]) => [
      peeking(series) as Stage<unknown>,
      ...stagesOf(setup.deployment).filter((stage) => stage.name !== 'strategy'),
    ];
    const found = findLookAhead({ ...options(stages), cuts: 8 });
    expect(found).toMatchObject({ change: expect.stringMatching(/removed|absurd/), topic: expect.stringMatching(/^signals/) });
  });
});
