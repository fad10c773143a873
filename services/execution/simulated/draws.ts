// The simulated venue's randomness: a draw is fixed per order and label, so it needs no state and survives a restart.
import { U } from '../../../schemas/ids.ts';
import { MILLISECOND, type Micros } from '../../../schemas/time.ts';

export function draw(label: string, order_id: string): number {
  return U({ kind: 'draw', label, order_id });
}

/** True with the given probability. Certain outcomes draw nothing. */
export function happens(probability: number, label: string, order_id: string): boolean {
  if (probability >= 1) return true;
  return probability > 0 && draw(label, order_id) < probability;
}

/** Way of a request to the book, the same for placing and cancelling one order. */
export function latencyUs(sim: { readonly latency_ms: number; readonly jitter_ms: number }, order_id: string): Micros {
  const jitter = sim.jitter_ms === 0 ? 0 : Math.floor(sim.jitter_ms * draw('latency', order_id));
  return (sim.latency_ms + jitter) * MILLISECOND;
}

/** Share of a touched order that fills when it fills in part: 5 000 to 9 899 basis points. */
export function partialFractionBps(open_at: Micros, order_id: string): number {
  return 5_000 + Math.floor(4_900 * draw(`fraction:${open_at}`, order_id));
}
