// The last n numbers in order of arrival: what every window indicator keeps.
export interface Ring {
  readonly values: Float64Array;
  /** Numbers pushed so far, at most the size. */
  count: number;
  /** Index that the next push overwrites; once full, it holds the oldest number. */
  next: number;
}

export function newRing(size: number): Ring {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`ring: size ${size}: expected a whole number of at least 1`);
  return { values: new Float64Array(size), count: 0, next: 0 };
}

export function pushRing(ring: Ring, x: number): void {
  const size = ring.values.length;
  ring.values[ring.next] = x;
  ring.next = ring.next + 1 === size ? 0 : ring.next + 1;
  if (ring.count < size) ring.count += 1;
}

export function ringFull(ring: Ring): boolean {
  return ring.count === ring.values.length;
}

/** The i-th number counted from the oldest; NaN outside [0, count). */
export function ringAt(ring: Ring, i: number): number {
  if (i < 0 || i >= ring.count) return Number.NaN;
  const size = ring.values.length;
  const start = ring.count === size ? ring.next : 0;
  const at = start + i;
  return ring.values[at < size ? at : at - size] ?? Number.NaN;
}

/** The k-th newest number: 0 is the last pushed; NaN where there are fewer. */
export function ringBack(ring: Ring, k: number): number {
  return ringAt(ring, ring.count - 1 - k);
}

/** Sum of the numbers from..to-1 (oldest = 0), always added from oldest to newest: equal for any history before them. */
export function ringSum(ring: Ring, from = 0, to = ring.count): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += ringAt(ring, i);
  return sum;
}

export function ringMax(ring: Ring, from = 0, to = ring.count): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i += 1) best = Math.max(best, ringAt(ring, i));
  return best;
}

export function ringMin(ring: Ring, from = 0, to = ring.count): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i += 1) best = Math.min(best, ringAt(ring, i));
  return best;
}
