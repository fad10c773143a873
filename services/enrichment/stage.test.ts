// Tests of the stage as a whole: what comes out for each portfolio when a signal goes in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../schemas/codec.ts';
import { traceId } from '../../schemas/ids.ts';
import { decimal } from '../../schemas/money.ts';
import { blankCandle, blankSignal, type Signal } from '../../schemas/records.generated.ts';
import { DAY, HOUR, MINUTE } from '../../schemas/time.ts';
import type { SourcePosition } from '../../topology/envelope.ts';
import { partitionFor } from '../../topology/partition.ts';
import { isFeatureName } from '../signals/feature-names.ts';
import type { EnrichmentConfig, RouteConfig } from './config.ts';
import { bench, benchConfig, enrichedOf, LINE, lettersOf, NOW, onlyOf, STRATEGY_SOURCE, seconds } from './example.ts';
import { enrichmentStage } from './stage.ts';

const route = (portfolio: string, change: Partial<RouteConfig> = {}): RouteConfig => ({
  portfolio,
  sources: ['*'],
  instruments: ['*'],
  signal_types: ['*'],
  directions: ['*'],
  min_confidence: 0,
  profile: 'trend_follow_v1',
  ...change,
});

const three: Partial<EnrichmentConfig> = {
  portfolios: [
    { portfolio: 'gamma', mode: 'live', ordinal: 7 },
    { portfolio: 'alpha', mode: 'paper', ordinal: 0 },
    { portfolio: 'beta', mode: 'paper', ordinal: 2 },
  ],
  routes: [route('alpha'), route('gamma'), route('beta', { instruments: ['ETH-USDT'] })],
};

describe('one line of JSON', () => {
  test('becomes one record for each subscribed portfolio, in order of their ordinals', () => {
    const given = bench(benchConfig(three));
    given.healthy();
    const emitted = given.raw(LINE);
    expect(emitted.map(({ topic, type, key }) => [topic, type, key])).toEqual([
      ['journal.v1', 'EnrichedSignal', 'alpha'],
      ['journal.v1', 'EnrichedSignal', 'gamma'],
    ]);
    const [alpha, gamma] = enrichedOf(emitted);
    expect(alpha).toMatchObject({
      portfolio: 'alpha',
      mode: 'paper',
      run_id: 'run-1',
      admission: { verdict: 'admit', reasons: [] },
    });
    expect(gamma).toMatchObject({ portfolio: 'gamma', mode: 'live', admission: { verdict: 'admit', reasons: [] } });
    for (const record of emitted) {
      expect(record.id).toBe(alpha?.signal_id);
      expect(record.cause).toBe(alpha?.signal_id);
      expect(record.trace).toBe(traceId({ signal_id: alpha?.signal_id ?? '' }));
    }
  });

  test('sent a thousand times within its bucket, still one', () => {
    const given = bench();
    given.healthy();
    let records = 0;
    for (let i = 0; i < 1_000; i += 1) {
      records += given.raw(LINE.replace('04:05Z', `0${i % 9}:0${i % 7}Z`), { now: NOW + i }).length;
    }
    expect(records).toBe(1);
    expect(given.state.counts.get('duplicate')).toBe(999);
  });

  test('is the same signal in Avro, and as a decoded record', () => {
    const value: Signal = { ...blankSignal(), ...JSON.parse(LINE), event_time: NOW };
    for (const again of ['framed', 'decoded'] as const) {
      const given = bench();
      expect(given.raw(LINE)).toHaveLength(1);
      expect(again === 'framed' ? given.raw(encode('Signal', value)) : given.signal(value)).toEqual([]);
      expect(given.state.counts.get('duplicate')).toBe(1);
    }
  });
});

test('every emitted record can be written and read', () => {
  const given = bench(benchConfig({ routes: [route('paper-1', { profile: 'full_v1' })] }));
  given.healthy();
  given.derivatives();
  given.candle({ close_time: NOW - seconds(5), interval: '1h' });
  const record = onlyOf(
    given.signal({ evidence: { volume_24h_usd: '1', catalyst: 'true', other: 'x' }, entry_price: decimal('100') }),
  );
  expect(decode(encode('EnrichedSignal', record))).toEqual({ type: 'EnrichedSignal', value: record });
});

