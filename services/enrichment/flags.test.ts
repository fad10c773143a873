// Tests of the quality flags through the stage: what raises each, and which leave the record whole.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import type { Quote } from '../../schemas/records.generated.ts';
import { blankInstrumentInfo } from '../../schemas/records.generated.ts';
import { HOUR, MINUTE } from '../../schemas/time.ts';
import { type Bench, bench, benchConfig, NOW, onlyOf, seconds } from './example.ts';
import { technicalOf } from './features.ts';
import { newMarketState, takeCandle } from './market-state.ts';
import { planOf } from './plan.ts';
import { PROFILES, resolveProfile } from './profiles.ts';
import { addTrack, trackOf } from './track.ts';

const quote = (change: Partial<Quote>) => (given: Bench) => given.quote(change);
const carried = (flag: string) => quote({ flags: [flag] });
const depth = [{ band_bps: 20, bid_usd: decimal('1'), ask_usd: decimal('1') }];
const info = (change: Parameters<Bench['info']>[0]) => (given: Bench) => given.info(change);
const regime = blankInstrumentInfo().regime;

const rows: readonly (readonly [flag: string, name: string, arrange: (given: Bench) => void, raised: boolean])[] = [
  ['DEPTH_STALE', 'depth of 10 s', quote({ depth, depth_time: NOW - seconds(10) }), false],
  ['DEPTH_STALE', 'depth older', quote({ depth, depth_time: NOW - seconds(10) - 1 }), true],
  ['DEPTH_STALE', 'no depth', () => {}, false],
  ['INFO_STALE', 'facts of a day', info({ facts_at: NOW - seconds(86_400) }), false],
  ['INFO_STALE', 'facts older', info({ facts_at: NOW - seconds(86_400) - 1 }), true],
  ['INFO_STALE', 'derived 900 s ago', info({ derived_at: NOW - seconds(900) }), false],
  ['INFO_STALE', 'derived earlier', info({ derived_at: NOW - seconds(900) - 1 }), true],
  ['VOLUME_MISSING', 'no volume', info({ volume_24h_usd: null }), true],
  ['VOLUME_MISSING', 'a stale one', info({ derived_at: NOW - seconds(901) }), true],
  ['VOLUME_MISSING', 'a fresh one', () => {}, false],
  ['REGIME_STALE', 'two hours', info({ regime: { ...regime, as_of: NOW - seconds(7_200) } }), false],
  ['REGIME_STALE', 'more', info({ regime: { ...regime, as_of: NOW - seconds(7_200) - 1 } }), true],
  ['SPREAD_WIDE', '100 bps', quote({ bid: decimal('99.5'), ask: decimal('100.5') }), false],
  ['SPREAD_WIDE', 'more', quote({ bid: decimal('99.49'), ask: decimal('100.51') }), true],
  ['QUOTE_LOCKED', 'bid = ask', quote({ bid: decimal('100'), ask: decimal('100') }), true],
  ['MID_OUTSIDE_BOOK', 'crossed by 2 %', quote({ bid: decimal('102.1'), ask: decimal('99.9') }), true],
  ['MID_OUTSIDE_BOOK', 'a sane book', () => {}, false],
  ['PRICE_JUMP', 'a mid 20 % away', quote({ bid: decimal('120'), ask: decimal('120') }), true],
  ['PRICE_JUMP', 'told by the market stage', carried('PRICE_JUMP'), true],
  ['FEED_FROZEN', 'told', carried('FEED_FROZEN'), true],
  ['CROSS_FEED_BLOCK', 'told', carried('CROSS_FEED_BLOCK'), true],
  ['CROSS_FEED_WARN', 'told', carried('CROSS_FEED_WARN'), true],
  ['CLOCK_SKEWED', 'told with the quote', carried('CLOCK_SKEWED'), true],
  ['CLOCK_SKEWED', 'told with the info', info({ flags: ['CLOCK_SKEWED'] }), true],
  ['TIME_ESTIMATED', 'told', carried('TIME_ESTIMATED'), true],
  ['DERIVED', 'told', carried('DERIVED'), true],
];
const INFORMATIVE = ['QUOTE_LOCKED', 'CROSS_FEED_WARN', 'TIME_ESTIMATED', 'DERIVED'];

