// Evidence of the rules on hours: volume and prices of the last two closed ones, and the volume at entry.
import type { ExitInput } from '../../../schemas/records.generated.ts';
import { HOUR } from '../../../schemas/time.ts';
import { lastHours } from '../bars.ts';
import { input, type RuleView } from './rule.ts';

export function hourInputs(view: RuleView): ExitInput[] {
  const hours = lastHours(view.track, view.at);
  if (hours === null) return [];
  const { before, last } = hours;
  return [
    input('volume_hour_before', before.volume, before.open_time + HOUR, view),
    input('volume_hour_last', last.volume, last.open_time + HOUR, view),
    input('open_2h', before.open, before.open_time, view),
    input('close_2h', last.close, last.open_time + HOUR, view),
    input('entry_volume_hourly', view.position.entry_volume_hourly ?? 0n, view.position.opened_at, view),
  ];
}
