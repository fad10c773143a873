// MOMENTUM_DECAY: a momentum position whose price and volume of the last two hours have both faded.
import { lastHours } from '../bars.ts';
import { hourInputs } from './hour-inputs.ts';
import type { ExitRule } from './rule.ts';

const VOLUME_PCT = 70n;

export const momentumDecay: ExitRule = {
  name: 'MOMENTUM_DECAY',
  policy_key: 'momentum_decay',
  urgency: 'PATIENT_EXIT',
  evaluate({ position, track, settings, at }) {
    if (!settings.momentum_strategies.has(position.strategy)) return 'DISABLED';
    if (position.entry_volume_hourly === null) return 'UNAVAILABLE:entry_volume_hourly';
    const hours = lastHours(track, at);
    if (hours === null) return 'UNAVAILABLE:candles_1h';
    const { before, last } = hours;
    const fades = position.long ? last.close < before.open : last.close > before.open;
    // The mean of two hours against a share of the mean hour at entry.
    return fades && (before.volume + last.volume) * 100n <= VOLUME_PCT * 2n * position.entry_volume_hourly ? 'FIRED' : 'OK';
  },
  inputs: hourInputs,
};
