// One enabled strategy on one instrument: its state, and the edge that turns a condition into a signal once.
import { type Parameters, paramHash, resolveParameters } from './parameters.ts';
import type { Reading, Strategy, StrategyBar } from './strategy.ts';

/** A strategy as configured: parameters resolved, hash ready for evidence. */
export interface Arm {
  readonly strategy: Strategy;
  readonly parameters: Parameters;
  readonly param_hash: string;
  /** Source of its signals. */
  readonly source: string;
  /** Instruments it runs on; null = all. */
  readonly instruments: ReadonlySet<string> | null;
}

export function newArm(strategy: Strategy, parameters: Parameters, instruments: readonly string[] | null): Arm {
  const resolved = resolveParameters(strategy, parameters);
  return {
    strategy,
    parameters: resolved,
    param_hash: paramHash(strategy, resolved),
    source: `weir:${strategy.id}`,
    instruments: instruments === null ? null : new Set(instruments),
  };
}

export interface ArmState {
  /** Place of the arm in the configuration. */
  readonly arm: number;
  fold: unknown;
  /** Per side of the strategy: whether its condition held on the bar before; null = could not be judged. */
  before: readonly boolean[] | null;
}

export function newArmState(arm: number, arms: readonly Arm[]): ArmState {
  const { strategy, parameters } = armAt(arms, arm);
  return { arm, fold: strategy.init(parameters), before: null };
}

export function armAt(arms: readonly Arm[], index: number): Arm {
  const arm = arms[index];
  if (arm === undefined) throw new RangeError(`arm ${index}: expected less than ${arms.length}`);
  return arm;
}

/** A condition weaker than this product of strength and confidence does not hold. */
const PRODUCT_MIN = 0.2;

/** How much wider bars are than usual, and how much is asked for; `asked` null = the filter is off. */
export interface Width {
  readonly ratio: number | null;
  readonly asked: number | null;
}

const NONE: readonly Reading[] = [];

/** Takes the bar in and returns the sides that hold now and were judged, and false, on the bar before. `width` null = not measured. */
export function stepArm(state: ArmState, arm: Arm, bar: StrategyBar, width: Width | null): readonly Reading[] {
  const readings = arm.strategy.step(state.fold, bar);
  const filter = arm.strategy.filtered && width !== null && width.asked !== null ? width : null;
  if (readings === null || (filter !== null && filter.ratio === null)) {
    state.before = null;
    return NONE;
  }
  const wide = filter === null || (filter.ratio ?? 0) >= (filter.asked ?? 0);
  if (!wide || !anyHolds(readings)) {
    state.before = QUIET;
    return NONE;
  }
  const { before } = state;
  const now: boolean[] = [];
  const edges: Reading[] = [];
  for (const reading of readings) {
    const side = now.push(holds(reading)) - 1;
    if (before !== null && now[side] === true && before[side] !== true) edges.push(reading);
  }
  state.before = now;
  return edges;
}

/** No side held; shared, because it is the usual case. */
const QUIET: readonly boolean[] = [];

function anyHolds(readings: readonly Reading[]): boolean {
  for (const reading of readings) if (holds(reading)) return true;
  return false;
}

function holds(reading: Reading): boolean {
  return reading.holds && reading.strength * reading.confidence >= PRODUCT_MIN;
}
