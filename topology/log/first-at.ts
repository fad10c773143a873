// Where in a run of entries an offset would stand.

/** Index of the first entry at or after the offset; `entries` are in order. */
export function firstAt(entries: readonly { readonly offset: number }[], offset: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