function warm(): Bench {
  const given = bench();
  given.healthy();
  for (const [interval, length] of [
    ['15m', 15 * MINUTE],
    ['1h', HOUR],
    ['4h', 4 * HOUR],
  ] as const) {
    const last = Math.floor(NOW / length) * length;
    for (let i = 59; i >= 0; i -= 1) given.candle({ interval, close_time: last - i * length });
  }
  return given;
}

describe('flags', () => {
  for (const [flag, name, arrange, raised] of rows) {
    test(`${flag}: ${name}`, () => {
      const given = warm();
      arrange(given);
      const record = onlyOf(given.signal());
      expect(record.flags.includes(flag)).toBe(raised);
      if (raised) expect(record.success).toBe(INFORMATIVE.includes(flag));
    });
  }

  test('PRICE_JUMP is the market stage alone to tell where another venue checks prices', () => {
    const given = bench(benchConfig({ check_venue: true }));
    given.quote({ bid: decimal('100'), ask: decimal('100') });
    given.quote({ bid: decimal('120'), ask: decimal('120') });
    expect(onlyOf(given.signal()).flags).not.toContain('PRICE_JUMP');
  });

  test('DERIVATIVES: only where the profile asks', () => {
    const config = benchConfig();
    const asking = { ...config, routes: config.routes.map((route) => ({ ...route, profile: 'crypto_perps_v1' })) };
    const flags = (given: Bench): string[] => onlyOf(given.signal({}, { now: NOW + seconds(61) })).flags;
    const stale = bench(asking);
    stale.derivatives();
    expect(flags(stale)).toContain('DERIVATIVES_STALE');
    expect(flags(bench(asking))).toContain('DERIVATIVES_MISSING');
    const indifferent = bench();
    indifferent.derivatives();
    expect(flags(indifferent).filter((flag) => flag.startsWith('DERIVATIVES'))).toEqual([]);
  });

  test('EVIDENCE_INVALID and EVIDENCE_KEY_UNKNOWN leave the record whole', () => {
    const record = onlyOf(
      warm().signal({ evidence: { volume_24h_usd: 'lots', moon: 'yes', social_score: '40', rug_flags: 'copycat' } }),
    );
    expect(record.flags).toEqual(['EVIDENCE_INVALID', 'EVIDENCE_KEY_UNKNOWN']);
    expect(record.evidence).toEqual({ moon: 'yes', social_score: 40, rug_flags: 'copycat' });
    expect(record.success).toBe(true);
  });
});

describe('bars', () => {
  test('a 1 h bar of 10:00 is fresh at 12:00 and stale a microsecond later', () => {
    const profile = resolveProfile('trend_follow_v1', PROFILES);
    const plan = planOf([profile]);
    const market = newMarketState();
    const close_time = Math.floor(NOW / HOUR) * HOUR;
    addTrack(market.tracks, '1h', plan).close_time = close_time;
    const flags = (now: number): readonly string[] => technicalOf(market, profile, plan, now, 2).flags;
    expect(flags(close_time + 2 * HOUR)).not.toContain('CANDLES_1H_STALE');
    expect(flags(close_time + 2 * HOUR + 1)).toContain('CANDLES_1H_STALE');
  });

  test('below the longest warm-up of the profile bars are missing', () => {
    const given = (count: number): string[] => {
      const made = bench();
      made.healthy();
      for (let i = count - 1; i >= 0; i -= 1) made.candle({ interval: '1h', close_time: (Math.floor(NOW / HOUR) - i) * HOUR });
      return onlyOf(made.signal()).flags;
    };
    expect(given(49)).toContain('CANDLES_1H_MISSING');
    expect(given(50)).not.toContain('CANDLES_1H_MISSING');
  });

  test('an indicator out of its range is told', () => {
    const profile = resolveProfile('trend_follow_v1', PROFILES);
    const plan = planOf([profile]);
    const market = newMarketState();
    const close = (i: number): void => {
      const close_time = (Math.floor(NOW / HOUR) - 20 + i) * HOUR;
      const price = decimal('100');
      const candle = {
        interval: '1h',
        open_time: close_time - HOUR,
        close_time,
        open: price,
        high: price,
        low: price,
        close: price,
      } as const;
      const rest = { instrument: 'A-B', venue: 'v', event_time: close_time, received_at: close_time, sequence: null, flags: [] };
      const tail = { volume: price, quote_volume: null, trades_count: null, revision: 0, history: false, filler: false };
      takeCandle(market, { ...rest, ...candle, ...tail }, i, plan);
    };
    for (let i = 0; i < 20; i += 1) {
      close(i);
      // Read once a bar, and again after the next: as of a market that was never read before.
      expect(technicalOf(market, profile, plan, NOW, 2)).toEqual(technicalOf({ ...market }, profile, plan, NOW, 2));
    }
    expect(Object.keys(technicalOf(market, profile, plan, NOW, 2).values)).toContain('1h.atr_14');
    expect(technicalOf(market, profile, plan, NOW, 2).flags).not.toContain('INDICATOR_RANGE');
    const place = (plan.indicators.get('1h') ?? []).findIndex(({ name }) => name === 'atr_14');
    const atr = trackOf(market.tracks, '1h')?.series?.states[place] as { value: number };
    atr.value = -1;
    expect(technicalOf({ ...market }, profile, plan, NOW, 2).flags).toContain('INDICATOR_RANGE');
  });
});

