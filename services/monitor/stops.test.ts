// Given a position, when prices come, then the right stop fires at its level, one unit before it none does, long and short.
import { describe, expect, test } from 'vitest';
import { bar, dec, newMonitor, position, quote, SECOND, settle, show, T0 } from './example.ts';
import type { RuleName } from './rules/rule.ts';

/** Quotes one second apart; what fired on the last one, and the stop after it. */
function seenAfter(side: 'LONG' | 'SHORT', avg: string, prices: readonly string[], more = {}) {
  const b = newMonitor();
  b.give('Position', position(side, avg, more));
  prices.forEach((price, i) => {
    // Two of each, so that a jump is confirmed.
    b.give('Quote', quote(price, T0 + i * SECOND));
    b.give('Quote', quote(price, T0 + i * SECOND + SECOND / 2));
  });
  const last = b.marks.at(-1);
  return {
    rule: b.triggers[0]?.rule ?? 'none',
    also: b.triggers[0]?.also_fired,
    stop: show(last?.stop_price),
    kind: last?.stop_kind,
    armed: last?.armed,
    b,
  };
}

describe('levels at tick .01, stop 300, trail 300', () => {
  test.each<[side: 'LONG' | 'SHORT', prices: string[], rule: RuleName | 'none', stop: string, kind: string, armed: string[]]>([
    ['LONG', ['97.01'], 'none', '97', 'STOP_LOSS', []],
    ['LONG', ['97.00'], 'STOP_LOSS', '97', 'STOP_LOSS', []],
    ['LONG', ['103.99'], 'none', '97', 'STOP_LOSS', []],
    ['LONG', ['104'], 'none', '100.88', 'TRAILING_STOP', ['TRAILING_STOP']],
    ['LONG', ['104', '100.89'], 'none', '100.88', 'TRAILING_STOP', ['TRAILING_STOP']],
    ['LONG', ['104', '100.88'], 'TRAILING_STOP', '100.88', 'TRAILING_STOP', ['TRAILING_STOP']],
    ['LONG', ['105'], 'none', '101.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
    ['LONG', ['105', '101.86'], 'none', '101.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
    ['LONG', ['105', '101.85'], 'TRAILING_STOP', '101.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
    ['SHORT', ['102.99'], 'none', '103', 'STOP_LOSS', []],
    ['SHORT', ['103'], 'STOP_LOSS', '103', 'STOP_LOSS', []],
    ['SHORT', ['96.01'], 'none', '103', 'STOP_LOSS', []],
    ['SHORT', ['96'], 'none', '98.88', 'TRAILING_STOP', ['TRAILING_STOP']],
    ['SHORT', ['95'], 'none', '97.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
    ['SHORT', ['95', '97.84'], 'none', '97.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
    ['SHORT', ['95', '97.85'], 'TRAILING_STOP', '97.85', 'TRAILING_STOP', ['BREAKEVEN_STOP', 'TRAILING_STOP']],
  ])('%s 100, %j: %s', (side, prices, rule, stop, kind, armed) => {
    const seen = seenAfter(side, '100', prices);
    expect([seen.rule, seen.stop, seen.kind, [...(seen.armed ?? [])].sort()]).toEqual([rule, stop, kind, armed]);
  });

  // A wide trail leaves the breakeven stop as the tightest.
  test.each<[side: 'LONG' | 'SHORT', prices: string[], rule: RuleName | 'none', stop: string]>([
    ['LONG', ['104.99'], 'none', '97'],
    ['LONG', ['105'], 'none', '99.9'],
    ['LONG', ['105', '99.91'], 'none', '99.9'],
    ['LONG', ['105', '99.90'], 'BREAKEVEN_STOP', '99.9'],
    ['SHORT', ['95.01'], 'none', '103'],
    ['SHORT', ['95', '100.09'], 'none', '100.1'],
    ['SHORT', ['95', '100.10'], 'BREAKEVEN_STOP', '100.1'],
  ])('%s breakeven %j: %s', (side, prices, rule, stop) => {
    const seen = seenAfter(side, '100', prices, { trail_arm_bps: 9_000 });
    expect([seen.rule, seen.stop]).toEqual([rule, stop]);
  });

  test.each<[side: 'LONG' | 'SHORT', price: string, rule: RuleName | 'none']>([
    ['LONG', '70.01', 'none'],
    ['LONG', '70', 'POSITION_LOSS_EXTREME'],
    ['SHORT', '129.99', 'none'],
    ['SHORT', '130', 'POSITION_LOSS_EXTREME'],
  ])('%s, stop far away, %s: %s', (side, price, rule) => {
    expect(seenAfter(side, '100', [price], { stop_bps: 5_000 }).rule).toBe(rule);
  });

  test.each<[side: 'LONG' | 'SHORT', price: string, rule: RuleName | 'none']>([
    ['LONG', '105.99', 'none'],
    ['LONG', '106', 'TAKE_PROFIT'],
    ['SHORT', '94.01', 'none'],
    ['SHORT', '94', 'TAKE_PROFIT'],
  ])('%s, target 600, %s: %s', (side, price, rule) => {
    expect(seenAfter(side, '100', [price], { target_bps: 600, trail_arm_bps: 9_000 }).rule).toBe(rule);
  });

  test('all rules are evaluated, the first in order names the reason', () => {
    const seen = seenAfter('LONG', '100', ['105', '60']);
    expect([seen.rule, seen.also]).toEqual(['POSITION_LOSS_EXTREME', ['STOP_LOSS', 'BREAKEVEN_STOP', 'TRAILING_STOP']]);
  });

  test('a stop between ticks is rounded towards the price', () => {
    expect(seenAfter('LONG', '100.01', ['100']).stop).toBe('97.01');
    expect(seenAfter('SHORT', '100.01', ['100']).stop).toBe('103.01');
  });

  test('a position without a trail of its own gets the default', () => {
    expect(seenAfter('LONG', '100', ['104'], { trail_bps: null, trail_arm_bps: null }).stop).toBe('100.88');
  });

  test('close and reopen at 110: nothing is armed, the stop is the new one', () => {
    const { b } = seenAfter('LONG', '100', ['105']);
    b.give('Position', position('LONG', '100', { qty: 0n }));
    b.give('Position', position('LONG', '110', { position_id: 'p2', last_entry_at: T0 + 5 * SECOND }));
    b.give('Quote', quote('110', T0 + 5 * SECOND));
    const mark = b.marks.at(-1);
    expect([mark?.position_id, show(mark?.stop_price), mark?.armed]).toEqual(['p2', '106.7', []]);
    expect(b.triggers).toEqual([]);
  });
});

describe('price side', () => {
  test.each<[side: 'LONG' | 'SHORT', rule: RuleName | 'none']>([
    ['LONG', 'STOP_LOSS'],
    ['SHORT', 'none'],
  ])('%s is judged by what closing would pay', (side, rule) => {
    const b = newMonitor();
    b.give('Position', position(side, '100'));
    b.give('Quote', quote('97', T0, { ask: dec('102.99') }));
    expect(b.triggers[0]?.rule ?? 'none').toBe(rule);
  });
});

describe('a stop only tightens', () => {
  test('an add recomputes it from the new average and does not loosen it', () => {
    const b = newMonitor();
    b.give('Position', position('LONG', '100'));
    b.give('Quote', quote('100', T0));
    b.give('Position', position('LONG', '98', { qty: dec('2'), last_entry_at: T0 + SECOND }));
    b.give('Quote', quote('98', T0 + SECOND));
    expect(show(b.marks.at(-1)?.stop_price)).toBe('97');
    b.give('Position', position('LONG', '102', { qty: dec('3'), last_entry_at: T0 + 2 * SECOND }));
    b.give('Quote', quote('102', T0 + 2 * SECOND));
    expect(show(b.marks.at(-1)?.stop_price)).toBe('98.94');
  });

  test('a stop that decision moved counts from the next price on, a looser one does not', () => {
    const b = newMonitor();
    b.give('Position', position('LONG', '100'));
    b.give('Quote', quote('100', T0));
    b.give('Position', position('LONG', '100', { stop_price: dec('98.5'), stop_kind: 'STOP_LOSS' }));
    b.give('Position', position('LONG', '100', { stop_price: dec('96'), stop_kind: 'STOP_LOSS' }));
    b.give('Quote', quote('98.51', T0 + SECOND));
    expect([b.triggers.length, show(b.marks.at(-1)?.stop_price)]).toEqual([0, '98.5']);
    b.give('Quote', quote('98.5', T0 + 2 * SECOND));
    expect(b.triggers[0]).toMatchObject({ rule: 'STOP_LOSS', stop_price: dec('98.5') });
  });

  test('after a restart best price and stop come from the Position', () => {
    const b = newMonitor();
    b.give(
      'Position',
      position('LONG', '100', { best_price: dec('105'), stop_price: dec('101.85'), stop_kind: 'TRAILING_STOP' }),
    );
    b.give('Quote', quote('102', T0));
    expect([show(b.marks.at(-1)?.best_price), show(b.marks.at(-1)?.stop_price), b.marks.at(-1)?.armed]).toEqual([
      '105',
      '101.85',
      ['BREAKEVEN_STOP', 'TRAILING_STOP'],
    ]);
    b.give('Quote', quote('101.85', T0 + SECOND));
    expect(b.triggers[0]?.rule).toBe('TRAILING_STOP');
  });
});

describe('a stop that also rests at the venue has two seconds to fill there', () => {
  test.each([
    [2 * SECOND - 1, 0],
    [2 * SECOND, 1],
  ])('%d µs after the level was met: %d', (later, fired) => {
    const b = newMonitor();
    b.give('Position', position('LONG', '100', { protected: true }));
    b.give('Quote', quote('96', T0));
    b.give('Quote', quote('96', T0 + later));
    expect(b.triggers.length).toBe(fired);
  });

  test('a price that comes back starts the time anew', () => {
    const b = newMonitor();
    b.give('Position', position('LONG', '100', { protected: true }));
    b.give('Quote', quote('96', T0));
    b.give('Quote', quote('98', T0 + SECOND));
    b.give('Quote', quote('96', T0 + 2 * SECOND));
    expect(b.triggers).toEqual([]);
  });
});

describe('the same rule and position again', () => {
  test.each([
    ['within 60 s', 60 * SECOND - 1, '1', 1],
    ['after 60 s', 60 * SECOND, '1', 2],
    ['within 60 s with another quantity', SECOND, '.5', 2],
  ])('%s', (_, later, qty, fired) => {
    const b = newMonitor();
    b.give('Position', position('LONG', '100'));
    b.give('Quote', quote('96', T0));
    b.give('Position', position('LONG', '100', { qty: dec(qty) }));
    b.give('Quote', quote('96', T0 + later));
    expect(b.triggers.length).toBe(fired);
  });
});

test('an old price never meets a new position', () => {
  const b = newMonitor();
  b.give('Quote', quote('90', T0 - 1));
  b.give('Position', position('LONG', '100'));
  expect([b.triggers.length, b.marks.length]).toEqual([0, 0]);
  b.give('Quote', quote('90', T0));
  expect(b.triggers.length).toBe(1);
});

describe('inside the bar of its entry a position', () => {
  const entered = T0 + 60 * SECOND;
  test.each<[what: string, price: string, rule: RuleName | 'none']>([
    ['can be stopped', '97', 'STOP_LOSS'],
    ['takes no profit', '106', 'none'],
  ])('%s', (_, price, rule) => {
    const b = newMonitor();
    settle(b);
    bar(b, price, entered);
    b.give(
      'Position',
      position('LONG', '100', { target_bps: 600, trail_arm_bps: 9_000, last_entry_at: entered, opened_at: entered }),
    );
    expect(b.triggers[0]?.rule ?? 'none').toBe(rule);
  });

  test('takes it in the next one', () => {
    const b = newMonitor();
    bar(b, '106', entered);
    b.give('Position', position('LONG', '100', { target_bps: 600, last_entry_at: entered, opened_at: entered }));
    bar(b, '106', entered + 60 * SECOND);
    expect(b.triggers[0]?.rule).toBe('TAKE_PROFIT');
  });
});

test('the trigger carries what it used', () => {
  const b = newMonitor();
  b.give('Position', position('LONG', '100', { run_id: 'r1' }));
  b.give('Quote', quote('97', T0 + SECOND, { ask: dec('97.02') }));
  expect(b.triggers[0]).toMatchObject({
    position_id: 'p1',
    instrument: 'BTC-USDT',
    portfolio: 'pf-1',
    run_id: 'r1',
    mode: 'paper',
    scope: 'POSITION',
    urgency: 'URGENT',
    price: dec('97'),
    mid: dec('97.01'),
    mark_age_us: 0,
    stop_price: dec('97'),
    event_at: T0 + SECOND,
  });
  expect(b.triggers[0]?.trigger_id).toMatch(/^[0-9a-f]{64}$/);
  expect(b.triggers[0]?.inputs).toEqual([
    { name: 'bid', value: 97, offset: 3, age_us: 0 },
    { name: 'ask', value: 97.02, offset: 3, age_us: 0 },
    { name: 'avg_price', value: 100, offset: null, age_us: null },
    { name: 'best_price', value: 100, offset: null, age_us: null },
  ]);
});
