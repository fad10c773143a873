// splitmix64 (Steele, Lea and Flood 2014): a seeded stream of uniform numbers, exact on every machine.
import { H } from '../../../schemas/ids.ts';

/** The 64-bit state as two unsigned halves: small integers, because a bigint per draw would cost ten times as much. */
export interface Stream {
  high: number;
  low: number;
}

/** The stream of one instrument and seed: it starts from the first 64 bits of their hash. */
export function newStream(instrument: string, seed: number): Stream {
  const hash = H({ instrument, kind: 'synthetic', seed });
  return { high: Number.parseInt(hash.slice(0, 8), 16), low: Number.parseInt(hash.slice(8, 16), 16) };
}

/** The next number in [0, 1): the top 53 bits of the next word. */
export function nextUnit(stream: Stream): number {
  const sum = stream.low + 0x7f4a7c15;
  stream.low = sum >>> 0;
  stream.high = (stream.high + 0x9e3779b9 + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  let { high, low } = stream;
  // z ^= z >>> 30; z *= 0xbf58476d1ce4e5b9
  low = (low ^ ((high << 2) | (low >>> 30))) >>> 0;
  high = (high ^ (high >>> 30)) >>> 0;
  high = (highProduct(low, 0x1ce4e5b9) + Math.imul(high, 0x1ce4e5b9) + Math.imul(low, 0xbf58476d)) >>> 0;
  low = Math.imul(low, 0x1ce4e5b9) >>> 0;
  // z ^= z >>> 27; z *= 0x94d049bb133111eb
  low = (low ^ ((high << 5) | (low >>> 27))) >>> 0;
  high = (high ^ (high >>> 27)) >>> 0;
  high = (highProduct(low, 0x133111eb) + Math.imul(high, 0x133111eb) + Math.imul(low, 0x94d049bb)) >>> 0;
  low = Math.imul(low, 0x133111eb) >>> 0;
  // z ^= z >>> 31
  low = (low ^ ((high << 1) | (low >>> 31))) >>> 0;
  high = (high ^ (high >>> 31)) >>> 0;
  return (high * 2_097_152 + (low >>> 11)) / 9_007_199_254_740_992;
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  return a1 * b1 + Math.floor((a1 * b0 + a0 * b1 + Math.floor((a0 * b0) / 65_536)) / 65_536);
}
