// Ids that were seen: fingerprints in two generations, bounded by the time of the records, not by a clock.
import { sha256Hex } from '../../schemas/hash.ts';
import { DAY, type Micros } from '../../schemas/time.ts';

/** An open hash table: three words a place, the last is 0 where it is free. Flat, so that a million ids are no million strings to keep. */
export interface Fingerprints {
  words: Uint32Array;
  count: number;
}

export interface IdTable {
  /** When the current generation began. */
  since: Micros;
  current: Fingerprints;
  previous: Fingerprints;
}

/** An id is remembered for at least one generation and at most two. */
export const GENERATION: Micros = DAY;

const WORDS = 3;
const PLACES_MIN = 64;

export function newIdTable(): IdTable {
  return { since: 0, current: roomFor(0), previous: roomFor(0) };
}

/** True the first time; `at` is the time of the record that carries the id. */
export function firstSeen(table: IdTable, id: string, at: Micros, generation: Micros = GENERATION): boolean {
  if (at >= table.since + generation) {
    const { current } = table;
    table.previous = at >= table.since + 2 * generation ? roomFor(0) : current;
    table.current = roomFor(current.count);
    table.since = at;
  }
  takePrint(id);
  if (holds(table.previous)) return false;
  return add(table.current);
}

export function wasSeen(table: IdTable, id: string): boolean {
  takePrint(id);
  return holds(table.current) || holds(table.previous);
}

/** Of the id that was asked for last: who asks after another has often the same in hand. */
const print = new Uint32Array(WORDS);
let printed = '';
takeNarrow(printed);

/**
 * 95 bits of an id. Nearly all ids are SHA-256 in hex; of others every character counts. Three lanes as those of MurmurHash3:
 * that two of ten million ids have the same bits has a probability of about 10^-15.
 */
function takePrint(id: string): void {
  if (id === printed) return;
  if (!takeNarrow(id)) takeNarrow(sha256Hex(id));
  printed = id;
}

/** False where a character does not fit a byte. */
function takeNarrow(id: string): boolean {
  const { length } = id;
  const whole = length & ~3;
  let all = 0;
  let a = length;
  let b = ~length;
  let c = length << 16;
  for (let i = 0; i < whole; i += 4) {
    const k = id.charCodeAt(i);
    const l = id.charCodeAt(i + 1);
    const m = id.charCodeAt(i + 2);
    const n = id.charCodeAt(i + 3);
    all |= k | l | m | n;
    const word = k | (l << 8) | (m << 16) | (n << 24);
    a = Math.imul(a ^ word, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ word, 0x1b873593);
    b = (b << 13) | (b >>> 19);
    c = Math.imul(c ^ word, 0x85ebca6b);
    c = (c << 17) | (c >>> 15);
  }
  for (let i = whole; i < length; i++) {
    const code = id.charCodeAt(i);
    all |= code;
    a = Math.imul(a ^ code, 0xcc9e2d51);
    b = Math.imul(b ^ code, 0x1b873593);
    c = Math.imul(c ^ code, 0x85ebca6b);
  }
  if (all > 0xff) return false;
  print[0] = a;
  print[1] = b;
  // Never 0, which is what a free place holds here.
  print[2] = c | 1;
  return true;
}

/** With room for as many before it grows. */
function roomFor(count: number): Fingerprints {
  let places = PLACES_MIN;
  while (places < 2 * count) places *= 2;
  return { words: new Uint32Array(WORDS * places), count: 0 };
}

/** Where the three words stand, or the free place where they would. */
function placeOf(words: Uint32Array, a: number, b: number, c: number): number {
  const last = words.length / WORDS - 1;
  for (let place = a & last; ; place = (place + 1) & last) {
    const at = place * WORDS;
    if (words[at + 2] === 0 || (words[at] === a && words[at + 1] === b && words[at + 2] === c)) return at;
  }
}

function holds({ words }: Fingerprints): boolean {
  return words[placeOf(words, print[0] ?? 0, print[1] ?? 0, print[2] ?? 0) + 2] !== 0;
}

/** False where it was there before. */
function add(to: Fingerprints): boolean {
  const a = print[0] ?? 0;
  const b = print[1] ?? 0;
  const c = print[2] ?? 0;
  const at = placeOf(to.words, a, b, c);
  if (to.words[at + 2] !== 0) return false;
  put(to.words, at, a, b, c);
  to.count += 1;
  if (2 * WORDS * to.count > to.words.length) grow(to);
  return true;
}

function put(words: Uint32Array, at: number, a: number, b: number, c: number): void {
  words[at] = a;
  words[at + 1] = b;
  words[at + 2] = c;
}

function grow(table: Fingerprints): void {
  const { words } = table;
  const bigger = new Uint32Array(2 * words.length);
  for (let at = 0; at < words.length; at += WORDS) {
    const a = words[at] ?? 0;
    const b = words[at + 1] ?? 0;
    const c = words[at + 2] ?? 0;
    if (c !== 0) put(bigger, placeOf(bigger, a, b, c), a, b, c);
  }
  table.words = bigger;
}
