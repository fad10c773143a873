// The simulated account: balances, margin, liquidation and funding, alone and through the stage.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../schemas/ids.ts';
import { decimal as d, mulDiv, SCALE } from '../../../schemas/money.ts';
import type { InstrumentInfo, OrderCommand } from '../../../schemas/records.generated.ts';
import { HOUR, MINUTE } from '../../../schemas/time.ts';
import { exactBps } from '../../costs/table.ts';
import {
  type Bench,
  brief,
  CLOSING,
  candle,
  derivatives,
  derived,
  INSTRUMENT,
  type PolicyTerms,
  placing,
  ready,
  T0,
  taking,
} from '../example.ts';
import { reconciliationOf } from '../reconcile.ts';
import { type Account, applyFill, applyFlow, feeOn, freeOf, marginFor, newAccount } from './account.ts';
import { fundingAmount } from './funding.ts';

const SPOT: Partial<InstrumentInfo> = { kind: 'spot' };

function bench(terms: PolicyTerms, cash: string, info: Partial<InstrumentInfo> = {}): Bench {
  const b = ready({ fees: { default: { maker: 0, taker: 60 } }, ...terms }, { cash, info });
  b.quote(derived('99.95', '100.05', T0));
  return b;
}
const answerOf = (b: Bench, changes: Partial<OrderCommand>) => brief(b.order(placing({}, changes))).at(-1);

describe('balance on acceptance', () => {
  // 1 at 100 and the taker fee of 60 bps.
  test.each([
    ['spot buy', {}, '100.6', 'ACCEPTED'],
    ['spot buy, a unit short', {}, '100.599999999999', 'REJECTED BALANCE_INSUFFICIENT'],
    [
      'spot sale of nothing',
      { side: 'SELL', collar_price: d('1'), limit_price: d('101') },
      '1000',
      'REJECTED BALANCE_INSUFFICIENT',
    ],
  ] as const)('%s with %s', (_name, changes, cash, expected) => {
    expect(answerOf(bench({}, cash, SPOT), changes)).toBe(expected);
  });
  test.each([
    ['no leverage', {}, '100.6', 'ACCEPTED'],
    ['no leverage, a unit short', {}, '100.599999999999', 'REJECTED BALANCE_INSUFFICIENT'],
    ['leverage 5', { leverage: 5 }, '20.6', 'ACCEPTED'],
    ['leverage 5, a unit short', { leverage: 5 }, '20.599999999999', 'REJECTED BALANCE_INSUFFICIENT'],
  ])('perpetual, %s', (_name, terms, cash, expected) => {
    expect(answerOf(bench(terms, cash), {})).toBe(expected);
  });
  test('the venue’s maximum bounds the leverage', () => {
    expect(answerOf(bench({ leverage: 5 }, '20.6', { max_leverage: 2 }), {})).toBe('REJECTED BALANCE_INSUFFICIENT');
  });
  test('what rests is reserved, and free again when it ends', () => {
    const b = bench({}, '150');
    b.order(placing({}));
    expect(brief(b.order(placing({ attempt: 2 }))).at(-1)).toBe('REJECTED BALANCE_INSUFFICIENT');
    const account = b.state.portfolios.get('paper-1')?.account ?? newAccount();
    expect(freeOf(account, 'USDT')).toBe(d('49.4'));
    b.candle(candle(0, '100', '101', '99', '100'));
    // Filled as maker, free of charge: the margin stays, the reserved fee does not.
    expect(freeOf(account, 'USDT')).toBe(d('50'));
  });
  test('a spot fill swaps the assets', () => {
    const b = bench({}, '1000', SPOT);
    b.order(placing({}, taking('101')));
    b.candle(candle(0, '100', '100', '100', '100'));
    const account = b.state.portfolios.get('paper-1')?.account;
    expect(account?.cash.get('BTC')).toBe(d('1'));
    expect(account?.cash.get('USDT')).toBe(d('1000') - d('100.1') - d('0.6006'));
  });
  test('a reduce-only order without a position is refused', () => {
    expect(answerOf(bench({}, '1000'), { ...CLOSING, limit_price: d('101') })).toBe('REJECTED REDUCE_ONLY_REFUSED');
  });
});