describe('what stands in a record', () => {
  test('names, positions, times and hashes', () => {
    const given = bench();
    given.healthy();
    const record = onlyOf(
      given.raw(LINE.replace('BTC-USDT', 'xbt/usdt'), { now: NOW + seconds(2), appended_at: NOW + seconds(1) }),
    );
    expect(record).toMatchObject({
      signal: { instrument: 'BTC-USDT', source: 'my_bot:general' },
      raw_instrument: 'xbt/usdt',
      raw_source: 'my_bot',
      source_class: 'evidence',
      source_prior: 'C',
      appended_at: NOW + seconds(1),
      enriched_at: NOW + seconds(2),
      profile: 'trend_follow_v1',
      log_position: { topic: 'signals.v1', partition: 0, offset: 3 },
    });
    expect(record.route_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(record.config_hash).not.toBe(record.route_hash);
  });

  test('the quote with its age, the mid now and at the signal, the median, spread and drift', () => {
    const given = bench();
    given.info();
    given.quote({ event_time: NOW - seconds(200), bid: decimal('89'), ask: decimal('91') });
    given.quote({ event_time: NOW - seconds(3), bid: decimal('99'), ask: decimal('101') });
    given.quote({ event_time: NOW + seconds(1), bid: decimal('100'), ask: decimal('102') });
    const record = onlyOf(given.signal({ entry_price: decimal('100') }, { now: NOW + seconds(4) }));
    expect(record.quote).toMatchObject({ bid: decimal('100'), offset: 4, age_us: seconds(3), flags: [] });
    expect([record.mid, record.signal_mid, record.median_mid_5m]).toEqual([decimal('101'), decimal('100'), decimal('100')]);
    expect(record.spread_bps).toBeCloseTo((2 / 101) * 1e4, 9);
    expect(record.drift_bps).toBeCloseTo(100, 9);
    expect(record.input_ages_us.quote).toBe(seconds(3));
  });

  test('depth keeps the time and place it came from', () => {
    const given = bench();
    const depth = [{ band_bps: 20, bid_usd: decimal('5'), ask_usd: decimal('4') }];
    given.quote({ event_time: NOW - seconds(8), depth, depth_time: NOW - seconds(9) });
    given.quote({ event_time: NOW });
    const record = onlyOf(given.signal());
    expect(record).toMatchObject({ depth, depth_time: NOW - seconds(9), depth_offset: 1 });
    expect(record.features.depth_20_usd).toBe(4);
    expect(record.flags).not.toContain('DEPTH_STALE');
  });

  test('a market of which nothing is known leaves nulls, not zeros', () => {
    const record = onlyOf(bench().signal({ entry_price: decimal('1') }));
    expect(record).toMatchObject({
      quote: null,
      mid: null,
      drift_bps: null,
      volume_24h_usd: null,
      info: null,
      regime: null,
      bars: {},
    });
    expect(record.admission).toEqual({ verdict: 'refuse', reasons: ['QUOTE_MISSING'] });
    expect(record.flags).toEqual(
      expect.arrayContaining([
        'QUOTE_MISSING',
        'INFO_MISSING',
        'VOLUME_MISSING',
        'CANDLES_15M_MISSING',
        'CANDLES_1H_MISSING',
        'CANDLES_4H_MISSING',
      ]),
    );
    expect(record.features).toEqual({});
    expect(record.success).toBe(false);
  });

  test('warm bars, fresh data: nothing is missing', () => {
    const given = bench();
    given.healthy();
    for (const [interval, length] of [
      ['15m', 15 * MINUTE],
      ['1h', HOUR],
      ['4h', 4 * HOUR],
    ] as const) {
      const last = Math.floor(NOW / length) * length;
      for (let i = 59; i >= 0; i -= 1) given.candle({ interval, close_time: last - i * length, history: i > 0 });
    }
    const record = onlyOf(given.signal());
    expect(record.flags).toEqual([]);
    expect(record.success).toBe(true);
    expect(JSON.parse(record.payload).ta).not.toHaveProperty(['1h.ema_20']);
    expect(Object.keys(record.features).filter((name) => !isFeatureName(name))).toEqual([]);
    expect(Object.keys(record.bars)).toEqual(['15m', '1h', '4h']);
    expect(record.features).toMatchObject({
      '1h.close': 100,
      '1h.ema_50': 100,
      '15m.rsi_14': 50,
      '4h.macd_histogram': 0,
      '1h.atr_14': 2,
      '1h.volume_mean_24': 10,
      '1h.volatility': 0,
      '1h.ema_20': 100,
      '1h.bb_lower': 100,
      '1h.volume_ratio': 1,
      '1h.atr_ratio': 1,
      change_1h_bps: 0,
      change_24h_bps: 0,
    });
  });

  test('bars say where indicators and changes came from', () => {
    const given = bench();
    given.candle({ interval: '1m', close_time: NOW - seconds(5) });
    given.candle({ interval: '5m', close_time: NOW - seconds(65) });
    given.candle({ interval: '1h', close_time: NOW - seconds(245) });
    expect(onlyOf(given.signal()).bars).toEqual({
      '1m': { close_time: NOW - seconds(5), offset: 1, age_us: seconds(5) },
      '1h': { close_time: NOW - seconds(245), offset: 3, age_us: seconds(245) },
    });
  });

  test('the cheapest profile of several portfolios does not thin the others', () => {
    const config = benchConfig({
      portfolios: [
        { portfolio: 'a', mode: 'paper', ordinal: 0 },
        { portfolio: 'b', mode: 'paper', ordinal: 1 },
      ],
      routes: [route('a'), route('b', { profile: 'full_v1' })],
    });
    const given = bench(config);
    given.healthy();
    given.derivatives();
    const last = Math.floor(NOW / HOUR) * HOUR;
    for (let i = 59; i >= 0; i -= 1) given.candle({ interval: '1h', close_time: last - i * HOUR });
    const [a, b] = enrichedOf(given.signal());
    expect(a?.features['1h.adx_14']).toBeUndefined();
    expect(b?.features['1h.adx_14']).toBe(0);
    expect(b?.levels).toEqual({ support: [], resistance: [] });
    expect(a?.levels).toBeNull();
  });
});

describe('duplicates and conflicts', () => {
  test('the same event id with the same body is counted', () => {
    const given = bench();
    expect(given.signal({ event_id: 'e', entry_price: decimal('1') })).toHaveLength(1);
    expect(given.signal({ event_id: 'e', entry_price: decimal('1.0') })).toEqual([]);
    expect(given.state.counts.get('duplicate')).toBe(1);
  });

  test('the same event id with another body is a conflict, the first stands', () => {
    const given = bench();
    const first = onlyOf(given.signal({ event_id: 'e', entry_price: decimal('1') }));
    const [letter] = lettersOf(given.signal({ event_id: 'e', entry_price: decimal('2') }));
    expect(letter).toMatchObject({ reason_code: 'SIGNAL_ID_CONFLICT', error_class: 'ID_CONFLICT', status: 'OPEN', version: 1 });
    expect(letter?.message).toContain(first.signal_id);
    expect(given.signal({ event_id: 'e', entry_price: decimal('1') })).toEqual([]);
  });

  test('who claims the event id of a signal of ours is judged by its body', () => {
    const given = bench();
    const ours = { event_id: 'e', source: 'weir:sma_cross', entry_price: decimal('1') };
    expect(given.signal(ours, { source: STRATEGY_SOURCE })).toHaveLength(1);
    for (const source of [STRATEGY_SOURCE, null]) expect(given.signal(ours, { source })).toEqual([]);
    expect(given.state.counts.get('duplicate')).toBe(2);
    for (const source of [STRATEGY_SOURCE, null]) {
      const [letter] = lettersOf(given.signal({ ...ours, entry_price: decimal('2') }, { source }));
      expect(letter?.reason_code).toBe('SIGNAL_ID_CONFLICT');
    }
  });

  test('without an event id another body in the bucket is a duplicate', () => {
    const given = bench();
    expect(given.signal({ entry_price: decimal('1') })).toHaveLength(1);
    expect(given.signal({ entry_price: decimal('2') })).toEqual([]);
  });

  test('ids are remembered for seven days of their append', () => {
    const given = bench();
    const at = (appended_at: number) => given.signal({ event_id: 'e' }, { appended_at, now: appended_at }).length;
    expect([at(NOW), at(NOW + 7 * DAY), at(NOW + 7 * DAY + 1)]).toEqual([1, 0, 1]);
  });

  test('ids beyond the window are swept within an eighth of it', () => {
    const given = bench();
    for (let day = 0; day < 100; day += 1) given.signal({ event_id: `e${day}` }, { appended_at: NOW + day * DAY });
    expect(given.state.met.by_id.size).toBe(8);
  });

  test('a refused signal is not enriched again', () => {
    const given = bench();
    expect(onlyOf(given.signal()).admission.verdict).toBe('refuse');
    given.healthy();
    expect(given.signal()).toEqual([]);
  });
});

describe('dead letters', () => {
  const rows: readonly (readonly [string, string | Uint8Array, string, string])[] = [
    ['plain text', 'buy', 'SIGNAL_ENCODING_UNKNOWN', 'DECODE_FAILED'],
    ['an unknown schema', new Uint8Array([0, 0x7f, 1, 2, 3, 4]), 'SIGNAL_ENCODING_UNKNOWN', 'SCHEMA_UNKNOWN'],
    ['a cut frame', new Uint8Array([0, 0]), 'SIGNAL_ENCODING_UNKNOWN', 'DECODE_FAILED'],
    ['another record', encode('Candle', blankCandle()), 'SIGNAL_ENCODING_UNKNOWN', 'SCHEMA_INVALID'],
    ['broken JSON', '{', 'SIGNAL_JSON_INVALID', 'DECODE_FAILED'],
    ['too many bytes', ' '.repeat(16_385), 'SIGNAL_TOO_LARGE', 'RECORD_TOO_LARGE'],
    ['a missing field', '{"instrument":"BTC-USDT"}', 'SIGNAL_FIELD_MISSING', 'VALIDATION_FAILED'],
    ['a bad instrument', LINE.replace('BTC-USDT', 'BTC--USDT'), 'SIGNAL_INSTRUMENT_INVALID', 'VALIDATION_FAILED'],
  ];
  for (const [name, input, reason_code, error_class] of rows) {
    test(`${name}: one letter, and the next good signal is taken`, () => {
      const given = bench();
      const emitted = given.raw(input, { key: 'k', retry_of: 'x/1' });
      const [letter] = lettersOf(emitted);
      const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
      expect(emitted.map(({ topic, key, id }) => [topic, key, id])).toEqual([['dead-letters.v1', 'k', letter?.dead_letter_id]]);
      expect(letter).toMatchObject({ reason_code, error_class, topic: 'signals.v1', offset: 1, retry_of: 'x/1', failed_at: NOW });
      expect(new Uint8Array(letter?.value ?? [])).toEqual(new Uint8Array(bytes));
      expect(letter?.message.startsWith(reason_code)).toBe(true);
      expect(given.raw(LINE)).toHaveLength(1);
    });
  }

  test('a decoded record keeps the bytes its schema writes', () => {
    const [letter] = lettersOf(bench().signal({ direction: 'close_long', stop_price: decimal('1') }));
    const value = { ...blankSignal(), instrument: 'BTC-USDT', source: 'my_bot', event_time: NOW, signal_type: 'breakout' };
    expect(letter?.reason_code).toBe('SIGNAL_FIELD_NOT_ALLOWED');
    expect(letter?.value).toEqual(encode('Signal', { ...value, direction: 'close_long', stop_price: decimal('1') }));
  });

  test('a decoded record can be too large', () => {
    const evidence = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`key_${i}`, '😀'.repeat(100)]));
    expect(lettersOf(bench().signal({ evidence }))[0]?.reason_code).toBe('SIGNAL_TOO_LARGE');
  });

  test('all violations are in the message', () => {
    const [letter] = lettersOf(bench().raw('{"instrument":"BTC-USDT","leverage":5}'));
    expect(letter?.message.split('; ')).toHaveLength(5);
    expect(letter?.message).toContain('SIGNAL_FIELD_UNKNOWN leverage: "5": expected a field of Signal');
  });
});

