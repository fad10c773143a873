// Empties a list that is about to be filled again.

/** Item by item: setting the length gives the memory back, and the next step has to ask for it again. */
export function clear(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
