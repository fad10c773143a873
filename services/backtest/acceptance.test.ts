// What a backtest of the shipped data must show: trades whose attribution is exact, the same bytes again, and gaps that are refused.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal, formatDecimal, type Money, mulFloor } from '../../schemas/money.ts';
import { formatTime, MINUTE, parseTime } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { weir } from './crash/weir-child.ts';
import { type Ran, runInMemory, valuesOf } from './example.ts';
import { type BacktestRequest, backtestSetup, DataError, STANDARD_REQUEST } from './setup.ts';
import { LEGS } from './summary.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-acceptance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASH = decimal('10000');
const standard: BacktestRequest = { ...STANDARD_REQUEST, cash: CASH };

/** Cash in and out by the fills alone: what the books must agree with. */
function cashOfFills(ran: Ran): Money {
  let cash = 0n;
  for (const event of valuesOf(ran, 'OrderEvent')) {
    if (event.type !== 'FILL' || event.price === null || event.quantity === null) continue;
    const value = mulFloor(event.price, event.quantity);
    cash += (event.side === 'SELL' ? value : -value) - (event.fee ?? 0n);
  }
  return cash;
}

function expectExactAttribution(ran: Ran): void {
  for (const trade of valuesOf(ran, 'Trade')) {
    const legs = LEGS.reduce((sum, [leg]) => sum + trade[leg], 0n);
    expect(formatDecimal(legs), trade.trade_id).toBe(formatDecimal(trade.net));
    expect(trade.missing, trade.trade_id).toEqual([]);
  }
  expect(ran.portfolio.ledger.trades_net).toBe(valuesOf(ran, 'Trade').reduce((sum, { net }) => sum + net, 0n));
  expect(formatDecimal(ran.portfolio.ledger.cash)).toBe(formatDecimal(CASH + cashOfFills(ran)));
}

/** The run id is compared too: it tells a changed code from a run that is not deterministic. */
async function expectSameElsewhere({ run_id, hashes }: Ran, words: readonly string[]): Promise<void> {
  const ended = await weir('backtest', 'run', '--json', '--quiet', ...words);
  expect(ended.code, ended.stderr).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ run_id, hashes });
}

describe('the shipped month', () => {
  let ran: Ran;
  beforeAll(() => {
    ran = runInMemory(backtestSetup(standard));
  }, 120_000);

  it('trades, and every strategy has a decision', () => {
    expect(ran.summary.trades).toBeGreaterThanOrEqual(10);
    expect(ran.summary.strategies).toEqual(['breakout', 'momentum', 'rsi_mean_reversion', 'sma_cross']);
    expect(ran.summary.wins).toBeGreaterThan(0);
    expect(ran.summary.losses).toBeGreaterThan(0);
  });

  it('refuses for at least five reasons', () => {
    expect(ran.summary.refusals.length, ran.summary.refusals.join(' ')).toBeGreaterThanOrEqual(5);
  });

  it('attributes every trade exactly, and nets to what the ledger holds', () => {
    expectExactAttribution(ran);
    const { ledger } = ran.portfolio;
    expect(ledger.positions.size).toBe(0);
    // Flat, so nothing but closed trades can have moved the cash.
    expect(formatDecimal(ledger.cash - CASH)).toBe(ran.summary.net);
    expect(ran.summary.residual).toBe('0');
  });

  it('writes the same bytes in another process', async () => {
    await expectSameElsewhere(ran, []);
  });
});

/** A record without its place in the log, nor the places of others that it names. */
function withoutPositions(record: AnyEnvelope): unknown {
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]) =>
        name === 'journal' || name === 'offset' || name.endsWith('_offset') ? [] : [[name, strip(inner)]],
      ),
    );
  };
  const { topic, type, key, id, cause, trace, value } = record;
  return { topic, type, key, id, cause, trace, value: strip(value) };
}

describe('ticks', () => {
  it('at every second lead to the same records as ticks where something is due', { timeout: 120_000 }, () => {
    const setup = backtestSetup({ ...standard, until: parseTime('2022-01-08T00:00:00Z') });
    const told = (ran: Ran) => ran.records.filter(({ type }) => type !== 'Tick').map(withoutPositions);
    const sparse = runInMemory(setup);
    const dense = runInMemory(setup, 'dense');
    expect(valuesOf(dense, 'Tick').length).toBeGreaterThan(10 * valuesOf(sparse, 'Tick').length);
    expect(valuesOf(sparse, 'Trade').length).toBeGreaterThan(0);
    expect(told(dense)).toEqual(told(sparse));
  });
});

