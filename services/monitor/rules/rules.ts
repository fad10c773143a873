// All price rules in order: every one is evaluated every time, the first that fires names the exit.
import { breakevenStop } from './breakeven-stop.ts';
import { flashCrash } from './flash-crash.ts';
import { momentumDecay } from './momentum-decay.ts';
import { positionLossExtreme } from './position-loss-extreme.ts';
import { progressive12h } from './progressive-12h.ts';
import { progressive24h } from './progressive-24h.ts';
import { progressive36h } from './progressive-36h.ts';
import type { ExitRule } from './rule.ts';
import { stopLoss } from './stop-loss.ts';
import { takeProfit } from './take-profit.ts';
import { trailingStop } from './trailing-stop.ts';
import { volumeDeath } from './volume-death.ts';

export const RULES: readonly ExitRule[] = [
  flashCrash,
  positionLossExtreme,
  stopLoss,
  breakevenStop,
  trailingStop,
  takeProfit,
  volumeDeath,
  momentumDecay,
  progressive12h,
  progressive24h,
  progressive36h,
];