describe('records in the wrong partition', () => {
  const PARTITIONS = 12;
  const home = partitionFor('signals.v1', 'BTC-USDT', PARTITIONS);
  const away = (home + 1) % PARTITIONS;
  const config = benchConfig({ partitions: PARTITIONS });
  const rekeyed: SourcePosition = { stage: 'enrichment', topic: 'signals.v1', partition: away, offset: 1, index: 0 };

  test('are appended once to the right one, as they were sent, and nothing else is done with them', () => {
    const given = bench(config, away);
    given.healthy();
    const emitted = given.raw(LINE.replace('BTC-USDT', 'XBT/USDT'));
    expect(emitted).toHaveLength(1);
    const [record] = emitted;
    expect(record).toMatchObject({ topic: 'signals.v1', type: 'Signal', key: 'BTC-USDT' });
    expect(record?.value).toMatchObject({ instrument: 'XBT/USDT', source: 'my_bot' });
    expect(given.state.heard.size + given.state.met.by_id.size).toBe(0);

    const there = bench(config, home);
    const enriched = onlyOf(there.signal(record?.value as Signal, { source: rekeyed }));
    expect(enriched).toMatchObject({ signal_id: record?.id, raw_instrument: 'XBT/USDT' });
    expect(there.raw(LINE)).toEqual([]);
  });

  test('are not passed on a second time', () => {
    const [letter] = lettersOf(bench(config, away).signal({}, { source: rekeyed }));
    expect(letter).toMatchObject({ reason_code: 'SIGNAL_REKEY_LOOP', error_class: 'VALIDATION_FAILED' });
  });

  test('the right partition with any key or none is right', () => {
    expect(bench(config, home).raw(LINE, { key: 'whatever' })).toHaveLength(1);
  });

  test('market records of other partitions are not kept', () => {
    const given = bench(config, away);
    given.healthy();
    expect(given.state.markets.get('BTC-USDT')).toBeNull();
  });
});