describe('liquidation', () => {
  function position(leverage: number, side: 'BUY' | 'SELL'): Bench {
    const b = bench({ leverage, fees: { default: { maker: 0, taker: 0 } } }, '1000');
    const open = side === 'BUY' ? '99.9' : '100.11';
    b.order(placing({}, taking(side === 'BUY' ? '101' : '99', { side, position_side: side === 'BUY' ? 'LONG' : 'SHORT' })));
    b.candle(candle(0, open, open, open, open));
    return b;
  }
  test('long 100 with leverage 5: the limit is 80.4020', () => {
    const b = position(5, 'BUY');
    const holding = b.state.portfolios.get('paper-1')?.account.holdings.get(INSTRUMENT);
    expect(holding?.cost).toBe(d('100'));
    expect(holding?.liquidation_price).toBe(d('80.402010050251'));
    expect(b.candle(candle(1, '90', '90', '80.41', '85'))).toEqual([]);
    // The bar's worst price less 10 bps of `market`, to the tick.
    const events = b.candle(candle(2, '85', '85', '80.40', '81'));
    expect(brief(events)).toEqual(['LIQUIDATED 1 @ 80.31 TAKER']);
    expect(b.state.portfolios.get('paper-1')?.account.holdings.size).toBe(0);
  });
  test('short 100 with leverage 1: twice the price over 1.005', () => {
    const b = position(1, 'SELL');
    expect(b.state.portfolios.get('paper-1')?.account.holdings.get(INSTRUMENT)?.liquidation_price).toBe(d('199.004975124379'));
  });
  test('a long without leverage is never liquidated', () => {
    expect(position(1, 'BUY').candle(candle(1, '1', '1', '0.01', '1'))).toEqual([]);
  });
  test('what only reduced goes with the position', () => {
    const b = position(5, 'BUY');
    b.order(placing({ leg: 'exit', at: T0 + MINUTE }, { ...CLOSING, limit_price: d('110') }));
    expect(brief(b.candle(candle(1, '90', '90', '80', '85')))).toEqual([
      'LIQUIDATED 1 @ 79.92 TAKER',
      'CANCELED REDUCE_ONLY_REFUSED',
    ]);
  });
});

describe('funding', () => {
  test.each([
    ['2', '-10'],
    ['-2', '10'],
  ])('quantity %s at 50 000 and .0001: %s', (quantity, amount) => {
    expect(fundingAmount(d(quantity), d('50000'), 0.0001)).toBe(d(amount));
  });
  function long(): Bench {
    const b = bench({}, '1000');
    b.order(placing({}, taking('101')));
    b.candle(candle(0, '100', '100', '100', '100'));
    return b;
  }
  test('once at each funding time, by the last rate and mark before it', () => {
    const b = long();
    const next = T0 + HOUR;
    expect(b.feed('DerivativesState', derivatives(0.0001, '100', T0 + 2 * MINUTE, next), T0 + 2 * MINUTE)).toEqual([]);
    const events = b.feed('DerivativesState', derivatives(0.5, '999', next + 1, next + 8 * HOUR), next + 1);
    expect(events).toMatchObject([
      { type: 'FUNDING', venue_at: next, funding: { amount: d('-0.01'), asset: 'USDT', quantity: d('1') } },
    ]);
    expect(b.feed('DerivativesState', derivatives(0.5, '999', next + 2, next + 8 * HOUR), next + 2)).toEqual([]);
    expect(b.state.portfolios.get('paper-1')?.account.cash.get('USDT')).toBe(d('1000') - d('0.6006') - d('0.01'));
  });
  test('a rate older than its interval counts as unknown', () => {
    const b = long();
    const next = T0 + 10 * HOUR;
    b.feed('DerivativesState', derivatives(0.0001, '100', T0 + MINUTE, next), T0 + MINUTE);
    const [event] = b.feed('DerivativesState', derivatives(0.0001, '100', next, next + 8 * HOUR), next);
    expect(event).toMatchObject({ type: 'FUNDING', reason: 'FUNDING_UNKNOWN', funding: { amount: 0n, rate: null } });
  });
});

