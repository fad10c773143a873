// The signal ids met within the window: each has effect once.
import type { Signal } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { fingerprintOf } from '../signals/validator.ts';

/**
 * What the id stood for first. Of a strategy of ours the signal itself: its fingerprint is only asked for should anybody else
 * claim the id. Of others their fingerprint: what they send may be large. null of ids that other bodies may share.
 */
export type Body = Signal | string | null;

export interface Met {
  readonly appended_at: Micros;
  readonly body: Body;
}

/** Plain data, so that a snapshot holds it. */
export interface MetSignals {
  /** In order of their append; those beyond the window lie here until they are swept. */
  readonly by_id: Map<string, Met>;
  sweep_at: Micros;
}

export type Novelty = 'new' | 'duplicate' | 'conflict';

/** Sweeps in a window: what is kept too long is at most this part of it. */
const SWEEPS = 8;

export function newMetSignals(): MetSignals {
  return { by_id: new Map(), sweep_at: 0 };
}

/** Remembers the id if it is new. */
export function meet(met: MetSignals, signal_id: string, body: Body, appended_at: Micros, window_us: Micros): Novelty {
  const { by_id } = met;
  const oldest = appended_at - window_us;
  if (appended_at >= met.sweep_at) {
    sweep(by_id, oldest);
    met.sweep_at = appended_at + window_us / SWEEPS;
  }
  const first = by_id.get(signal_id);
  if (first !== undefined) {
    if (first.appended_at >= oldest) return isSame(first.body, body) ? 'duplicate' : 'conflict';
    by_id.delete(signal_id);
  }
  by_id.set(signal_id, { appended_at, body });
  return 'new';
}

function sweep(by_id: Map<string, Met>, oldest: Micros): void {
  for (const [id, { appended_at }] of by_id) {
    if (appended_at >= oldest) return;
    by_id.delete(id);
  }
}

function isSame(a: Body, b: Body): boolean {
  return printOf(a) === printOf(b);
}

function printOf(body: Body): string | null {
  return typeof body === 'object' && body !== null ? fingerprintOf(body) : body;
}
