// Turns what a person asks for (files, policy, cash, seed) into a deployment and its market, and says what is assumed.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '../../schemas/hash.ts';
import { contentHash, runId } from '../../schemas/ids.ts';
import { decimal, type Money } from '../../schemas/money.ts';
import { formatTime, MINUTE, type Micros } from '../../schemas/time.ts';
import type { SourceEvent } from '../../topology/runtime/source.ts';
import { type Deployment, EXAMPLE_SOURCES, SHIPPED_STRATEGIES } from '../deployment/deployment.ts';
import { loadPolicy } from '../deployment/policy-file.ts';
import type { MarketEvent } from '../market/event.ts';
import type { Series } from '../market/facts.ts';
import { type MarketOptions, marketEvents } from '../market/market.ts';
import type { GapLimits } from '../market/replay/check-series.ts';
import { dataHash } from '../market/replay/data-hash.ts';
import { errorsOf, type Finding, formatFinding } from '../market/replay/finding.ts';
import { readManifest } from '../market/replay/read-file.ts';
import { openReplay } from '../market/replay/replay.ts';
import { SCENARIOS, type Scenario } from '../market/synthetic/scenarios.ts';
import { syntheticFacts, syntheticSeries } from '../market/synthetic/synthetic.ts';
import { sentSignals } from './sent-signals.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const SHIPPED_MONTH = join(ROOT, 'services/market/samples/btc-perp-2022-01.yaml');

export interface BacktestRequest {
  /** Manifests; none: the shipped month, under the demo's policy and pinned regime. */
  readonly inputs: readonly string[];
  /** Profile or file; null: demo for the shipped month, else paper. */
  readonly policy: string | null;
  readonly portfolio: string;
  readonly cash: Money;
  readonly seed: number;
  /** Tag that replaces the regime detector; null: chop_normal for the shipped month, else measured. */
  readonly regime_pin: string | null;
  readonly gaps: GapLimits;
  readonly strategies: readonly string[];
  /** Scenario of a seeded synthetic market instead of files. */
  readonly synthetic: string | null;
  readonly until: Micros | null;
  /** File of signals, one JSON object a line, that an outside producer sends into the run. */
  readonly signals: string | null;
  readonly run_kind: 'backtest' | 'demo';
}

export const STANDARD_REQUEST: Omit<BacktestRequest, 'cash'> = {
  inputs: [],
  policy: null,
  portfolio: 'paper-1',
  seed: 42,
  regime_pin: null,
  gaps: { max_gap_share: 0.01, max_gap_bars: 60 },
  strategies: SHIPPED_STRATEGIES,
  synthetic: null,
  until: null,
  signals: null,
  run_kind: 'backtest',
};

export interface BacktestSetup {
  readonly deployment: Deployment;
  /** The bars of each instrument, and how they become a market. */
  readonly series: readonly Series[];
  readonly market: MarketOptions;
  /** What outside producers send, in order of time. */
  readonly sent: readonly SourceEvent[];
  /** For progress: base bars to come. */
  readonly bars: number;
  readonly warnings: readonly Finding[];
  readonly data_hash: string;
  readonly seed: number;
  /** What the run takes for granted, a line each. */
  readonly assumptions: readonly string[];
}

/** Data that cannot be run on; `findings` holds every error with its code, file and line. */
export class DataError extends Error {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(findings.map(formatFinding).join('\n'));
    this.name = 'DataError';
    this.findings = findings;
  }
}

interface Market {
  readonly series: readonly Series[];
  readonly options: MarketOptions;
  readonly bars: number;
  readonly warnings: readonly Finding[];
  readonly data_hash: string;
  readonly instruments: readonly { readonly instrument: string; readonly venue: string; readonly quote: string }[];
  readonly assumptions: readonly string[];
  /** Prices come from bars. */
  readonly candle_mode: boolean;
}

/** Hash of every source that can change a result: code, schemas, shipped policies. */
export function codeHash(): string {
  const hash = createHash('sha256');
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (/\.(ts|avsc|yaml|json)$/.test(name) && !name.endsWith('.test.ts')) hash.update(name).update(readFileSync(path));
    }
  };
  for (const folder of ['schemas', 'topology', 'services']) walk(join(ROOT, folder));
  return hash.digest('hex');
}

const SYNTHETIC_BARS = 30 * 1440;
const SYNTHETIC_INSTRUMENT = 'BTC-USDT';
const SYNTHETIC_START = 1_735_689_600_000_000;

function syntheticMarket(scenario: string, request: BacktestRequest, pin: string | null): Market {
  const known = SCENARIOS.find((name) => name === scenario);
  if (known === undefined) throw new RangeError(`--synthetic ${scenario}: expected one of ${SCENARIOS.join(', ')}`);
  const series = [syntheticSeries(syntheticOf(known, request.seed))];
  return {
    series,
    options: { regime_pin: pin, ...untilOf(request) },
    bars: SYNTHETIC_BARS,
    warnings: [],
    data_hash: dataHash(series),
    instruments: [{ instrument: SYNTHETIC_INSTRUMENT, venue: 'sim', quote: 'USDT' }],
    assumptions: [`market: synthetic, scenario ${scenario}, seed ${request.seed}`],
    candle_mode: true,
  };
}

