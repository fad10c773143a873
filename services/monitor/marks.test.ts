// When a Mark is due, what it carries, and which prices count: jumps, bars for want of quotes, fee coins.
import { describe, expect, test } from 'vitest';
import { bar, candle, dec, newMonitor, policyOf, position, quote, SECOND, settle, show, T0 } from './example.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

describe('a Mark is due', () => {
  test.each([
    ['within 10 s of the last', 10 * SECOND - 1, 1],
    ['10 s after it', 10 * SECOND, 2],
  ])('%s: %d µs', (_, later, marks) => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100'));
    m.give('Quote', quote('100', T0));
    m.give('Quote', quote('100.01', T0 + later));
    expect(m.marks.length).toBe(marks);
  });

  test('at each closed base bar, and not for longer ones', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100'));
    m.give('Quote', quote('100', T0 + 59 * SECOND));
    m.give('Candle', candle('100', T0 + 60 * SECOND));
    expect(m.marks.length).toBe(2);
    m.give('Candle', candle('100', T0 + 60 * SECOND, '5m'));
    m.give('Candle', candle('100', T0 + 60 * SECOND));
    expect(m.marks.length).toBe(2);
  });

  test('when a stop moves or a rule changes its state', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100'));
    m.give('Quote', quote('100', T0));
    m.give('Quote', quote('104', T0 + SECOND));
    m.give('Quote', quote('104', T0 + 2 * SECOND));
    m.give('Quote', quote('104.5', T0 + 3 * SECOND));
    expect(m.marks.map((mark) => show(mark.stop_price))).toEqual(['97', '100.88', '101.37']);
  });

  test('at once when a position meets a price that is not older', () => {
    const m = newMonitor();
    bar(m, '100', T0 + 60 * SECOND);
    m.give('Position', position('LONG', '100', { last_entry_at: T0 + 60 * SECOND }));
    expect(m.marks.length).toBe(1);
    // Told again, as every hour, it is no new position.
    m.give('Position', position('LONG', '100', { last_entry_at: T0 + 60 * SECOND, sequence: 2 }));
    expect(m.marks.length).toBe(1);
  });

  test('never of a flat position, and none without positions', () => {
    const m = newMonitor();
    bar(m, '100', T0 + 60 * SECOND);
    m.give('Position', position('LONG', '100'));
    m.give('Position', position('LONG', '100', { qty: 0n }));
    bar(m, '90', T0 + 120 * SECOND);
    expect([m.marks.length, m.triggers.length]).toEqual([1, 0]);
  });
});

test('what a Mark carries', () => {
  const m = newMonitor({ fee_assets: { BNB: 'BNB-USDT', HYPE: 'HYPE-USDT' } });
  m.give('Quote', quote('600', T0, { instrument: 'BNB-USDT', ask: dec('602') }));
  m.give('Position', position('SHORT', '100', { run_id: 'r1' }));
  m.give('Quote', quote('99', T0 + SECOND, { ask: dec('99.01') }));
  expect(m.marks[0]).toMatchObject({
    portfolio: 'pf-1',
    run_id: 'r1',
    mode: 'paper',
    position_id: 'p1',
    instrument: 'BTC-USDT',
    bid: dec('99'),
    ask: dec('99.01'),
    mid: dec('99.005'),
    venue_at: T0 + SECOND,
    offset: 4,
    fee_rates: { BNB: dec('601') },
    status: 'TRADING',
    best_price: dec('99.01'),
    stop_price: dec('103'),
    stop_kind: 'STOP_LOSS',
    armed: [],
  });
  expect(m.marks[0]?.rules).toMatchObject({ STOP_LOSS: 'OK', TRAILING_STOP: 'OK', FLASH_CRASH: 'UNAVAILABLE:mid_15m' });
});

describe('a mid more than 15 % away', () => {
  test.each([
    ['is not believed', [], '100'],
    ['nor with a second one sooner than 250 ms', [['80', 249_999]], '100'],
    ['but with one 250 ms later', [['80', 250_000]], '80'],
    ['and forgotten when the next is back', [['99', 100_000]], '99'],
    ['exactly 15 % is no jump', [['115', -1]], '115'],
  ] as const)('%s', (_, then, best) => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100', { stop_bps: 5_000 }));
    m.give('Quote', quote('100', T0));
    const [first] = then;
    if (first?.[1] !== -1) m.give('Quote', quote('80', T0 + SECOND));
    for (const [price, later] of then) m.give('Quote', quote(price, T0 + SECOND + later));
    m.give('Candle', candle('1', T0 + SECOND + 300_000));
    expect(show(m.marks.at(-1)?.bid)).toBe(best);
  });

  test('counts after two seconds in which nothing denied it', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100', { stop_bps: 5_000 }));
    m.give('Quote', quote('100', T0));
    m.give('Quote', quote('80', T0 + SECOND));
    m.give('Candle', candle('1', T0 + 3 * SECOND));
    expect(show(m.marks.at(-1)?.bid)).toBe('80');
  });

  test('is believed at once of a derived quote', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100', { stop_bps: 5_000 }));
    bar(m, '100', T0 + 60 * SECOND);
    bar(m, '80', T0 + 120 * SECOND);
    expect(show(m.marks.at(-1)?.bid)).toBe('80');
  });
});

describe('for want of a quote the close of a bar is the price', () => {
  test.each([
    ['a quote of 60 s still counts', 60 * SECOND, '100', '100'],
    ['an older one does not: the close, half the spread each way', 60 * SECOND + 1, '109.89', '110.11'],
  ])('%s', (_, later, bid, ask) => {
    const m = newMonitor();
    settle(m, { spread_cbps: { ...DEFAULT_SETTINGS.spread_cbps, T1: 2_000n } });
    m.give('Position', position('LONG', '100'));
    m.give('Quote', quote('100', T0));
    m.give('Candle', candle('110', T0 + later));
    expect([show(m.marks.at(-1)?.bid), show(m.marks.at(-1)?.ask)]).toEqual([bid, ask]);
  });

  test('history is absorbed and acts on nothing', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100'));
    m.give('Candle', candle('50', T0 + 60 * SECOND, '1m', { history: true }));
    expect([m.marks.length, m.triggers.length]).toEqual([0, 0]);
  });
});

test('an older quote changes nothing', () => {
  const m = newMonitor();
  m.give('Position', position('LONG', '100'));
  m.give('Quote', quote('100', T0 + SECOND));
  m.give('Quote', quote('96', T0));
  expect(m.triggers).toEqual([]);
});

describe('the policy of the portfolio', () => {
  test('a rule that is off says so and fires nothing', () => {
    const m = newMonitor();
    settle(m, { enabled: DEFAULT_SETTINGS.enabled.map(() => false) });
    m.give('Position', position('LONG', '100'));
    m.give('Quote', quote('60', T0));
    expect(m.triggers).toEqual([]);
    expect(new Set(Object.values(m.marks[0]?.rules ?? {}))).toEqual(new Set(['DISABLED']));
    expect(m.marks[0]?.stop_price).toBeNull();
  });

  test('a document that is no policy leaves what was', () => {
    const m = newMonitor();
    settle(m, { mode: 'paper' });
    m.give('PolicyActivated', policyOf({ exits: {} }));
    m.give('PolicyActivated', { ...policyOf({}), policy: 'junk' });
    expect(m.state.settings.get('pf-1')?.mode).toBe('paper');
  });
});
