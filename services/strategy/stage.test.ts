// The bars on which strategies speak, and those on which they must not.
import { describe, expect, test } from 'vitest';
import { paramVersion, signalId, traceId } from '../../schemas/ids.ts';
import { fromNumber } from '../../schemas/money.ts';
import {
  blankCandle,
  blankInstrumentInfo,
  blankSignal,
  type Candle,
  type RegimeTrend,
  type Signal,
} from '../../schemas/records.generated.ts';
import { HOUR, MINUTE } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Bar } from '../indicators/bar.ts';
import { GOLDEN_BARS } from '../indicators/golden-series.ts';
import { MOMENTUM } from './registry/momentum.ts';
import { STRATEGIES } from './registry.ts';
import { armsOf, type EnabledStrategy, type StrategyConfig, type StrategyState, strategyStage } from './stage.ts';
import { warmUpOf } from './warm-up.ts';

const START = 1_767_225_600_000_000;

function price(x: number): bigint {
  return fromNumber(Number(x.toFixed(12))) ?? 0n;
}

function hourly(bar: Bar, i: number, change: Partial<Candle> = {}): Candle {
  const open_time = START + i * HOUR;
  return {
    ...blankCandle(),
    instrument: 'BTC-USDT',
    venue: 'sim',
    interval: '1h',
    open_time,
    close_time: open_time + HOUR,
    event_time: open_time + HOUR,
    received_at: open_time + HOUR,
    open: price(bar.open),
    high: price(bar.high),
    low: price(bar.low),
    close: price(bar.close),
    volume: price(bar.volume),
    ...change,
  };
}

interface Emitted {
  readonly key: string;
  readonly id: string | undefined;
  readonly trace: string | undefined;
  readonly signal: Signal;
}

function feed(config: StrategyConfig, candles: readonly Candle[], trend: RegimeTrend = 'chop', restoreAt = -1): Emitted[] {
  const stage = strategyStage(config);
  let state: StrategyState = stage.init(0);
  const out: Emitted[] = [];
  const step = (type: 'Candle' | 'InstrumentInfo', value: unknown): void =>
    stage.step(
      state,
      { type, value } as AnyEnvelope,
      (_topic, _type, key, signal, id, _cause, trace) => out.push({ key, id, trace, signal: signal as Signal }),
      0,
    );
  const info = blankInstrumentInfo();
  step('InstrumentInfo', { ...info, instrument: 'BTC-USDT', regime: { ...info.regime, trend } });
  candles.forEach((candle, i) => {
    if (i === restoreAt) state = structuredClone(state);
    step('Candle', candle);
  });
  return out;
}

const GOLDEN = GOLDEN_BARS.map((bar, i) => hourly(bar, i));
const OPEN_FILTER = { allow_short: true, atr_filter: false };

function barsOf(emitted: readonly Emitted[], direction: string): number[] {
  return emitted
    .filter(({ signal }) => signal.direction === direction)
    .map(({ signal }) => (signal.event_time - START) / HOUR - 1);
}

describe('emission bars on the golden series', () => {
  test.each<[string, Record<string, number>, Record<string, number[]>]>([
    ['rsi_mean_reversion', {}, { long: [], close_long: [32, 64, 96] }],
    ['sma_cross', { fast: 10, slow: 20 }, { long: [33, 64, 96], close_long: [50, 81] }],
    ['sma_cross', { fast: 20, slow: 50 }, { long: [], close_long: [] }],
    ['breakout', {}, { long: [35, 66, 98], short: [] }],
    ['momentum', {}, { long: [35, 67, 98], short: [54, 86] }],
  ])('%s %o', (id, parameters, expected) => {
    const emitted = feed({ enabled: [{ id, parameters }], ...OPEN_FILTER }, GOLDEN);
    for (const [direction, bars] of Object.entries(expected)) expect(barsOf(emitted, direction)).toEqual(bars);
    expect(emitted).toHaveLength(Object.values(expected).flat().length);
  });

  test('the strength of momentum at the last bar', () => {
    const state = MOMENTUM.init({ bars: 24, threshold: 2 });
    const [long] = GOLDEN.map((bar) => MOMENTUM.step(state, bar)).at(-1) ?? [];
    expect(long?.strength).toBeCloseTo(0.529523, 6);
    expect(long).toMatchObject({ direction: 'long', holds: true, confidence: 1 });
  });
});

