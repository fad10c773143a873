// When the next Tick is due in virtual time: where a stage's deadline has come and at every UTC hour, or every second.
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';

/** Second of the next Tick, given the clock, the last Tick and the earliest deadline of all stages. Before the first event: never. */
export function nextTick(ticks: 'sparse' | 'dense', clock: Micros, lastTick: Micros, deadline: Micros): Micros {
  if (clock === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const earliest = Math.max(ceilTo(clock, SECOND), lastTick + SECOND);
  if (ticks === 'dense') return earliest;
  const hour = ceilTo(earliest, HOUR);
  return deadline >= hour ? hour : Math.max(earliest, ceilTo(deadline, SECOND));
}

/** First UTC hour after the last Tick at which a Tick is due: until then only a deadline can bring one. */
export function nextHour(clock: Micros, lastTick: Micros): Micros {
  return ceilTo(Math.max(clock, lastTick + SECOND), HOUR);
}

function ceilTo(at: Micros, unit: number): Micros {
  const rest = at % unit;
  return rest === 0 ? at : at - rest + unit;
}
