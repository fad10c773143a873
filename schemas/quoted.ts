// Texts as canonical JSON quotes them: ids are made of other ids and of names, most of them those of the id before.
import { isPlain } from './canonical-json.ts';

/** What ids are made of is plain nearly always: event ids and the venue's ids of orders and trades are not longer. */
const PLAIN_MAX = 48;

export function q(text: string): string {
  return isPlain(text, PLAIN_MAX) ? `"${text}"` : JSON.stringify(text);
}

/** The last text of its kind, quoted. */
export interface Quoted {
  text: string;
  quoted: string;
  /** An id that was derived here: it is hex and need not be looked at. */
  own: boolean;
}

export function newQuoted(): Quoted {
  return { text: '', quoted: '""', own: false };
}

export function quoted(kind: Quoted, text: string): string {
  if (kind.text !== text) {
    kind.text = text;
    kind.quoted = q(text);
    kind.own = false;
  }
  return kind.quoted;
}