test('fees and margins are the exact shares of a value', () => {
  const values = fc.bigInt(0n, 10n ** 30n);
  const hundredths = fc.integer({ min: 0, max: 200_000 });
  fc.assert(
    fc.property(values, hundredths, fc.integer({ min: 100, max: 12_500 }), (value, rate, leverage_pct) => {
      expect(feeOn(value, rate / 100)).toBe(mulDiv(value, exactBps(rate / 100), 10_000n * SCALE));
      expect(marginFor(value, leverage_pct)).toBe((value * 100n) / BigInt(leverage_pct));
      expect(marginFor(value, 100)).toBe((value * 100n) / 100n);
    }),
  );
});

/** Any run of fills leaves the cash that the sum of flows, fills and fees says, and the position that the quantities say. */
test('cash and sums agree after any fills', () => {
  const fill = fc.record({
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    price: fc.bigInt(1n, 10n ** 17n),
    quantity: fc.bigInt(1n, 10n ** 15n),
    fee: fc.bigInt(0n, 10n ** 12n),
  });
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 30 }), fc.constantFrom('perp' as const, 'spot' as const), (fills, kind) => {
      const account: Account = newAccount();
      applyFlow(account, 'USDT', d('1000'));
      let quantity = 0n;
      for (const [i, f] of fills.entries()) {
        applyFill(account, {
          ...f,
          fill_id: String(i),
          instrument: 'X',
          kind,
          base: 'BTC',
          quote: 'USDT',
          leverage_pct: 100,
          position_id: (id) => id,
        });
        quantity += f.side === 'BUY' ? f.quantity : -f.quantity;
      }
      const holding = account.holdings.get('X');
      expect(holding?.quantity ?? 0n).toBe(quantity);
      const cost = kind === 'perp' ? (holding?.cost ?? 0n) : 0n;
      expect(account.cash.get('USDT')).toBe((account.sums.get('USDT') ?? 0n) + cost);
      expect(account.cash.get('BTC') ?? 0n).toBe(kind === 'perp' ? 0n : quantity);
    }),
  );
});

describe('reconciliation', () => {
  test('reports cash, positions and open orders, clean', () => {
    const b = bench({}, '1000');
    b.order(placing({}, taking('101')));
    b.candle(candle(0, '100', '100', '100', '100'));
    b.order(placing({ leg: 'exit', at: T0 + MINUTE }, { ...CLOSING, limit_price: d('110') }));
    const portfolio = b.state.portfolios.get('paper-1');
    if (portfolio === undefined) throw new Error('no portfolio');
    const verdict = reconciliationOf(portfolio, 'LIGHT');
    expect(verdict).toMatchObject({
      clean: true,
      assets: [{ asset: 'USDT', actual: d('999.3994'), diff: 0n }],
      positions: [{ instrument: INSTRUMENT, quantity: d('1'), average_price: d('100.1') }],
      open_orders: [{ side: 'SELL', quantity: d('1'), filled_quantity: 0n }],
    });
    const [order] = portfolio.orders.values();
    const evidence = {
      assets: [['USDT', '999.3994']],
      positions: [[INSTRUMENT, '1']],
      orders: [[order?.client_order_id ?? '', '0']],
    };
    expect(verdict.evidence_hash).toBe(contentHash(evidence));
    portfolio.account.cash.set('A "quoted" asset', d('1.5'));
    const two = { ...evidence, assets: [['A "quoted" asset', '1.5'], ...evidence.assets] };
    expect(reconciliationOf(portfolio, 'LIGHT').evidence_hash).toBe(contentHash(two));
  });
  test('a difference between the two books is named', () => {
    const b = bench({}, '1000');
    const portfolio = b.state.portfolios.get('paper-1');
    if (portfolio === undefined) throw new Error('no portfolio');
    portfolio.account.cash.set('USDT', d('1000.010000000001'));
    expect(reconciliationOf(portfolio, 'FULL')).toMatchObject({
      clean: false,
      findings: [{ asset: 'USDT', delta: d('0.010000000001') }],
    });
    portfolio.account.cash.set('USDT', d('1000.01'));
    expect(reconciliationOf(portfolio, 'FULL').clean).toBe(true);
  });
});