describe('pump and dump', () => {
  const rows: readonly (readonly [string, { readonly [key: string]: string }, readonly string[]])[] = [
    ['nothing', {}, []],
    ['volume × 10', { volume_multiple: '10' }, ['VOLUME_SPIKE']],
    ['volume × 9.9', { volume_multiple: '9.9' }, []],
    ['top 10 at 60 %', { top10_holder_bps: '6000' }, ['HOLDERS_CONCENTRATED']],
    ['an hour of −50 %', { price_change_1h_bps: '-5000' }, ['PRICE_SPIKE']],
    ['two of them', { price_change_1h_bps: '5000', top10_holder_bps: '9000' }, ['HOLDERS_CONCENTRATED', 'PRICE_SPIKE']],
  ];
  for (const [name, evidence, signs] of rows) {
    test(name, () => {
      const record = onlyOf(warm().signal({ evidence }));
      expect(record.pump_flags).toEqual(signs);
      expect(record.flags.includes('PUMP_DUMP_WARN')).toBe(signs.length >= 2);
    });
  }

  test('five signals in ten minutes', () => {
    const given = warm();
    const flags = Array.from({ length: 5 }, (_, i) => onlyOf(given.signal({ event_id: `${i}` })).pump_flags);
    expect(flags.map((signs) => signs.includes('SIGNAL_BURST'))).toEqual([false, false, false, false, true]);
  });

  test('measured volume ten times the mean of a day', () => {
    const given = warm();
    given.candle({ interval: '1h', close_time: (Math.floor(NOW / HOUR) + 1) * HOUR, volume: decimal('100') });
    const record = onlyOf(given.signal({}, { now: NOW + HOUR }));
    expect(record.features['1h.volume_ratio_24']).toBe(10);
    expect(record.pump_flags).toContain('VOLUME_SPIKE');
  });
});

describe('tokens', () => {
  test('carry their verdicts, other kinds do not', () => {
    const given = bench();
    const evidence = { rug_flags: 'honeypot', has_social: 'false', volume_24h_usd: '2000000', liquidity_usd: '150000' };
    const token = onlyOf(given.signal({ instrument: 'Ethereum:0xABC1', evidence }));
    expect(token.token_safety).toMatchObject({ honeypot: 'HONEYPOT', rug: 'CAUTION', rug_score: 45 });
    expect(token.features).toMatchObject({ rug_score: 45, holder_risk: 80, volume_24h_usd: 2_000_000 });
    expect(token.evidence).toMatchObject({ has_social: false, rug_flags: 'honeypot' });
    expect(token.tradeability_base).toBe(10 + 10 + 15 + 2);
    const spot = onlyOf(given.signal({ evidence }));
    expect(spot.token_safety).toBeNull();
    expect(spot.features).not.toHaveProperty('volume_24h_usd');
  });

  test('a close has no tradeability', () =>
    expect(onlyOf(bench().signal({ direction: 'close_long' })).tradeability_base).toBeNull());
});
