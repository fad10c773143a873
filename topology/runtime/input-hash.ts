// Running hash of what a stage has taken: two runs that took the same records in the same order have the same hash.
import type { AnyEnvelope } from '../envelope.ts';

export interface InputHash {
  a: number;
  b: number;
}

export function newInputHash(): InputHash {
  return { a: 0x811c9dc5, b: 0x9747b28c };
}

/** Position, type, key and id count; `weir-at` does not. */
export function addToHash(hash: InputHash, record: AnyEnvelope): void {
  text(hash, record.topic);
  number(hash, record.partition);
  number(hash, record.offset);
  text(hash, record.type);
  text(hash, record.key);
  text(hash, record.id);
}

export function hashText(hash: InputHash): string {
  return (hash.a >>> 0).toString(16).padStart(8, '0') + (hash.b >>> 0).toString(16).padStart(8, '0');
}

function number(hash: InputHash, n: number): void {
  const low = n | 0;
  hash.a = Math.imul(hash.a ^ low, 0x01000193);
  hash.b = Math.imul(hash.b ^ Math.floor(n / 4_294_967_296) ^ low, 0x5bd1e995) ^ (hash.b >>> 15);
}

function text(hash: InputHash, s: string): void {
  let { a, b } = hash;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x5bd1e995) ^ (b >>> 15);
  }
  hash.a = a;
  hash.b = b ^ s.length;
}
