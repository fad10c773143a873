// A label moves to the cautious side at once and back only when enough evaluations in a row agree.
export interface Held<L extends string> {
  /** Null = unknown. */
  label: L | null;
  /** The most cautious label among the evaluations in a row that asked for a bolder one. */
  pending: L | null;
  pending_count: number;
}

export function newHeld<L extends string>(): Held<L> {
  return { label: null, pending: null, pending_count: 0 };
}

/** `order`: from the most cautious label to the boldest. */
export function hold<L extends string>(held: Held<L>, seen: L, order: readonly L[], confirm: number): L {
  const bolder = (a: L, b: L): boolean => order.indexOf(a) > order.indexOf(b);
  if (held.label === null || !bolder(seen, held.label)) return settle(held, seen);
  held.pending = held.pending === null || bolder(held.pending, seen) ? seen : held.pending;
  held.pending_count += 1;
  return held.pending_count >= confirm ? settle(held, held.pending) : held.label;
}

function settle<L extends string>(held: Held<L>, label: L): L {
  held.label = label;
  held.pending = null;
  held.pending_count = 0;
  return label;
}
