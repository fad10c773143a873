// The rules that look at bars, volume and the last quarter of an hour: firing, one unit short, input missing, long and short.
import { describe, expect, test } from 'vitest';
import { bar, candle, dec, type FedMonitor, newMonitor, position, quote, SECOND, settle, T0 } from './example.ts';
import type { RuleName } from './rules/rule.ts';

const HOUR = 3_600 * SECOND;
const QUARTER = 900 * SECOND;

function stateOf(m: FedMonitor, rule: RuleName): string {
  return m.marks.at(-1)?.rules[rule] ?? 'no mark';
}

/** Two closed hours before `at`: volumes, and the closes that follow an open of 100. */
function hours(m: FedMonitor, at: number, volumes: readonly [string, string], close = '100'): void {
  m.give('Candle', candle('100', at - HOUR, '1h', { volume: dec(volumes[0]) }));
  m.give('Candle', candle(close, at, '1h', { open: dec('100'), volume: dec(volumes[1]) }));
}

describe('VOLUME_DEATH', () => {
  test.each<[what: string, side: 'LONG' | 'SHORT', strategy: string, volumes: [string, string], age: number, state: string]>([
    ['both hours below 30 %', 'LONG', 'momentum', ['29.99', '29.99'], HOUR, 'FIRED'],
    ['both hours below 30 %', 'SHORT', 'momentum', ['29.99', '29.99'], HOUR, 'FIRED'],
    ['the first at 30 %', 'LONG', 'momentum', ['30', '29.99'], HOUR, 'OK'],
    ['the second at 30 %', 'LONG', 'momentum', ['29.99', '30'], HOUR, 'OK'],
    ['not an hour old', 'LONG', 'momentum', ['1', '1'], HOUR - 1, 'OK'],
    ['whale_following below 40 %', 'LONG', 'whale_following', ['39', '39'], HOUR, 'FIRED'],
    ['early_launch above 20 %', 'LONG', 'early_launch', ['20', '20'], HOUR, 'OK'],
    ['early_launch below 20 %', 'LONG', 'early_launch', ['19.9', '19.9'], HOUR, 'FIRED'],
  ])('%s, %s %s: %s', (_, side, strategy, volumes, age, state) => {
    const m = newMonitor();
    const at = T0 + 4 * HOUR;
    hours(m, at, volumes);
    m.give(
      'Position',
      position(side, '100', { strategy, opened_at: at - age, last_entry_at: at - age, entry_volume_hourly: dec('100') }),
    );
    m.give('Quote', quote('100', at));
    expect(stateOf(m, 'VOLUME_DEATH')).toBe(state);
    expect(m.triggers.some((t) => t.rule === 'VOLUME_DEATH')).toBe(state === 'FIRED');
  });

  test.each([
    ['no volume at entry', null, true, 'UNAVAILABLE:entry_volume_hourly'],
    ['no hours', '100', false, 'UNAVAILABLE:candles_1h'],
  ])('%s', (_, volume, bars, state) => {
    const m = newMonitor();
    const at = T0 + 4 * HOUR;
    if (bars) hours(m, at, ['1', '1']);
    m.give('Position', position('LONG', '100', { entry_volume_hourly: volume === null ? null : dec(volume) }));
    m.give('Quote', quote('97', at));
    expect(stateOf(m, 'VOLUME_DEATH')).toBe(state);
    // A missing input disables no other rule.
    expect(m.triggers[0]?.rule).toBe('STOP_LOSS');
  });

  test('hours that closed long ago, or do not follow one another, are missing', () => {
    const m = newMonitor();
    hours(m, T0, ['1', '1']);
    m.give('Position', position('LONG', '100', { entry_volume_hourly: dec('100') }));
    m.give('Quote', quote('100', T0 + 2 * HOUR + 1));
    expect(stateOf(m, 'VOLUME_DEATH')).toBe('UNAVAILABLE:candles_1h');
    m.give('Candle', candle('100', T0 + 3 * HOUR, '1h'));
    m.give('Quote', quote('100', T0 + 3 * HOUR));
    expect(stateOf(m, 'VOLUME_DEATH')).toBe('UNAVAILABLE:candles_1h');
  });

  test('its trigger shows the hours', () => {
    const m = newMonitor();
    const at = T0 + 4 * HOUR;
    hours(m, at, ['10', '20']);
    m.give('Position', position('LONG', '100', { entry_volume_hourly: dec('100') }));
    m.give('Quote', quote('100', at));
    const inputs = Object.fromEntries((m.triggers[0]?.inputs ?? []).map((i) => [i.name, i.value]));
    expect(inputs).toMatchObject({ volume_hour_before: 10, volume_hour_last: 20, entry_volume_hourly: 100 });
  });
});

