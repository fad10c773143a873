// The codec's benchmark: a typical Decision and EnrichedSignal, our codec against bare avsc with our decimals, without header and guards.
import avro from 'avsc';
import { DecimalType } from './avro-types.ts';
import { decode, encode, schemaLock } from './codec.ts';
import { decimal } from './money.ts';
import * as records from './records.generated.ts';

const ROUNDS = 31;
const PER_ROUND = 400;
const WARM_UP = 8;
/** Our codec must reach this share of the bare types' speed. */
const RATIO_MIN = 0.8;

function id(n: number): string {
  return n.toString(16).padStart(64, '7');
}

function gate(n: number): records.GateVerdict {
  return {
    ...records.blankGateVerdict(),
    gate: n,
    name: `GATE_NAME_${n}`,
    verdict: 'PASS',
    class: n % 3 === 0 ? 'S' : 'B',
    observed: decimal('12.5') * BigInt(n + 1),
    limit: decimal('2500'),
    unit: 'bps',
    margin: 0.995 - n / 1000,
    input_age_us: 250_000 + n,
    input_source: `market.v1/0/${123_456 + n}`,
    policy_key: `liquidity.some_key_${n}`,
  };
}

/** About 8 KiB with 50 gates, as most are. */
function typicalDecision(): records.Decision {
  return {
    ...records.blankDecision(),
    decision_id: id(1),
    portfolio: 'paper-1',
    kind: 'ENTRY',
    subject_type: 'signal',
    subject_id: id(2),
    signal_id: id(2),
    source: 'weir:breakout',
    signal_type: 'breakout',
    strategy: 'breakout',
    instrument: 'BTC-USDT-PERP',
    venue: 'sim',
    side: 'LONG',
    tier: 'T1',
    theme: 'LAYER1',
    run_id: 'bt-0123456789abcdef',
    profile: 'paper',
    policy_hash: id(3),
    stage_version: `1.0.0-${id(4)}`,
    journal: { partition: 0, offset: 1_234_567, index: 0 },
    trace: id(5).slice(32),
    action: 'EXECUTE',
    reason_code: 'ENTRY_APPROVED',
    order_ids: [id(6)],
    reference_mid: decimal('61800.25'),
    hypothetical_notional: decimal('204'),
    signal_ts: 1_767_323_045_000_000,
    enriched_ts: 1_767_323_045_120_000,
    decided_at: 1_767_323_046_000_000,
    max_input_age_us: 900_000,
    oldest_input: 'candle 1h',
    gates: Array.from({ length: 50 }, (_, n) => gate(n)),
    scores: {
      ...records.blankScores(),
      conviction: 0.675,
      strength: 0.8,
      confidence: 0.85,
      boosts: { tier: 0.02 },
      trust: 85,
      trust_parts: { grade: 30, provenance: 15 },
    },
    choice: {
      arms: ['breakout', 'momentum', 'external'].map((strategy) => ({
        strategy,
        alpha: 12,
        beta: 8,
        payoff: 1.8,
        weight: 2.075,
        probability: 0.348755,
      })),
      excluded: [{ strategy: 'scalping', reason: 'STRATEGY_MISMATCH' }],
      draw: 0.7576421477915152,
      chosen: 'breakout',
      propensity: 0.348755,
    },
    sizing: {
      ...records.blankSizing(),
      base_bps: 300,
      factors: ['size_factor', 'parity', 'confidence', 'conviction', 'regime', 'trial'].map((name) => ({
        name,
        value: 0.85,
        after_bps: 255,
      })),
      requested: decimal('204'),
      caps: [
        'SYMBOL',
        'TIER',
        'THEME',
        'STRATEGY',
        'VENUE',
        'TOTAL',
        'LEVERAGE',
        'CASH',
        'RISK',
        'KELLY',
        'DEPTH',
        'ORDER_VALUE',
        'LEASE',
        'CAPITAL',
      ].map((name) => ({
        name,
        limit: decimal('2500'),
        used: decimal('100.5'),
        reserved: 0n,
        headroom: decimal('2399.5'),
      })),
      binding: 'SYMBOL',
      runner_up: 'KELLY',
      need: decimal('10.809538079542'),
      notional: decimal('203.08935'),
      quantity: decimal('0.0047'),
      worst_price: decimal('62100'),
      reserved_cash: decimal('204.5'),
    },
    plan: {
      ...records.blankPlan(),
      stop_bps: 600,
      target_bps: 2000,
      stop_price: decimal('58092'),
      target_price: decimal('74160'),
      hold_until: 1_767_755_046_000_000,
      risk_amount: decimal('12.2'),
    },
    flips: [{ gate: 65, policy_key: 'caps.symbol_bps', from: '300', to: '290', certain: true }],
  };
}

