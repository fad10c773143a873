// What a synthetic market does in its i-th minute: how it drifts, whether it reports a bar, and what its touch looks like.
import type { Drift } from './walk.ts';

export const SCENARIOS = [
  'calm',
  'trend_up',
  'trend_down',
  'chop',
  'crash',
  'pump_dump',
  'gap',
  'stale',
  'crossed',
  'planted_edge',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

const CALM: Drift = { mu: 0, sigma: 4e-4, volume: 1 };
const DAY = 1_440;
/** Minute of the day at which a scenario has its event. */
const NOON = 720;

/** volume is a factor of the instrument's usual one. */
export function driftOf(scenario: Scenario, minute: number): Drift {
  switch (scenario) {
    case 'calm':
    case 'gap':
    case 'stale':
    case 'crossed':
      return CALM;
    case 'trend_up':
      return { mu: 2e-5, sigma: 6e-4, volume: 1 };
    case 'trend_down':
      return { mu: -2e-5, sigma: 6e-4, volume: 1 };
    case 'chop':
      return { mu: 0, sigma: 9e-4, volume: 1 };
    case 'crash':
      return { mu: -1e-3, sigma: 3e-3, volume: 1 };
    case 'pump_dump':
      return pumpDump(minute % DAY);
    case 'planted_edge':
      // The drift holds for half a day at a time: whoever follows the break of a range is right, for a known reason.
      return { mu: Math.floor(minute / NOON) % 2 === 0 ? 1.5e-4 : -1.5e-4, sigma: 6e-4, volume: 1 };
  }
}

/** Half an hour up on twelve times the volume, an hour down on six times. */
function pumpDump(minute: number): Drift {
  if (minute >= NOON && minute < NOON + 30) return { mu: 8e-3, sigma: 3e-3, volume: 12 };
  if (minute >= NOON + 30 && minute < NOON + 90) return { mu: -5e-3, sigma: 3e-3, volume: 6 };
  return CALM;
}

/** In `gap` the market reports nothing for half an hour a day, though it goes on. */
export function isMissing(scenario: Scenario, minute: number): boolean {
  return scenario === 'gap' && minute % DAY >= NOON && minute % DAY < NOON + 30;
}

/** `stale`: the touch is the one of the minute before, for ten minutes a day. `crossed`: bid and ask change places, for three of each hour. */
export function touchOf(scenario: Scenario, minute: number): 'fresh' | 'stale' | 'crossed' {
  if (scenario === 'stale' && minute % DAY >= NOON && minute % DAY < NOON + 10) return 'stale';
  return scenario === 'crossed' && minute % 60 >= 57 ? 'crossed' : 'fresh';
}