describe('routing', () => {
  const routed = (change: Partial<RouteConfig>, signal: Partial<Signal>): number =>
    bench(benchConfig({ routes: [route('paper-1', change)] })).signal(signal).length;
  const rows: readonly (readonly [string, Partial<RouteConfig>, Partial<Signal>, number])[] = [
    ['by provider', { sources: ['my_bot'] }, {}, 1],
    ['by canonical source', { sources: ['my_bot:general'] }, {}, 1],
    ['not another source', { sources: ['telegram'] }, {}, 0],
    ['by instrument', { instruments: ['BTC-USDT'] }, { instrument: 'btc' }, 1],
    ['not another instrument', { instruments: ['ETH-USDT'] }, {}, 0],
    ['by direction', { directions: ['short'] }, {}, 0],
    ['by type', { signal_types: ['breakout'] }, {}, 1],
    ['not another type', { signal_types: ['momentum'] }, {}, 0],
    ['a close skips the type', { signal_types: ['momentum'] }, { direction: 'close_long' }, 1],
    ['confidence at the limit', { min_confidence: 0.5 }, { confidence: 0.5 }, 1],
    ['confidence below', { min_confidence: 0.5 }, { confidence: 0.49 }, 0],
    ['confidence unknown', { min_confidence: 0.5 }, {}, 0],
    ['a close skips confidence', { min_confidence: 0.5 }, { direction: 'close_short' }, 1],
  ];
  for (const [name, change, signal, count] of rows) test(name, () => expect(routed(change, signal)).toBe(count));

  test('a signal for nobody is counted', () => {
    const given = bench(benchConfig({ routes: [] }));
    expect(given.signal()).toEqual([]);
    expect(given.state.counts.get('unrouted')).toBe(1);
  });

  test('the first matching route of a portfolio gives the profile', () => {
    const routes = [
      route('paper-1', { sources: ['telegram'], profile: 'full_v1' }),
      route('paper-1', { profile: 'crypto_perps_v1' }),
    ];
    expect(onlyOf(bench(benchConfig({ routes })).signal()).profile).toBe('crypto_perps_v1');
  });

  test('a route added or removed changes the hash and nobody else', () => {
    const one = enrichedOf(bench(benchConfig(three)).signal());
    const two = enrichedOf(bench(benchConfig({ ...three, routes: [route('gamma'), route('beta')] })).signal());
    const gamma = (records: typeof one) => records.find(({ portfolio }) => portfolio === 'gamma');
    expect(gamma(two)?.signal_id).toBe(gamma(one)?.signal_id);
    expect(gamma(two)?.route_hash).not.toBe(gamma(one)?.route_hash);
  });

  const wrong: readonly (readonly [string, Partial<EnrichmentConfig>, string])[] = [
    ['an unknown portfolio', { routes: [route('nobody')] }, 'routes.portfolio: "nobody": expected a configured portfolio'],
    ['an unknown profile', { routes: [route('paper-1', { profile: 'x' })] }, 'routes: "x": expected one of'],
    [
      'one ordinal twice',
      { portfolios: ['a', 'b'].map((portfolio) => ({ portfolio, mode: 'paper', ordinal: 1 })), routes: [] },
      'portfolios.b.ordinal: 1: expected one of its own, a has it',
    ],
    [
      'a negative ordinal',
      { portfolios: [{ portfolio: 'a', mode: 'paper', ordinal: -1 }], routes: [] },
      'portfolios.a.ordinal: -1',
    ],
  ];
  for (const [name, change, message] of wrong) {
    test(`refuses to start with ${name}`, () => expect(() => enrichmentStage(benchConfig(change))).toThrow(message));
  }
});

