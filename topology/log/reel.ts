// A list that is emptied without giving its memory back: for what is filled and emptied with every record.
export interface Reel<T> {
  readonly items: T[];
  /** Items beyond this are left over from before. */
  count: number;
}

export function newReel<T>(): Reel<T> {
  return { items: [], count: 0 };
}

export function addTo<T>(reel: Reel<T>, item: T): void {
  reel.items[reel.count] = item;
  reel.count += 1;
}
