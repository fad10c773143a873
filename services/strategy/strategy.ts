// The one shape of a strategy: a pure fold over the closed bars of one instrument and interval.
import type { Quantity } from '../../schemas/money.ts';
import type { Candle } from '../../schemas/records.generated.ts';

export type Direction = 'long' | 'short' | 'close_long' | 'close_short';
export type Family = 'impulse' | 'trend' | 'revert' | 'scalp' | 'bear' | 'event';
/** `base` is whatever interval the deployment builds all others from. */
export type StrategyInterval = '15m' | '1h' | 'base';

export interface Parameter {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly whole: boolean;
}

/** What one side of a strategy says about one bar; a strategy returns its sides always in the same order. */
export interface Reading {
  readonly direction: Direction;
  readonly holds: boolean;
  readonly strength: number;
  readonly confidence: number;
}

/** What a strategy may read of a closed bar. */
export type StrategyBar = Pick<Candle, 'open' | 'high' | 'low' | 'close' | 'volume'>;

export interface Strategy<S = unknown, K extends string = string> {
  readonly id: string;
  readonly family: Family;
  readonly interval: StrategyInterval;
  /** Fires only while bars are wider than usual (the ATR filter). */
  readonly filtered: boolean;
  /** Size that its signals ask for; null = whatever the decision computes. */
  readonly size: Quantity | null;
  readonly parameters: Readonly<Record<K, Parameter>>;
  /** What no single range can say; null if the combination is allowed. */
  conflict(parameters: Readonly<Record<K, number>>): string | null;
  /** Bars that are needed before its condition can be judged and have changed. */
  lookBack(parameters: Readonly<Record<K, number>>): number;
  init(parameters: Readonly<Record<K, number>>): S;
  /** Takes the bar in, as the record it is: each converts what it reads. Judges it; null while it cannot be judged. */
  step(state: S, bar: StrategyBar): readonly Reading[] | null;
}