describe('sources', () => {
  test('weir is reserved for the strategy stage', () => {
    const given = bench();
    given.healthy();
    const forged = onlyOf(given.signal({ source: 'weir:sma_cross', event_id: 'a' }));
    const own = onlyOf(given.signal({ source: 'weir:sma_cross', event_id: 'b' }, { source: STRATEGY_SOURCE }));
    expect(forged.admission.reasons).toEqual(['SOURCE_RESERVED']);
    expect(own.admission.reasons).toEqual([]);
    expect([forged.corroboration.count, own.corroboration.count]).toEqual([0, 1]);
  });

  test('a forged close is refused too', () => {
    const record = onlyOf(bench().signal({ source: 'weir:x', direction: 'close_long' }));
    expect(record.admission.reasons).toEqual(['SOURCE_RESERVED']);
  });

  test('corroboration grows with each provider', () => {
    const given = bench();
    const levels = ['onchain', 'tg', 'binance', 'cg', 'CT:boost'].map(
      (source, i) => onlyOf(given.signal({ source, event_id: String(i) })).corroboration,
    );
    expect(levels.map(({ count, quality }) => [count, quality])).toEqual([
      [1, 'STRONG'],
      [2, 'STRONG'],
      [3, 'STRONG'],
      [4, 'STRONG'],
      [4, 'STRONG'],
    ]);
    expect(levels[3]?.providers).toEqual(['binance', 'coingecko', 'onchain', 'telegram']);
  });
});

