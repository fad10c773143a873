// The last quotes of an instrument as prices over time: what the mid was at the signal, its median, its jumps.
import { compareBps, type Price } from '../../schemas/money.ts';
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';

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
const FEW = 16;

export function newMids(): Mids {
  return { at: [], bid: [], ask: [], limit: ROOM };
}

export function midOf(bid: Price, ask: Price): Price {
  return bid === ask ? bid : half(bid + ask);
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

/** The quotes of the last 5 minutes. */
export interface RecentMids {
  /** Index of the first of them. */
  readonly from: number;
  /** Twice their mids, lowest first. */
  readonly rising: readonly bigint[];
}

export function recentMids(mids: Mids, now: Micros): RecentMids {
  const from = after(mids, now - WINDOW_US - 1);
  const rising: bigint[] = [];
  const few = mids.at.length - from <= FEW;
  for (let i = from; i < mids.at.length; i += 1) {
    if (few) insert(rising, twiceMid(mids, i));
    else rising.push(twiceMid(mids, i));
  }
  if (!few) rising.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return { from, rising };
}

/** Into its place, from the end on: of a few this is sooner done than the calls of a sort. */
function insert(rising: bigint[], sum: bigint): void {
  let place = rising.length;
  // A list that is asked for its place -1 is read slowly from then on.
  while (place > 0) {
    const higher = rising[place - 1];
    if (higher === undefined || higher <= sum) break;
    rising[place] = higher;
    place -= 1;
  }
  rising[place] = sum;
}

export function medianMid({ rising }: RecentMids): Price | null {
  const upper = rising[rising.length >> 1];
  const lower = rising[(rising.length - 1) >> 1];
  if (upper === undefined || lower === undefined) return null;
  return upper === lower ? half(upper) : midOf(half(lower), half(upper));
}

/** True when, within the last 5 minutes, a mid lay more than 15 % from an earlier one. */
export function hasJumped(mids: Mids, { from, rising }: RecentMids): boolean {
  let lowest = rising[0];
  let highest = rising.at(-1);
  // No two lie further apart than these, nor is any base smaller.
  if (lowest === undefined || highest === undefined || compareBps(highest - lowest, JUMP_BPS, lowest) <= 0) return false;
  lowest = twiceMid(mids, from);
  highest = lowest;
  for (let i = from + 1; i < mids.at.length; i += 1) {
    const sum = twiceMid(mids, i);
    if (sum < lowest) lowest = sum;
    if (sum > highest) highest = sum;
    if (compareBps(sum - lowest, JUMP_BPS, lowest) > 0 || compareBps(highest - sum, JUMP_BPS, highest) > 0) return true;
  }
  return false;
}

/** The factor drops out of every comparison. */
function twiceMid(mids: Mids, i: number): bigint {
  return (mids.bid[i] ?? 0n) + (mids.ask[i] ?? 0n);
}

/** A tie goes to the even one. */
function half(sum: bigint): Price {
  const floor = sum >> 1n;
  return (sum & 1n) === 0n ? floor : floor + (floor & 1n);
}
