// The signal ids met within the window: each has effect once.
import type { Micros } from '../../schemas/time.ts';

export interface Met {
  readonly appended_at: Micros;
  /** Of the first body; '' for ids without an event id, which other bodies may share. */
  readonly fingerprint: string;
}

export type Novelty = 'new' | 'duplicate' | 'conflict';

/** Remembers the id if it is new; ids are kept in order of their append. */
export function meet(
  met: Map<string, Met>,
  signal_id: string,
  fingerprint: string,
  appended_at: Micros,
  window_us: Micros,
): Novelty {
  for (const [id, { appended_at: at }] of met) {
    if (at >= appended_at - window_us) break;
    met.delete(id);
  }
  const first = met.get(signal_id);
  if (first === undefined) {
    met.set(signal_id, { appended_at, fingerprint });
    return 'new';
  }
  return first.fingerprint === fingerprint ? 'duplicate' : 'conflict';
}
