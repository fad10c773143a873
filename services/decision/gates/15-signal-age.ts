// Gate 15 SIGNAL_AGE: the signal is neither old nor from the future.
import { raise } from './flip-to.ts';
import { ageAtMost, fail, type Gate, gate, secondsOf } from './gate.ts';

const AHEAD_US = 5_000_000;

export const signalAge: Gate = gate({
  number: 15,
  name: 'SIGNAL_AGE',
  class: 'S',
  unit: 's',
  policy_key: 'entry.max_signal_age_s',
  evaluate: (e) => {
    const { age_us, signal } = e;
    if (age_us < -AHEAD_US) return fail(signalAge, 'SIGNAL_FROM_FUTURE', secondsOf(age_us), secondsOf(-AHEAD_US));
    let limit_s = e.policy.entry.max_signal_age_s;
    for (const own of [e.strategy?.max_signal_age_s, e.symbol?.max_signal_age_s])
      if (own !== undefined && own < limit_s) limit_s = own;
    if (signal.valid_until !== null && e.now > signal.valid_until) {
      return fail(signalAge, 'SIGNAL_TOO_OLD', secondsOf(age_us), secondsOf(signal.valid_until - signal.event_time));
    }
    return ageAtMost(signalAge, age_us, limit_s, 'SIGNAL_TOO_OLD', 'signal');
  },
  flip: raise('entry.max_signal_age_s'),
});
