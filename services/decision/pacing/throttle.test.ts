// The message throttle: bursts of entries, and reductions that are counted but never held back.
import { describe, expect, test } from 'vitest';
import { countMessage, entryWaitUs, type Throttle } from './throttle.ts';

const RULE = { messages: 40, per_s: 10, entry_share: 0.8, burst: 8, venue_messages: 50 };

function burst(n: number): Throttle {
  const state: Throttle = new Map();
  for (let i = 0; i < n; i += 1) countMessage(state, 'sim', RULE, 0);
  return state;
}

describe('message throttle', () => {
  test('eight entries at once pass, the ninth waits 0.3125 s', () => {
    expect(entryWaitUs(burst(7), 'sim', RULE, 0)).toBe(0);
    const full = burst(8);
    expect(entryWaitUs(full, 'sim', RULE, 0)).toBe(312_500);
    expect(entryWaitUs(full, 'sim', RULE, 312_499)).toBe(1);
    expect(entryWaitUs(full, 'sim', RULE, 312_500)).toBe(0);
  });

  test('messages that nothing holds back use up the budget of entries', () => {
    expect(entryWaitUs(burst(20), 'sim', RULE, 0)).toBe(13 * 312_500);
  });

  test('venues do not share a budget; a quiet one recovers fully', () => {
    const state = burst(8);
    expect(entryWaitUs(state, 'other', RULE, 0)).toBe(0);
    countMessage(state, 'sim', RULE, 60_000_000);
    expect(entryWaitUs(state, 'sim', RULE, 60_000_000)).toBe(0);
  });

  test('no limit, no count', () => {
    const state: Throttle = new Map();
    countMessage(state, 'sim', { ...RULE, messages: null }, 0);
    expect([state.size, entryWaitUs(state, 'sim', { ...RULE, messages: null }, 0)]).toEqual([0, 0]);
  });
});