const COINBASE = fileURLToPath(new URL('../market/samples/coinbase-2018-04.yaml', import.meta.url));
const gaps = { max_gap_share: 0.15, max_gap_bars: 440 };
const GAP_WORDS = ['--max-gap-share', '0.15', '--max-gap-bars', '440'];
const coinbase: BacktestRequest = { ...standard, inputs: [COINBASE], gaps };

describe('three days of spot pairs with gaps', () => {
  it('are refused by default, each instrument with its share and its longest gap', () => {
    const opened = () => backtestSetup({ ...coinbase, gaps: standard.gaps });
    expect(opened).toThrow(DataError);
    try {
      opened();
    } catch (error) {
      const findings = (error as DataError).findings;
      expect(findings.map(({ code, file }) => `${code} ${file.slice(9, 12)}`)).toEqual(
        ['BTC', 'ETH', 'LTC'].flatMap((name) => [`DATA_GAP ${name}`, `DATA_GAP ${name}`]),
      );
    }
  });

  it.each([
    ['a share just below the longest', { ...gaps, max_gap_share: 0.1496 }],
    ['one bar less than the longest gap', { ...gaps, max_gap_bars: 431 }],
  ])('are refused with %s', (_, limits) => {
    expect(() => backtestSetup({ ...coinbase, gaps: limits })).toThrow(/DATA_GAP/);
  });

  it('run when the gap is accepted to the bar', () => {
    expect(backtestSetup({ ...coinbase, gaps: { max_gap_share: 0.15, max_gap_bars: 432 } }).bars).toBe(10_223);
  });

  it('run under the paper policy, the same in another process', async () => {
    const ran = runInMemory(backtestSetup(coinbase));
    expect(ran.summary.bars).toBe(10_223);
    expect(ran.summary.signals).toBeGreaterThan(0);
    expectExactAttribution(ran);
    await expectSameElsewhere(ran, ['--input', COINBASE, ...GAP_WORDS]);
  });

  it('trade on an outside source, with stale and missing prices refused and exact attribution', async () => {
    const policy = join(folder, 'taker.yaml');
    // Quotes come once a minute: what rests for seconds cannot be filled by them, so everything takes.
    writeFileSync(
      policy,
      `extends: paper
execution: { route: TAKER_ONLY, exit_route: TAKER_ONLY }
volatility: { max_move_bps: null, max_annual_bps: null }
pacing: { global_s: 0, symbol_s: 0, per_hour: null, per_day: null, repeated: null }
cooldown: { win_s: 0, loss_s: 0, stop_s: 0, catastrophic_s: 0 }
streak: { pauses: [] }
`,
    );
    const signals = join(folder, 'signals.jsonl');
    const start = parseTime('2018-04-04T01:00:00Z') ?? 0;
    const line = (i: number): string =>
      JSON.stringify({
        instrument: ['BTC-USD', 'ETH-USD', 'LTC-USD'][i % 3],
        direction: 'long',
        source: 'my_bot',
        event_time: formatTime(start + i * 47 * MINUTE),
        signal_type: 'breakout',
        confidence: 0.8,
        strength: 0.7,
      });
    writeFileSync(signals, Array.from({ length: 90 }, (_, i) => `${line(i)}\n`).join(''));
    const ran = runInMemory(backtestSetup({ ...coinbase, policy, signals }));
    expect(ran.summary.trades).toBeGreaterThan(0);
    expect(ran.summary.fills).toBeGreaterThanOrEqual(4);
    expect(ran.summary.refusals).toEqual(expect.arrayContaining(['BARS_STALE', 'DATA_SILENCE', 'LISTED_UNKNOWN', 'QUOTE_STALE']));
    // Its data ends a day early: it is to be closed at whatever price, and no venue without a price may fill that.
    expect(Object.keys(ran.summary.decisions)).toContain('EXIT EXECUTE EXIT_UNPRICED');
    expect(ran.portfolio.ledger.positions.has('ETH-USD')).toBe(true);
    expectExactAttribution(ran);
    const words = ['--input', COINBASE, '--policy', policy, '--signals', signals, ...GAP_WORDS];
    await expectSameElsewhere(ran, words);
  });
});