test('a signal says what it is, where it comes from and at what price', () => {
  const [first] = feed({ enabled: [{ id: 'sma_cross', parameters: { fast: 10, slow: 20 } }] }, GOLDEN);
  const close_time = START + 34 * HOUR;
  const event_id = `sma_cross/1h/${close_time}`;
  expect(first?.key).toBe('BTC-USDT');
  expect(first?.id).toBe(signalId({ event_id, instrument: 'BTC-USDT', source: 'weir:sma_cross' }));
  expect(first?.trace).toBe(traceId({ signal_id: first?.id ?? '' }));
  expect(first?.signal).toEqual({
    ...blankSignal(),
    instrument: 'BTC-USDT',
    direction: 'long',
    source: 'weir:sma_cross',
    event_time: close_time,
    signal_type: 'sma_cross',
    event_id,
    strategy: 'sma_cross',
    entry_price: GOLDEN[33]?.close,
    strength: 0.6,
    confidence: 0.6,
    evidence: { param_hash: paramVersion({ params: { fast: 10, slow: 20 }, strategy: 'sma_cross' }) },
  });
});

describe('bars that are taken in and never acted on', () => {
  const config = { enabled: [{ id: 'breakout' }], ...OPEN_FILTER };
  test.each<[string, Partial<Candle>]>([
    ['history', { history: true }],
    ['filler', { filler: true }],
    ['outlier', { flags: ['BAR_OUTLIER'] }],
  ])('%s', (_name, change) => {
    const marked = GOLDEN.map((candle, i) => (i === 66 ? { ...candle, ...change } : candle));
    expect(barsOf(feed(config, marked), 'long')).toEqual([35, 98]);
  });

  test('after a missing bar the warm-up starts over', () => {
    // The break-out of bar 66 needs bars 42 to 65 and a judgement of bar 65 before it.
    expect(barsOf(feed(config, GOLDEN.toSpliced(40, 1)), 'long')).toEqual([35, 66, 98]);
    expect(barsOf(feed(config, GOLDEN.toSpliced(41, 1)), 'long')).toEqual([35, 98]);
  });

  test('a bar flagged as the first after a gap restarts the warm-up like a missing one', () => {
    const flagged = GOLDEN.map((candle, i) => (i === 42 ? { ...candle, flags: ['CANDLE_GAP'] } : candle));
    expect(barsOf(feed(config, flagged), 'long')).toEqual([35, 98]);
  });

  test.each<[string, (candle: Candle) => Candle]>([
    ['the same bar again', (candle) => candle],
    ['a revision', (candle) => ({ ...candle, revision: 1, close: 1n })],
  ])('%s changes nothing', (_name, copy) => {
    const doubled = GOLDEN.flatMap((candle) => [candle, copy(candle)]);
    expect(feed(config, doubled)).toEqual(feed(config, GOLDEN));
  });

  test('bars of other intervals and instruments are not read', () => {
    const other = GOLDEN.map(
      (candle, i): Candle => (i % 2 === 0 ? { ...candle, interval: '15m' } : { ...candle, instrument: 'X-USDT' }),
    );
    expect(feed(config, other)).toEqual([]);
  });
});

test('shorts are silent unless allowed', () => {
  const enabled = [{ id: 'momentum' }];
  expect(barsOf(feed({ enabled, atr_filter: false }, GOLDEN), 'short')).toEqual([]);
  expect(barsOf(feed({ enabled, atr_filter: false, allow_short: true }, GOLDEN), 'short')).toEqual([54, 86]);
});

describe('the width filter', () => {
  // Ranges grow by a constant factor each bar, so that the ratio to the usual range lies between both limits.
  const widening = (factor: number): Candle[] =>
    Array.from({ length: 60 }, (_, i) => {
      const reach = factor ** i;
      const close = i === 55 ? 1000 + 1.05 * reach : 1000;
      return hourly({ open: 1000, high: Math.max(close, 1000 + reach), low: 1000 - reach, close, volume: 1 }, i);
    });
  test.each<[number, RegimeTrend, number]>([
    [1, 'chop', 0],
    [1.008, 'chop', 1],
    [1.008, 'bull', 0],
    [1.008, 'unknown', 0],
    [1.02, 'bull', 1],
  ])('ranges growing by %d in %s: %d signals', (factor, trend, expected) => {
    expect(feed({ enabled: [{ id: 'breakout' }] }, widening(factor), trend)).toHaveLength(expected);
  });
  test('unknown width is not wide', () => {
    const early = widening(1.02).slice(20);
    expect(feed({ enabled: [{ id: 'breakout' }] }, early, 'chop')).toHaveLength(0);
    expect(feed({ enabled: [{ id: 'breakout' }], atr_filter: false }, early, 'chop')).toHaveLength(1);
  });
});

