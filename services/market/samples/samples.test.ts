// The shipped recordings: that they are whole, and what a replay of them gives.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../schemas/money.ts';
import { parseTime } from '../../../schemas/time.ts';
import type { MarketRecord } from '../event.ts';
import { readManifest } from '../replay/read-file.ts';
import { openReplay } from '../replay/replay.ts';

const sample = (name: string) => readManifest(join(import.meta.dirname, `${name}.yaml`));
const COINBASE_GAPS = { max_gap_share: 0.15, max_gap_bars: 440 };

describe('the month of a perpetual', () => {
  const replay = openReplay([sample('btc-perp-2022-01')], { regime_pin: 'chop_normal' });
  const records = [...replay.events()].flatMap((event) => event.records);

  test('is whole, and has a hash of its own', () => {
    expect(replay.findings).toEqual([]);
    expect(replay.quality).toEqual([
      {
        instrument: 'BTC-USDT-PERP',
        interval: '1m',
        bars: 45_031,
        duplicates: 0,
        quotes: 0,
        from: parseTime('2021-12-31T23:00:00Z'),
        to: parseTime('2022-02-01T05:30:00Z'),
        gaps: [],
        gap_share: 0,
      },
    ]);
    expect(replay.data_hash).toBe('5c3cfdb842f44b9064a10fa14b40a49b81d0d4ac82935868d595d58e6a9b2642');
  });

  test('gives a quote and a candle a minute, and every longer candle', () => {
    const count = (wanted: (record: MarketRecord) => boolean): number => records.filter(wanted).length;
    expect(count(({ type }) => type === 'Quote')).toBe(45_031);
    expect(count((record) => record.type === 'Candle' && record.value.interval === '1m')).toBe(45_031);
    expect(count((record) => record.type === 'Candle' && record.value.interval === '1h')).toBe(750);
    expect(count((record) => record.type === 'Candle' && record.value.interval === '1d')).toBe(31);
    expect(count((record) => record.type === 'Candle' && record.value.flags.length > 0)).toBe(0);
  });

  test('is eligible as soon as a day of volume is known and three evaluations passed', () => {
    const infos = records.flatMap((record) => (record.type === 'InstrumentInfo' ? [record.value] : []));
    const first = infos.find(({ universe }) => universe.eligible);
    expect(first?.event_time).toBe(parseTime('2022-01-01T23:10:00Z'));
    expect(
      infos.filter(({ event_time }) => event_time >= (first?.event_time ?? 0)).every(({ universe }) => universe.tier === 'T1'),
    ).toBe(true);
  });

  test('the first bar: volume in base units from turnover, a derived touch', () => {
    const [, quote, candle] = records;
    expect(candle?.value).toMatchObject({
      open: decimal('46319'),
      close: decimal('46377'),
      quote_volume: decimal('2300413.7295'),
      volume: decimal('49.620301755811'),
    });
    expect(quote?.value).toMatchObject({ bid: decimal('46353'), ask: decimal('46401'), flags: ['DERIVED'] });
  });
});

describe('three days of Coinbase', () => {
  test('miss too many bars for the standard limits', () => {
    const { findings } = openReplay([sample('coinbase-2018-04')]);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['DATA_GAP']));
    expect(findings).toHaveLength(6);
  });

  test('replay with wider ones, with touches of their own', () => {
    const replay = openReplay([sample('coinbase-2018-04')], { gaps: COINBASE_GAPS });
    expect(
      replay.quality.map(({ instrument, bars, quotes, gaps }) => [instrument, bars, quotes, gaps.map((gap) => gap.bars)]),
    ).toEqual([
      ['BTC-USD', 3887, 2441, [1, 432]],
      ['ETH-USD', 2449, 2447, [4, 427]],
      ['LTC-USD', 3887, 3885, [2, 1, 429, 1]],
    ]);
    const records = [...replay.events()].flatMap((event) => event.records);
    const quotes = records.flatMap((record) => (record.type === 'Quote' ? [record.value] : []));
    expect(quotes).toHaveLength(2441 + 2447 + 3885);
    expect(quotes.every(({ flags, bid, ask }) => flags.length === 0 && bid < ask)).toBe(true);
  });
});
