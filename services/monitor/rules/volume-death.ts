// VOLUME_DEATH: nobody trades it any more: two closed hours far below the volume at entry.
import { HOUR } from '../../../schemas/time.ts';
import { lastHours } from '../bars.ts';
import { hourInputs } from './hour-inputs.ts';
import type { ExitRule } from './rule.ts';

const SHARE_PCT = 30n;
const SHARE_PCT_OF: Readonly<Record<string, bigint>> = { whale_following: 40n, early_launch: 20n };

export const volumeDeath: ExitRule = {
  name: 'VOLUME_DEATH',
  policy_key: 'volume_death',
  urgency: 'PATIENT_EXIT',
  evaluate({ position, track, at }) {
    if (position.entry_volume_hourly === null) return 'UNAVAILABLE:entry_volume_hourly';
    const hours = lastHours(track, at);
    if (hours === null) return 'UNAVAILABLE:candles_1h';
    if (at - position.opened_at < HOUR) return 'OK';
    const limit = (SHARE_PCT_OF[position.strategy] ?? SHARE_PCT) * position.entry_volume_hourly;
    return hours.before.volume * 100n < limit && hours.last.volume * 100n < limit ? 'FIRED' : 'OK';
  },
  inputs: hourInputs,
};