function syntheticOf(scenario: Scenario, seed: number) {
  return {
    facts: syntheticFacts(SYNTHETIC_INSTRUMENT),
    assumed: { spread_bps: 10, depth_usd: decimal('200000') },
    scenario,
    seed,
    start_price: 40_000,
    volume: 30,
    from: SYNTHETIC_START,
    minutes: SYNTHETIC_BARS,
  };
}

function untilOf(request: BacktestRequest): { until?: Micros } {
  return request.until === null ? {} : { until: request.until };
}

function recordedMarket(inputs: readonly string[], request: BacktestRequest, pin: string | null): Market {
  const manifests = inputs.map((path) => readManifest(path));
  const replay = openReplay(manifests, { gaps: request.gaps });
  const errors = errorsOf(replay.findings);
  if (errors.length > 0) throw new DataError(errors);
  const instruments = manifests.flatMap((m) => m.instruments.map(({ facts }) => facts));
  return {
    series: replay.series,
    // The regime of all is that of the bitcoin they trade, or of the first instrument.
    options: {
      regime_pin: pin,
      regime_benchmark: (instruments.find((i) => i.base === 'BTC') ?? instruments[0])?.instrument ?? '',
      ...untilOf(request),
    },
    bars: replay.quality.reduce((n, q) => n + q.bars, 0),
    warnings: replay.findings,
    data_hash: replay.data_hash ?? '',
    instruments,
    assumptions: replay.quality.map(
      (q) =>
        `data: ${q.instrument}, ${q.bars} bars of ${q.interval}${q.from === null || q.to === null ? '' : `, ${formatTime(q.from).slice(0, 10)} to ${formatTime(q.to).slice(0, 10)}`}, ${(100 * q.gap_share).toFixed(2)} % missing, ${q.quotes === 0 ? 'no quotes: spread and depth assumed' : 'recorded touch, depth assumed'}`,
    ),
    candle_mode: replay.quality.every((q) => q.quotes === 0),
  };
}

/** Reads policy and data. Throws PolicyFileError, DataError, or a RangeError naming the option. */
export function backtestSetup(request: BacktestRequest): BacktestSetup {
  const shipped = request.inputs.length === 0;
  const pin = request.regime_pin ?? (shipped ? 'chop_normal' : null);
  const policyName = request.policy ?? (shipped ? 'demo' : 'paper');
  const policy = loadPolicy(policyName);
  const market =
    request.synthetic === null
      ? recordedMarket(shipped ? [SHIPPED_MONTH] : request.inputs, request, pin)
      : syntheticMarket(request.synthetic, request, pin);
  const quotes = [...new Set(market.instruments.map((i) => i.quote))];
  const [currency] = quotes;
  if (currency === undefined || quotes.length > 1) {
    throw new RangeError(`inputs: quote currencies ${quotes.join(', ')}: one portfolio has one currency, expected one`);
  }
  const sent =
    request.signals === null ? [] : sentSignals(request.signals, firstTime(marketEvents(market.series, market.options)));
  const config = {
    signals: request.signals === null ? null : sha256Hex(readFileSync(request.signals)),
    cash: request.cash.toString(),
    portfolio: request.portfolio,
    policy_hash: policy.policy_hash,
    regime_pin: pin,
    strategies: [...request.strategies],
    until: request.until,
  };
  const run_id = runId({
    code_hash: codeHash(),
    config_hash: contentHash(config),
    data_hash: market.data_hash,
    run_kind: request.run_kind,
    seed: request.seed,
  });
  const deployment: Deployment = {
    run_id,
    mode: 'backtest',
    currency,
    partitions: 1,
    portfolios: [{ portfolio: request.portfolio, ordinal: 0, cash: request.cash, policy }],
    instruments: market.instruments.map((i) => i.instrument),
    venues: [...new Set(market.instruments.map((i) => i.venue))],
    sources: EXAMPLE_SOURCES,
    strategies: request.strategies,
    base_interval: '1m',
    base_interval_us: MINUTE,
    candle_mode: market.candle_mode,
    learning: policy.policy.profile !== 'bench',
    claim: 'backtest',
  };
  const assumptions = [
    ...market.assumptions,
    `policy: ${policyName} ${policy.policy_hash.slice(0, 12)}`,
    pin === null ? 'regime: measured; unknown until 30 days of bars are there' : `regime: pinned to ${pin}, not measured`,
    ...(request.signals === null ? [] : [`signals: ${sent.length} sent from ${request.signals}`]),
    'fills: simulated exchange, costs and fill probabilities uncalibrated',
    'software stops act on the close of a bar',
  ];
  return {
    deployment,
    series: market.series,
    market: market.options,
    sent,
    bars: market.bars,
    warnings: market.warnings,
    data_hash: market.data_hash,
    seed: request.seed,
    assumptions,
  };
}

/** A new pass over the market each time it is called. */
export function eventsOfSetup(setup: Pick<BacktestSetup, 'series' | 'market'>): Iterable<MarketEvent> {
  return marketEvents(setup.series, setup.market);
}

export function firstTime(events: Iterable<MarketEvent>): Micros {
  for (const { at } of events) return at;
  return 0;
}
