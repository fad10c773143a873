// The last look through the stage: one row per reason, and its border.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../schemas/money.ts';
import type { InstrumentInfo, OrderCommand, Quote } from '../../schemas/records.generated.ts';
import { DAY, MINUTE, SECOND } from '../../schemas/time.ts';
import {
  type Bench,
  brief,
  CLOSING,
  cashFlow,
  derived,
  info,
  type PolicyTerms,
  placing,
  policyActivated,
  quote,
  ready,
  T0,
  taking,
} from './example.ts';

interface Row {
  readonly command?: Partial<OrderCommand>;
  readonly quote?: Quote | null;
  readonly info?: Partial<InstrumentInfo>;
  readonly policy?: PolicyTerms;
  readonly at?: number;
}

function benchOf(row: Row): Bench {
  const bench = ready(row.policy, { info: row.info ?? {} });
  const seen = row.quote === undefined ? quote('99.95', '100.05', T0) : row.quote;
  if (seen !== null) bench.quote(seen);
  return bench;
}

function answer(row: Row): string {
  const [first] = brief(benchOf(row).order(placing({}, row.command), row.at ?? T0));
  return first ?? '';
}

const TAKER = taking('101');
const depth = (ask: string) => [{ band_bps: 20, bid_usd: d('1000000'), ask_usd: d(ask) }];

describe('first failure answers', () => {
  test.each<[string, Row, string]>([
    ['all well', {}, 'SUBMITTING'],
    ['a broken command', { command: { leg: null } }, 'DENIED ORDER_COMMAND_INVALID'],
    ['a moment before its end', { at: T0 + 10 * SECOND - 1 }, 'SUBMITTING'],
    ['at its end', { at: T0 + 10 * SECOND }, 'DENIED COMMAND_EXPIRED'],
    ['another mode', { command: { mode: 'paper' } }, 'DENIED MODE_MISMATCH'],
    ['a backtest elsewhere', { command: { backend: 'TESTNET' } }, 'DENIED MODE_MISMATCH'],
    ['another account', { command: { account: 'x' } }, 'DENIED MODE_MISMATCH'],
    ['venue facts a day old', { info: { facts_at: T0 - DAY } }, 'SUBMITTING'],
    ['venue facts older', { info: { facts_at: T0 - DAY - 1 } }, 'DENIED INSTRUMENT_INFO_STALE'],
    ['halted', { info: { status: 'HALTED' } }, 'DENIED FILTER_STATUS'],
    ['post-only market', { info: { status: 'POST_ONLY' } }, 'DENIED FILTER_STATUS'],
    ['no quote', { quote: null }, 'DENIED QUOTE_STALE'],
    ['quote at the limit', { quote: quote('99.95', '100.05', T0 - 30 * SECOND) }, 'SUBMITTING'],
    ['quote older', { quote: quote('99.95', '100.05', T0 - 30 * SECOND - 1) }, 'DENIED QUOTE_STALE'],
    ['price of a bar at the limit', { quote: derived('99.95', '100.05', T0 - 2 * MINUTE) }, 'SUBMITTING'],
    ['price of a bar older', { quote: derived('99.95', '100.05', T0 - 2 * MINUTE - 1) }, 'DENIED QUOTE_STALE'],
    ['quote 1 s ahead', { quote: quote('99.95', '100.05', T0 + SECOND) }, 'SUBMITTING'],
    ['quote further ahead', { quote: quote('99.95', '100.05', T0 + SECOND + 1) }, 'DENIED QUOTE_FROM_FUTURE'],
    ['spread at the limit', { quote: quote('99.6', '100.4', T0), command: { limit_price: d('99') } }, 'SUBMITTING'],
    ['spread wider', { quote: quote('99.59', '100.4', T0), command: { limit_price: d('99') } }, 'DENIED SPREAD_TOO_WIDE'],
    ['depth twice the size', { quote: quote('99.95', '100.05', T0, { depth: depth('200.1') }) }, 'SUBMITTING'],
    ['depth less', { quote: quote('99.95', '100.05', T0, { depth: depth('200.09') }) }, 'DENIED DEPTH_TOO_THIN'],
    ['depth unknown', { quote: quote('99.95', '100.05', T0, { depth: [] }) }, 'DENIED DEPTH_TOO_THIN'],
    [
      'depth not asked for',
      { quote: quote('99.95', '100.05', T0, { depth: [] }), policy: { execution: { depth_multiple_min: 0 } } },
      'SUBMITTING',
    ],
    ['no reference', { command: { reference_bid: null } }, 'DENIED PRICE_REFERENCE_STALE'],
    ['reference 0', { command: { reference_bid: 0n } }, 'DENIED PRICE_REFERENCE_STALE'],
    ['reference a minute old', { command: { reference_at: T0 - MINUTE } }, 'SUBMITTING'],
    ['reference older', { command: { reference_at: T0 - MINUTE - 1 } }, 'DENIED PRICE_REFERENCE_STALE'],
    ['too small', { command: { quantity: d('0.0009') } }, 'DENIED FILTER_STEP'],
    ['price at the collar', { command: { collar_price: d('100') } }, 'SUBMITTING'],
    ['price beyond it', { command: { collar_price: d('99.99') } }, 'DENIED PRICE_OUTSIDE_COLLAR'],
    ['touch at the collar', { command: taking('100.05') }, 'SUBMITTING'],
    ['touch beyond it', { command: taking('100.04') }, 'DENIED PRICE_OUTSIDE_COLLAR'],
    ['taker within budget', { command: TAKER, policy: { budget_bps: { T1: 63 } } }, 'SUBMITTING'],
    [
      'half spread 5 and fee 60 over 60 + 2',
      { command: TAKER, policy: { budget_bps: { T1: 60 } } },
      'DENIED TAKER_BUDGET_EXCEEDED',
    ],
  ])('%s', (_name, row, expected) => {
    expect(answer(row)).toBe(expected);
  });
});

