// The time of this machine, for a runtime on real brokers.
import type { Timing } from '../../log/shared-log.ts';

export const SYSTEM_TIMING: Timing = {
  now: () => Date.now() * 1_000,
  monotonic: () => performance.now(),
  pause: (ms) =>
    new Promise((resolve) => {
      if (ms === 0) setImmediate(resolve);
      else setTimeout(resolve, ms);
    }),
};