test('several at one bar go by strength times confidence, then by name', () => {
  const enabled = ['momentum', 'breakout', 'sma_cross', 'rsi_mean_reversion'].map((id) => ({ id }));
  const bars = Array.from({ length: 80 }, (_, i): Bar => {
    const close = i < 60 ? 100 - 0.002 * i : 100 + 4 * (i - 59);
    return { open: close, high: close, low: close, close, volume: 1 };
  });
  const emitted = feed(
    { enabled, ...OPEN_FILTER },
    bars.map((bar, i) => hourly(bar, i)),
  );
  const at60 = emitted.filter(({ signal }) => signal.event_time === START + 61 * HOUR).map(({ signal }) => signal.source);
  expect(at60).toEqual(['weir:breakout', 'weir:rsi_mean_reversion', 'weir:sma_cross']);
});

test('a snapshot taken at any bar goes on with the same signals', () => {
  const config = { enabled: STRATEGIES.map(({ id }) => ({ id })), base_interval: '1h' as const };
  const expected = feed(config, GOLDEN);
  expect(expected.length).toBeGreaterThan(0);
  for (const at of [0, 10, 34, 66, 99]) expect(feed(config, GOLDEN, 'chop', at)).toEqual(expected);
});

test('removing later bars changes no earlier signal', () => {
  const config = { enabled: STRATEGIES.map(({ id }) => ({ id })), base_interval: '1h' as const };
  const expected = feed(config, GOLDEN);
  for (let cut = 0; cut < GOLDEN.length; cut += 7) {
    const until = START + cut * HOUR;
    expect(feed(config, GOLDEN.slice(0, cut))).toEqual(expected.filter(({ signal }) => signal.event_time <= until));
  }
});

test.each<[string, EnabledStrategy[], string]>([
  ['unknown strategy', [{ id: 'nope' }], 'strategy "nope": expected one of bench_cross'],
  ['twice the same', [{ id: 'momentum' }, { id: 'momentum' }], 'strategy "momentum": enabled twice'],
  ['unknown parameter', [{ id: 'breakout', parameters: { days: 3 } }], 'strategy breakout: days: unknown, expected one of bars'],
  [
    'out of range',
    [{ id: 'sma_cross', parameters: { fast: 4 } }],
    'strategy sma_cross: fast 4: expected a whole number from 5 to 30',
  ],
  ['no whole number', [{ id: 'sma_cross', parameters: { slow: 20.5 } }], 'slow 20.5: expected a whole number from 20 to 100'],
  ['conflict', [{ id: 'sma_cross', parameters: { fast: 30, slow: 30 } }], 'fast 30: expected less than slow 30'],
  [
    'not a number',
    [{ id: 'momentum', parameters: { threshold: Number.NaN } }],
    'threshold NaN: expected a number from 0.1 to 50',
  ],
])('a configuration is refused: %s', (_name, enabled, message) => {
  expect(() => strategyStage({ enabled })).toThrow(message);
});

test('the version names the configuration', () => {
  const version = (config: StrategyConfig): string => strategyStage(config).version;
  const one = version({ enabled: [{ id: 'sma_cross' }] });
  expect(version({ enabled: [{ id: 'sma_cross', parameters: { fast: 20 } }] })).toBe(one);
  expect(version({ enabled: [{ id: 'sma_cross', parameters: { fast: 19 } }] })).not.toBe(one);
  expect(version({ enabled: [{ id: 'sma_cross' }], allow_short: true })).not.toBe(one);
});

test.each<[EnabledStrategy[], number]>([
  [[], 0],
  [[{ id: 'sma_cross' }], 51 * HOUR],
  [[{ id: 'sma_cross', parameters: { slow: 100 } }], 101 * HOUR],
  [[{ id: 'rsi_mean_reversion' }], 16 * HOUR],
  [[{ id: 'breakout' }], 42 * HOUR],
  [[{ id: 'bench_cross' }], 51 * MINUTE],
  [[{ id: 'bench_cross' }, { id: 'momentum' }, { id: 'sma_cross' }], 51 * HOUR],
])('the warm-up of %o', (enabled, expected) => {
  expect(warmUpOf(armsOf({ enabled }), MINUTE)).toBe(expected);
});