describe('taker gate at fee 60 with budgets 60, 95, 120', () => {
  const budget_bps = { T1: 60, T2: 95, T3: 120 };
  /** A quote whose half spread is that many basis points of a mid of 10 000. */
  const around = (half: string) => {
    const from = d('10000');
    return quote('10000', '10000', T0, { bid: from - d(half), ask: from + d(half) });
  };
  test.each([
    ['T1', '2', 'SUBMITTING'],
    ['T1', '2.5', 'DENIED TAKER_BUDGET_EXCEEDED'],
    ['T2', '37', 'SUBMITTING'],
    ['T2', '37.01', 'DENIED TAKER_BUDGET_EXCEEDED'],
    ['T3', '50', 'SUBMITTING'],
    // Passes the budget of T3, and fails by slippage.
    ['T3', '62', 'DENIED TAKER_BUDGET_EXCEEDED'],
  ] as const)('%s, half spread %s: %s', (tier, half, expected) => {
    const command = taking('20000', { tier, quantity: d('0.1') });
    expect(answer({ command, quote: around(half), policy: { budget_bps, execution: { spread_bps_max: 200 } } })).toBe(expected);
  });
});

describe('closings', () => {
  const close: Partial<OrderCommand> = {
    ...CLOSING,
    order_type: 'LIMIT',
    time_in_force: 'IOC',
    price_rule: 'CROSS',
    limit_price: null,
    valid_until: T0 + MINUTE,
  };
  test.each<[string, Row, string | null]>([
    ['pay at most the collar of the first attempt', { command: close }, '98.96'],
    ['of the fifth', { command: { ...close, attempt: 5 } }, '79.96'],
    ['and of every later one', { command: { ...close, attempt: 9 } }, '79.96'],
    ['or what the command says', { command: { ...close, collar_bps: 50 } }, '99.46'],
    [
      'go to the market where no quote is a minute young',
      { command: close, quote: quote('99.95', '100.05', T0 - MINUTE - 1) },
      null,
    ],
    [
      'pass a stale and thin market',
      { command: close, quote: quote('99.95', '100.05', T0 - 31 * SECOND, { depth: [] }) },
      '98.96',
    ],
    ['pass old venue facts', { command: close, info: { facts_at: T0 - 2 * DAY } }, '98.96'],
  ])('%s', (_name, row, price) => {
    const of = row.command?.attempt ?? 1;
    const [event] = benchOf(row).order(placing({ leg: 'exit', attempt: of }, row.command), T0);
    expect(event).toMatchObject({
      type: 'SUBMITTING',
      price: price === null ? null : d(price),
      reason: price === null ? 'EXIT_UNPRICED' : '',
    });
  });
  test('need the venue to accept orders at all', () => {
    expect(answer({ command: close, info: { status: 'CANCEL_ONLY' } })).toBe('DENIED FILTER_STATUS');
  });
});

