// Gate 08 CLOCK_SKEW: our clock agrees with the world's.
import { raise } from './flip-to.ts';
import { atMost, fail, type Gate, gate, off, secondsOf, unknown } from './gate.ts';

export const clockSkew: Gate = gate({
  number: 8,
  name: 'CLOCK_SKEW',
  class: 'B',
  unit: 's',
  policy_key: 'clock.max_skew_ms',
  evaluate: (e) => {
    const { max_skew_ms } = e.policy.clock;
    if (max_skew_ms === null) return off(clockSkew);
    const limit = secondsOf(max_skew_ms * 1_000);
    // Told of a skew, nobody may waive that it was not measured here.
    if (e.enriched.flags.includes('CLOCK_SKEWED')) return fail(clockSkew, 'CLOCK_SKEWED', null, limit);
    const skew = e.in.clock_skew_ms;
    if (skew === null) return unknown(clockSkew, 'tick');
    const ms = skew < 0 ? -skew : skew;
    return atMost(clockSkew, secondsOf(Math.round(ms * 1_000)), limit, 'CLOCK_SKEWED');
  },
  flip: raise('clock.max_skew_ms', 1_000_000_000n),
});