function typicalEnrichedSignal(): records.EnrichedSignal {
  const intervals = ['15m', '1h', '4h'];
  const indicators = ['ema_9', 'ema_21', 'ema_50', 'macd_line', 'macd_signal', 'macd_histogram', 'rsi_14', 'atr_14'];
  return {
    ...records.blankEnrichedSignal(),
    signal_id: id(2),
    portfolio: 'paper-1',
    run_id: 'bt-0123456789abcdef',
    signal: {
      ...records.blankSignal(),
      instrument: 'BTC-USDT-PERP',
      source: 'weir:breakout',
      signal_type: 'breakout',
      event_time: 1_767_323_045_000_000,
      entry_price: decimal('61800'),
      confidence: 0.8,
      strength: 0.7,
      evidence: { param_hash: id(7) },
    },
    raw_instrument: 'BTC-USDT-PERP',
    raw_source: 'weir:breakout',
    appended_at: 1_767_323_045_010_000,
    enriched_at: 1_767_323_045_120_000,
    route_hash: id(8),
    config_hash: id(9),
    profile: 'trend_follow_v1',
    quote: {
      bid: decimal('61800.2'),
      ask: decimal('61800.3'),
      bid_size: decimal('1.25'),
      ask_size: decimal('0.75'),
      event_time: 1_767_323_045_000_000,
      offset: 99_000,
      age_us: 120_000,
      flags: [],
    },
    mid: decimal('61800.25'),
    signal_mid: decimal('61800.25'),
    median_mid_5m: decimal('61790'),
    spread_bps: 0.0161,
    drift_bps: 0.04,
    depth: [20, 100, 200, 500].map((band_bps) => ({ band_bps, bid_usd: decimal('1250000.5'), ask_usd: decimal('1180000.25') })),
    change_1h_bps: 85.5,
    change_24h_bps: 210.25,
    volume_24h_usd: decimal('1200000000'),
    features: Object.fromEntries(
      intervals.flatMap((interval) => indicators.map((name, i) => [`${interval}.${name}`, 61_000.123 + i])),
    ),
    bars: Object.fromEntries(
      intervals.map((interval) => [interval, { close_time: 1_767_322_800_000_000, offset: 98_000, age_us: 245_000_000 }]),
    ),
    info: { ...records.blankEnrichedInfo(), venue: 'sim', base: 'BTC', quote: 'USDT', kind: 'perp' },
    universe: records.blankUniverse(),
    regime: { ...records.blankRegime(), tag: 'bull_normal' },
    evidence: { price_change_1h_bps: 85, catalyst: true },
    input_ages_us: { quote: 120_000, depth: 500_000, 'candle 1h': 245_000_000 },
    payload: 'x'.repeat(2_000),
  };
}

interface Case {
  readonly name: string;
  readonly ours: () => unknown;
  readonly bare: () => unknown;
}

function cases<T extends records.RecordName>(record: T, value: records.RecordTypes[T]): readonly Case[] {
  const schema: avro.Schema = JSON.parse(schemaLock[record]?.versions.at(-1)?.schema ?? '');
  const type = avro.Type.forSchema(schema, { logicalTypes: { decimal: DecimalType } });
  const framed = encode(record, value);
  const body = type.toBuffer(value);
  process.stdout.write(`${record}: ${framed.length} bytes framed\n`);
  return [
    { name: `${record} encode`, ours: () => encode(record, value), bare: () => type.toBuffer(value) },
    { name: `${record} decode`, ours: () => decode(framed), bare: () => type.fromBuffer(body) },
  ];
}

function time(work: () => unknown): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i += 1) work();
  return Number(process.hrtime.bigint() - start) / PER_ROUND / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Alternates the two sides, so that a busy machine slows both. */
function measure({ name, ours, bare }: Case): number {
  const mine: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const swapped = round % 2 === 1;
    const first = time(swapped ? bare : ours);
    const second = time(swapped ? ours : bare);
    if (round < WARM_UP) continue;
    mine.push(swapped ? second : first);
    theirs.push(swapped ? first : second);
  }
  // Paired by round: what slows the machine for a while slows both of a pair.
  const ratio = median(mine.map((own, i) => (theirs[i] ?? Number.NaN) / own));
  process.stdout.write(
    `${name.padEnd(22)} ours ${median(mine).toFixed(2)} µs, bare avsc ${median(theirs).toFixed(2)} µs, ratio ${ratio.toFixed(2)}\n`,
  );
  return ratio;
}

const ratios = [...cases('Decision', typicalDecision()), ...cases('EnrichedSignal', typicalEnrichedSignal())].map(measure);
if (ratios.some((ratio) => ratio < RATIO_MIN)) {
  process.stderr.write(`bench:codec: a ratio is below ${RATIO_MIN}\n`);
  process.exitCode = 3;
}
