// What was routed to a task and not yet taken: places in the list of the open instant, which need no write barrier.

export interface Inbox {
  /** Numbers of one kind: code that reads them has nothing to check. */
  places: Int32Array;
  /** Places beyond this are left over from before. */
  count: number;
}

const ROOM = 16;

export function newInbox(): Inbox {
  return { places: new Int32Array(ROOM), count: 0 };
}

export function put(inbox: Inbox, place: number): void {
  if (inbox.count === inbox.places.length) grow(inbox);
  inbox.places[inbox.count] = place;
  inbox.count += 1;
}

function grow(inbox: Inbox): void {
  const { places } = inbox;
  inbox.places = new Int32Array(2 * places.length);
  inbox.places.set(places);
}
