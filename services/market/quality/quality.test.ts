// Every quality rule at its boundary.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { SECOND } from '../../../schemas/time.ts';
import { candleFault } from './candle.ts';
import { timeFault } from './future.ts';
import { isJump, newJumpState } from './jump.ts';
import { isOutlier, newOutlierState } from './outlier.ts';
import { isLocked, quoteFault } from './quote.ts';

test.each<[string, string, string, string, string | null]>([
  ['99', '101', '1', '1', null],
  ['100', '100', '1', '1', null],
  ['100.01', '100', '1', '1', 'QUOTE_CROSSED'],
  ['0', '101', '1', '1', 'QUOTE_INVALID'],
  ['-1', '101', '1', '1', 'QUOTE_INVALID'],
  ['99', '0', '1', '1', 'QUOTE_INVALID'],
  ['99', '101', '0', '1', 'QUOTE_INVALID'],
  ['99', '101', '1', '0', 'QUOTE_INVALID'],
])('quote %s/%s of %s/%s: %s', (bid, ask, bidSize, askSize, expected) => {
  const quote = { bid: decimal(bid), ask: decimal(ask), bid_size: decimal(bidSize), ask_size: decimal(askSize) };
  expect(quoteFault(quote)).toBe(expected);
  expect(isLocked(quote)).toBe(bid === ask);
});

test.each<[string, string, string, string, string, string | null]>([
  ['2', '3', '1', '2', '5', null],
  ['2', '2', '2', '2', '0', null],
  ['2', '1.9', '1', '1', '5', 'CANDLE_INVALID'],
  ['1', '1.9', '1', '2', '5', 'CANDLE_INVALID'],
  ['1', '3', '1.1', '2', '5', 'CANDLE_INVALID'],
  ['2', '3', '1.1', '1', '5', 'CANDLE_INVALID'],
  ['2', '3', '0', '2', '5', 'CANDLE_INVALID'],
  ['2', '3', '1', '2', '-1', 'CANDLE_INVALID'],
])('candle %s %s %s %s volume %s: %s', (open, high, low, close, volume, expected) => {
  const candle = { open: decimal(open), high: decimal(high), low: decimal(low), close: decimal(close), volume: decimal(volume) };
  expect(candleFault(candle)).toBe(expected);
});

test.each([
  [5 * SECOND, null],
  [5 * SECOND + 1, 'TIME_IN_FUTURE'],
])('an event %d µs ahead: %s', (ahead, expected) => {
  expect(timeFault(1_000 + ahead, 1_000)).toBe(expected);
});

describe('an outlier is far off on hardly any volume', () => {
  test.each<[number, number, number, boolean]>([
    [110, 0.9, 10, false],
    [110.01, 0.9, 10, true],
    [110.01, 1, 10, false],
    [89.99, 0.9, 10, true],
    [90, 0.9, 10, false],
    [110.01, 5, 0, true],
  ])('close %d with volume %d against 100 with %d: %s', (close, volume, usual, expected) => {
    const state = newOutlierState();
    for (let i = 0; i < 20; i += 1) expect(isOutlier(state, 100, usual)).toBe(false);
    expect(isOutlier(state, close, volume)).toBe(expected);
  });
  test('with fewer than 20 bars before it nothing is', () => {
    const state = newOutlierState();
    for (let i = 0; i < 19; i += 1) isOutlier(state, 100, 10);
    expect(isOutlier(state, 500, 0)).toBe(false);
  });
});

describe('a jump', () => {
  test.each<[string, number, boolean]>([
    ['115', 300, false],
    ['115.000000000001', 300, true],
    ['85', 300, false],
    ['84.999999999999', 300, true],
    ['200', 301, false],
  ])('100, then %s after %d s: %s', (mid, after, expected) => {
    const state = newJumpState();
    expect(isJump(state, 0, decimal('100'))).toBe(false);
    expect(isJump(state, after * SECOND, decimal(mid))).toBe(expected);
  });
  test('stays flagged for 300 s after the last mid that jumped', () => {
    const state = newJumpState();
    const mids = [100, 120, 120, 120].map((mid, i) => isJump(state, i * 200 * SECOND, decimal(String(mid))));
    expect(mids).toEqual([false, true, true, false]);
  });
});
