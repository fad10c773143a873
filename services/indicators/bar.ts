// One closed bar as indicators see it: doubles, because features are ratios and never money.
export interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** (high + low + close) / 3. */
export function typicalPrice(bar: Bar): number {
  return (bar.high + bar.low + bar.close) / 3;
}

/** The value itself, or null where arithmetic left the finite numbers. */
export function finite(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