describe('state', () => {
  test('is plain data: a structured clone goes on as the original', () => {
    const stage = enrichmentStage(benchConfig());
    const given = bench();
    given.healthy();
    for (let i = 0; i < 40; i += 1) given.candle({ interval: '1h', close_time: (Math.floor(NOW / HOUR) - 40 + i) * HOUR });
    given.signal({ event_id: 'a' });
    const copy = structuredClone(given.state);
    expect(copy).toEqual(given.state);
    const emit = (state: typeof copy): unknown[] => {
      const out: unknown[] = [];
      const at = {
        topic: 'signals.v1',
        partition: 0,
        offset: 99,
        sequence: 99,
        key: '',
        at: NOW,
        id: '',
        cause: '',
        trace: '',
      } as const;
      const value = { ...blankSignal(), instrument: 'BTC', source: 'cg', event_time: NOW, signal_type: 'x' };
      stage.step(state, { ...at, source: null, retry_of: '', type: 'Signal', value }, (...record) => out.push(record), NOW);
      return out;
    };
    expect(emit(copy)).toEqual(emit(given.state));
  });

  test('never acts on a Tick', () => expect(enrichmentStage(benchConfig()).deadline).toBeUndefined());

  test('a changed configuration is another version', () => {
    const version = (change: Partial<EnrichmentConfig>): string => enrichmentStage(benchConfig(change)).version;
    expect(version({})).toBe(version({}));
    expect(version({ bytes_max: 1_000 })).not.toBe(version({}));
  });
});

test('arbitrary bytes and arbitrary fields never throw and always have one outcome', () => {
  const value = fc.record(
    {
      instrument: fc.oneof(fc.string(), fc.constantFrom('BTC', 'ethereum:0xabc1')),
      source: fc.string(),
      direction: fc.constantFrom('long', 'short', 'close_long', 'close_short'),
      event_time: fc.integer({ min: NOW - 10 * DAY, max: NOW + DAY }),
      signal_type: fc.constantFrom('breakout', 'x'),
      entry_price: fc.bigInt({ min: 1n, max: 10n ** 37n }),
      thesis: fc.string({ unit: 'binary' }),
      evidence: fc.dictionary(fc.constantFrom('volume_24h_usd', 'rug_flags', 'top10_holder_bps', 'catalyst', 'odd'), fc.string()),
    },
    { requiredKeys: [] },
  );
  const given = bench();
  given.healthy();
  let sent = 0;
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), value), (input) => {
      sent += 1;
      const emitted = input instanceof Uint8Array ? given.raw(input) : given.signal(input);
      expect(emitted.length).toBeLessThanOrEqual(1);
      const counts = given.state.counts;
      const outcomes = [...counts].filter(([name]) => name !== 'in').reduce((sum, [, n]) => sum + n, 0);
      expect(outcomes).toBe(counts.get('in'));
      expect(counts.get('in')).toBe(sent);
    }),
    { numRuns: 500 },
  );
});