test('PASSIVE rests one tick away, two after it would have crossed', () => {
  const passive: Partial<OrderCommand> = { price_rule: 'PASSIVE', limit_price: null };
  const bench = benchOf({});
  expect(bench.order(placing({}, passive))[0]?.price).toBe(d('99.94'));
  expect(bench.order(placing({ attempt: 2 }, { ...passive, route_step: 'POST_ONLY_AGAIN' }))[0]?.price).toBe(d('99.93'));
});

test('a notional becomes whole steps at the resolved price', () => {
  const bench = benchOf({});
  expect(bench.order(placing({}, { quantity: null, quote_notional: d('250.09') }))[0]?.quantity).toBe(d('2.5'));
});

test('an opening that would trade with an own resting order is denied', () => {
  const bench = benchOf({});
  bench.order(placing({}, { side: 'SELL', limit_price: d('100.06'), collar_price: d('99') }));
  expect(brief(bench.order(placing({ attempt: 2 }, taking('100.06'))))).toEqual(['DENIED SELF_TRADE']);
  expect(brief(bench.order(placing({ attempt: 3 }, taking('100.05'))))[0]).toBe('SUBMITTING');
});

test('an expected cost stands beside what was sent', () => {
  const [event] = benchOf({}).order(placing({}, TAKER));
  expect(event).toMatchObject({
    spread_bps: 10,
    expected_slippage_bps: 5,
    expected_fee_bps: 60,
    bid: d('99.95'),
    ask_size: d('10'),
    quote_at: T0,
    claim: 'claim-1',
    send_deadline_at: T0 + 3 * SECOND,
  });
});

test('SHADOW does everything but the call', () => {
  const of = { mode: 'paper', backend: 'SHADOW' } as const;
  const bench = ready();
  bench.feed('CashFlow', { ...cashFlow('1'), mode: 'paper', portfolio: 'paper-2' }, T0);
  bench.feed('PolicyActivated', { ...policyActivated(), mode: 'paper', portfolio: 'paper-2' }, T0);
  bench.quote(quote('99.95', '100.05', T0));
  const own = { ...of, portfolio: 'paper-2', account: 'paper-2' };
  const [would] = bench.order(placing({}, own));
  expect(would).toMatchObject({
    type: 'SHADOWED',
    shadow: { would_place: true, price: d('100'), quantity: d('1'), spread_ok: true },
  });
  const [not] = bench.order(placing({ attempt: 2 }, { ...own, ...taking('100') }));
  expect(not?.shadow).toMatchObject({ would_place: false, refusal_code: 'PRICE_OUTSIDE_COLLAR' });
});

test('info is known by the instrument, not by its name', () => {
  const bench = ready();
  bench.feed('InstrumentInfo', info({ instrument: 'OTHER' }), T0);
  expect(brief(bench.order(placing({}, { instrument: 'UNSEEN' })))).toEqual(['DENIED INSTRUMENT_INFO_STALE']);
});