describe('MOMENTUM_DECAY', () => {
  test.each<[what: string, side: 'LONG' | 'SHORT', strategy: string, close: string, volumes: [string, string], state: string]>([
    ['price down, volume at 70 %', 'LONG', 'momentum', '99.99', ['70', '70'], 'FIRED'],
    ['price up', 'LONG', 'momentum', '100', ['70', '70'], 'OK'],
    ['volume above 70 %', 'LONG', 'momentum', '99.99', ['70', '70.01'], 'OK'],
    ['short: price up', 'SHORT', 'momentum', '100.01', ['70', '70'], 'FIRED'],
    ['short: price down', 'SHORT', 'momentum', '99.99', ['70', '70'], 'OK'],
    ['no momentum strategy', 'LONG', 'mean_reversion', '99.99', ['70', '70'], 'DISABLED'],
  ])('%s', (_, side, strategy, close, volumes, state) => {
    const m = newMonitor();
    const at = T0 + 4 * HOUR;
    hours(m, at, volumes, close);
    m.give('Position', position(side, '100', { strategy, entry_volume_hourly: dec('100') }));
    m.give('Quote', quote('100', at));
    expect(stateOf(m, 'MOMENTUM_DECAY')).toBe(state);
  });

  test('no hours: unavailable', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100', { entry_volume_hourly: dec('100') }));
    m.give('Quote', quote('100', T0));
    expect(stateOf(m, 'MOMENTUM_DECAY')).toBe('UNAVAILABLE:candles_1h');
  });
});

describe('progressive exits', () => {
  /** 24 quarter hours of volume 100, then six from 100 to `close`, each of the volume given. */
  function quarters(m: FedMonitor, at: number, close: string, volume: string, count = 30): void {
    for (let i = count - 1; i >= 0; i -= 1) {
      const last = i < 6;
      const price = i === 0 ? close : '100';
      m.give('Candle', candle(price, at - i * QUARTER, '15m', { open: dec('100'), volume: dec(last ? volume : '100') }));
    }
  }

  const H12: RuleName = 'PROGRESSIVE_12H';
  const H24: RuleName = 'PROGRESSIVE_24H';
  const H36: RuleName = 'PROGRESSIVE_36H';
  test.each<[rule: RuleName, age: number, side: 'LONG' | 'SHORT', price: string, close: string, volume: string, state: string]>([
    [H12, 12, 'LONG', '97.49', '96.99', '100', 'FIRED'],
    [H12, 12, 'LONG', '97.5', '96.99', '100', 'OK'],
    [H12, 12, 'LONG', '97.49', '97', '100', 'OK'],
    [H12, 11.5, 'LONG', '97.49', '96.99', '100', 'FIRED'],
    [H12, 11.499, 'LONG', '97.49', '96.99', '100', 'OK'],
    [H12, 12.5, 'LONG', '97.49', '96.99', '100', 'OK'],
    [H12, 12, 'SHORT', '102.51', '103.01', '100', 'FIRED'],
    [H12, 12, 'SHORT', '102.5', '103.01', '100', 'OK'],
    [H24, 24, 'LONG', '96.99', '98.99', '100', 'FIRED'],
    [H24, 24, 'LONG', '97', '98.99', '100', 'OK'],
    [H24, 24, 'LONG', '96.99', '99', '100', 'OK'],
    [H24, 24, 'LONG', '97.99', '99.99', '69', 'FIRED'],
    [H24, 24, 'LONG', '97.99', '99.99', '70', 'OK'],
    [H24, 24, 'LONG', '97.99', '100', '69', 'OK'],
    [H24, 24, 'LONG', '98', '99.99', '69', 'OK'],
    [H24, 24, 'SHORT', '102.01', '100.01', '69', 'FIRED'],
    [H24, 23.4, 'LONG', '96.99', '98.99', '100', 'OK'],
    [H36, 36, 'LONG', '97.99', '98.49', '100', 'FIRED'],
    [H36, 36, 'LONG', '97.99', '98.5', '100', 'OK'],
    [H36, 36, 'SHORT', '102.01', '101.51', '100', 'FIRED'],
    [H36, 36, 'LONG', '101.49', '100.49', '69', 'FIRED'],
    [H36, 36, 'LONG', '101.5', '100.49', '69', 'OK'],
    [H36, 36, 'LONG', '101.49', '100.5', '69', 'OK'],
    [H36, 36, 'LONG', '101.49', '100.49', '70', 'OK'],
    [H36, 36.5, 'LONG', '101.49', '100.49', '69', 'OK'],
  ])('%s at %d h, %s, price %s, momentum 100 → %s, volume %s %%: %s', (rule, age, side, price, close, volume, state) => {
    const m = newMonitor();
    const at = T0 + 40 * HOUR;
    const opened_at = at - age * HOUR;
    quarters(m, at, close, volume);
    m.give('Position', position(side, '100', { opened_at, last_entry_at: opened_at, stop_bps: 5_000 }));
    m.give('Quote', quote(price, at));
    expect(stateOf(m, rule)).toBe(state);
  });

  test('29 quarter hours are not enough', () => {
    const m = newMonitor();
    const at = T0 + 40 * HOUR;
    quarters(m, at, '96.99', '100', 29);
    m.give('Position', position('LONG', '100', { opened_at: at - 12 * HOUR, last_entry_at: at - 12 * HOUR }));
    m.give('Quote', quote('97.49', at));
    expect(stateOf(m, 'PROGRESSIVE_12H')).toBe('UNAVAILABLE:candles_15m');
  });
});

