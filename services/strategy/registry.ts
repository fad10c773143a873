// All strategies there are, in the order of their ids.
import { BENCH_CROSS } from './registry/bench-cross.ts';
import { BREAKOUT } from './registry/breakout.ts';
import { MOMENTUM } from './registry/momentum.ts';
import { RSI_MEAN_REVERSION } from './registry/rsi-mean-reversion.ts';
import { SMA_CROSS } from './registry/sma-cross.ts';
import type { Strategy } from './strategy.ts';

export const STRATEGIES: readonly Strategy[] = [BENCH_CROSS, BREAKOUT, MOMENTUM, RSI_MEAN_REVERSION, SMA_CROSS];

export function strategyOf(id: string): Strategy | null {
  return STRATEGIES.find((strategy) => strategy.id === id) ?? null;
}
