// The strategy stage: folds the closed bars of each instrument through the enabled strategies and emits signals on edges.
import { contentHash, signalId, traceId } from '../../schemas/ids.ts';
import type { Candle, RegimeTrend, Signal } from '../../schemas/records.generated.ts';
import { blankSignal } from '../../schemas/records.generated.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import { type Arm, newArm } from './arm.ts';
import type { Parameters } from './parameters.ts';
import { STRATEGIES, strategyOf } from './registry.ts';
import { type Fired, newTrack, stepTrack, type Track } from './track.ts';

/** Changes with every change of what this code derives from the same records. */
const CODE_VERSION = '1';

export interface EnabledStrategy {
  readonly id: string;
  /** Others keep their defaults. */
  readonly parameters?: Parameters;
  /** Absent = every instrument. */
  readonly instruments?: readonly string[];
}

export interface StrategyConfig {
  readonly enabled: readonly EnabledStrategy[];
  /** Whether short sides are emitted; default no. */
  readonly allow_short?: boolean;
  /** Whether filtered strategies wait for wide bars; default yes. */
  readonly atr_filter?: boolean;
  /** The interval that strategies on base bars read; default 1m. */
  readonly base_interval?: Candle['interval'];
}

interface InstrumentState {
  trend: RegimeTrend;
  /** One of each interval that a strategy reads. */
  readonly tracks: readonly Track[];
}

export interface StrategyState {
  readonly instruments: Map<string, InstrumentState>;
}

/** Throws as armsOf does. */
export function strategyStage(config: StrategyConfig): Stage<StrategyState> {
  const arms = armsOf(config);
  const base = config.base_interval ?? '1m';
  const atrFilter = config.atr_filter ?? true;
  const allowShort = config.allow_short ?? false;

  /** Of `state`, who was asked for last: most records are about the instrument of the one before. */
  const last = { state: null as StrategyState | null, instrument: '', of: null as InstrumentState | null };

  function instrumentOf(state: StrategyState, instrument: string): InstrumentState {
    if (last.of !== null && last.state === state && last.instrument === instrument) return last.of;
    const of = state.instruments.get(instrument) ?? newInstrument(state, instrument);
    last.state = state;
    last.instrument = instrument;
    last.of = of;
    return of;
  }

  function newInstrument(state: StrategyState, instrument: string): InstrumentState {
    const reads = new Map<Candle['interval'], number[]>();
    arms.forEach((arm, place) => {
      if (arm.instruments !== null && !arm.instruments.has(instrument)) return;
      const interval = arm.strategy.interval === 'base' ? base : arm.strategy.interval;
      reads.set(interval, [...(reads.get(interval) ?? []), place]);
    });
    const tracks = [...reads].map(([interval, places]) => newTrack(interval, places, arms));
    const fresh: InstrumentState = { trend: 'unknown', tracks };
    state.instruments.set(instrument, fresh);
    return fresh;
  }

  return {
    name: 'strategy',
    version: `${CODE_VERSION}-${configHash(arms, base, atrFilter, allowShort)}`,
    shape: 2,
    init: () => ({ instruments: new Map() }),
    step(state, input, emit) {
      if (input.type === 'Candle') {
        const instrument = instrumentOf(state, input.value.instrument);
        const track = trackOf(instrument, input.value.interval);
        if (track === undefined) return;
        for (const fired of stepTrack(track, input.value, arms, instrument.trend, atrFilter)) {
          if (fired.reading.direction === 'short' && !allowShort) continue;
          emitSignal(emit, fired, input.value);
        }
      } else if (input.type === 'InstrumentInfo') {
        instrumentOf(state, input.value.instrument).trend = input.value.regime.trend;
      }
    },
  };
}

function trackOf({ tracks }: InstrumentState, interval: Candle['interval']): Track | undefined {
  for (const track of tracks) if (track.interval === interval) return track;
  return undefined;
}

function emitSignal(emit: Emit, { arm, reading }: Fired, candle: Candle): void {
  const { strategy, source } = arm;
  const signal: Signal = blankSignal();
  signal.instrument = candle.instrument;
  signal.direction = reading.direction;
  signal.source = source;
  signal.event_time = candle.close_time;
  signal.signal_type = strategy.id;
  const event_id = `${strategy.id}/${candle.interval}/${candle.close_time}`;
  signal.event_id = event_id;
  signal.strategy = strategy.id;
  signal.entry_price = candle.close;
  signal.size = strategy.size;
  signal.strength = reading.strength;
  signal.confidence = reading.confidence;
  signal.evidence = { param_hash: arm.param_hash };
  const signal_id = signalId({ event_id, instrument: candle.instrument, source });
  emit('signals.v1', 'Signal', candle.instrument, signal, signal_id, '', traceId({ signal_id }));
}

/** The enabled strategies with their parameters. Throws a RangeError that names everything wrong. */
export function armsOf(config: StrategyConfig): readonly Arm[] {
  const findings: string[] = [];
  const arms: Arm[] = [];
  for (const { id, parameters, instruments } of config.enabled) {
    const strategy = strategyOf(id);
    if (strategy === null) {
      findings.push(`strategy "${id}": expected one of ${STRATEGIES.map((known) => known.id).join(', ')}`);
    } else if (arms.some((arm) => arm.strategy.id === id)) {
      findings.push(`strategy "${id}": enabled twice, expected once`);
    } else {
      arms.push(newArm(strategy, parameters ?? {}, instruments ?? null));
    }
  }
  if (findings.length > 0) throw new RangeError(findings.join('; '));
  return arms;
}

function configHash(arms: readonly Arm[], base: string, atrFilter: boolean, allowShort: boolean): string {
  const listed = arms.map((arm) => ({
    id: arm.strategy.id,
    param_hash: arm.param_hash,
    instruments: arm.instruments === null ? null : [...arm.instruments].sort(),
  }));
  return contentHash({ arms: listed, base, atr_filter: atrFilter, allow_short: allowShort }).slice(0, 16);
}
