// The last quotes of an instrument as prices over time: what the mid was at the signal, its median, its jumps.
import { mulDiv, type Price } from '../../schemas/money.ts';
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';
import { isFurther } from './distance.ts';

export interface Mids {
  at: Micros[];
  bid: bigint[];
  ask: bigint[];
  /** Length at which old entries are thinned. */
  limit: number;
}

/** Longer than any age at which a signal is still taken. */
const KEPT_US = 2 * HOUR;
/** The median and the jumps look back this far. */
const WINDOW_US = 300 * SECOND;
const EXACT_US = WINDOW_US + 10 * SECOND;
const ROOM = 512;
const JUMP_BPS = 1_500;

export function newMids(): Mids {
  return { at: [], bid: [], ask: [], limit: ROOM };
}

export function midOf(bid: Price, ask: Price): Price {
  return bid === ask ? bid : mulDiv(bid + ask, 1n, 2n);
}

/** Quotes come in order of their time. */
export function pushMid(mids: Mids, at: Micros, bid: Price, ask: Price): void {
  mids.at.push(at);
  mids.bid.push(bid);
  mids.ask.push(ask);
  if (mids.at.length >= mids.limit) thin(mids, at);
}

/** Keeps every quote of the last minutes, before that the last of each second, and nothing beyond the longest age. */
function thin(mids: Mids, now: Micros): void {
  const kept = newMids();
  for (let i = after(mids, now - KEPT_US - 1); i < mids.at.length; i += 1) {
    const at = mids.at[i] ?? 0;
    const next = mids.at[i + 1];
    if (at < now - EXACT_US && next !== undefined && Math.floor(at / SECOND) === Math.floor(next / SECOND)) continue;
    kept.at.push(at);
    kept.bid.push(mids.bid[i] ?? 0n);
    kept.ask.push(mids.ask[i] ?? 0n);
  }
  mids.at = kept.at;
  mids.bid = kept.bid;
  mids.ask = kept.ask;
  mids.limit = 2 * kept.at.length + ROOM;
}

/** Index of the first quote later than `at`. */
function after(mids: Mids, at: Micros): number {
  let low = 0;
  let high = mids.at.length;
  // Signals are mostly newer than all quotes.
  if ((mids.at[high - 1] ?? 0) <= at) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((mids.at[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mid of the last quote at or before `at`. */
export function midAt(mids: Mids, at: Micros): Price | null {
  const i = after(mids, at) - 1;
  const bid = mids.bid[i];
  const ask = mids.ask[i];
  return bid === undefined || ask === undefined ? null : midOf(bid, ask);
}

/** Median mid of the quotes of the last 5 minutes. */
export function medianMid(mids: Mids, now: Micros): Price | null {
  const recent: bigint[] = [];
  for (let i = after(mids, now - WINDOW_US - 1); i < mids.at.length; i += 1) {
    recent.push(midOf(mids.bid[i] ?? 0n, mids.ask[i] ?? 0n));
  }
  recent.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const upper = recent[recent.length >> 1];
  const lower = recent[(recent.length - 1) >> 1];
  return upper === undefined || lower === undefined ? null : midOf(lower, upper);
}

/** True when, within the last 5 minutes, a mid lay more than 15 % from an earlier one. */
export function hasJumped(mids: Mids, now: Micros): boolean {
  const from = after(mids, now - WINDOW_US - 1);
  let lowest = twiceMid(mids, from);
  let highest = lowest;
  for (let i = from + 1; i < mids.at.length; i += 1) {
    const sum = twiceMid(mids, i);
    if (sum < lowest) lowest = sum;
    if (sum > highest) highest = sum;
    if (isFurther(sum - lowest, JUMP_BPS, lowest) || isFurther(highest - sum, JUMP_BPS, highest)) return true;
  }
  return false;
}

/** The factor drops out of every comparison. */
function twiceMid(mids: Mids, i: number): bigint {
  return (mids.bid[i] ?? 0n) + (mids.ask[i] ?? 0n);
}