describe('FLASH_CRASH', () => {
  const MINUTE = 60 * SECOND;
  /** A mid of 100, then nothing until `age` later. */
  function crash(side: 'LONG' | 'SHORT', price: string, age: number, base = 'DOGE'): FedMonitor {
    const m = newMonitor();
    settle(m);
    const track = m.state.tracks.get('BTC-USDT');
    if (track !== undefined) track.base = base;
    m.give('Position', position(side, '100', { stop_bps: 5_000 }));
    bar(m, '100', T0 + MINUTE);
    bar(m, price, T0 + MINUTE + age);
    return m;
  }

  test.each<[side: 'LONG' | 'SHORT', price: string, age: number, state: string]>([
    ['LONG', '90', 15 * MINUTE, 'FIRED'],
    ['LONG', '90.01', 15 * MINUTE, 'OK'],
    ['LONG', '90', 13 * MINUTE, 'FIRED'],
    ['LONG', '90', 13 * MINUTE - 1, 'UNAVAILABLE:mid_15m'],
    ['LONG', '90', 20 * MINUTE, 'FIRED'],
    ['LONG', '90', 20 * MINUTE + 1, 'UNAVAILABLE:mid_15m'],
    ['SHORT', '110', 15 * MINUTE, 'FIRED'],
    ['SHORT', '109.99', 15 * MINUTE, 'OK'],
    ['SHORT', '90', 15 * MINUTE, 'OK'],
  ])('%s, 100 → %s in %d µs: %s', (side, price, age, state) => {
    const m = crash(side, price, age);
    expect(stateOf(m, 'FLASH_CRASH')).toBe(state);
    expect(m.triggers.some((t) => t.rule === 'FLASH_CRASH')).toBe(state === 'FIRED');
  });

  test('of a leader it is told to every portfolio once, with or without a position in it', () => {
    const m = crash('LONG', '90', 15 * MINUTE, 'BTC');
    const told = m.triggers.filter((t) => t.scope === 'PORTFOLIO');
    expect(told.map((t) => [t.portfolio, t.position_id, t.rule, t.urgency])).toEqual([['pf-1', '', 'FLASH_CRASH', 'URGENT']]);
    m.give('Quote', quote('89.9', T0 + 16 * MINUTE + 20 * SECOND));
    expect(m.triggers.filter((t) => t.scope === 'PORTFOLIO').length).toBe(1);
  });

  test('the newest mid of the window counts', () => {
    const m = newMonitor();
    m.give('Position', position('LONG', '100', { stop_bps: 5_000 }));
    bar(m, '100', T0 + MINUTE);
    bar(m, '95', T0 + 6 * MINUTE);
    bar(m, '90', T0 + 20 * MINUTE);
    expect(stateOf(m, 'FLASH_CRASH')).toBe('OK');
  });
});
