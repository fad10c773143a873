// A record from the future: its venue time lies further ahead of ours than clocks may differ.
import { type Micros, SECOND } from '../../../schemas/time.ts';

const AHEAD_MAX = 5 * SECOND;

export function timeFault(eventTime: Micros, now: Micros): 'TIME_IN_FUTURE' | null {
  return eventTime > now + AHEAD_MAX ? 'TIME_IN_FUTURE' : null;
}
