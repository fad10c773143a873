// Over random lives of a ledger: fills sum to the quantity, cash is conserved, order and repetition of fills do not matter.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mul } from '../../../schemas/money.ts';
import { assertLedger } from './assertion.ts';
import { bookCashFlow } from './cash-flows.ts';
import { markedNav } from './equity.ts';
import { book, bytesOf, exampleFill, exampleLedger, MAX_AGE_US, mark, show, T0 } from './example.ts';
import type { BookedFill, Ledger } from './ledger.ts';

const amount = (max: bigint) => fc.bigInt(1n, max);
const priceOf = amount(2_000_000_000_000_000n);
const quantityOf = amount(5_000_000_000_000n);
const feeOf = fc.bigInt(-1_000_000_000n, 1_000_000_000_000n);

const fillOf = fc.record({
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  quantity: quantityOf,
  price: priceOf,
  fee: feeOf,
  fee_asset: fc.constantFrom('USDT', 'X'),
  fee_rate: fc.option(amount(900_000_000_000_000n), { nil: null }),
  instrument: fc.constantFrom('A', 'B'),
});
const stepOf = fc.oneof(
  fillOf.map((fill) => ({ fill })),
  fc.record({
    mark: priceOf,
    instrument: fc.constantFrom('A', 'B'),
    rate: fc.option(amount(900_000_000_000_000n), { nil: null }),
  }),
  fc.record({ flow: fc.bigInt(-5_000_000_000_000n, 50_000_000_000_000n) }),
);

function perp(fill: Partial<BookedFill> & { side: 'BUY' | 'SELL' }): BookedFill {
  return { ...exampleFill(fill.side, '1', '1'), kind: 'perp', ...fill };
}

function take(l: Ledger, step: typeof stepOf extends fc.Arbitrary<infer T> ? T : never): void {
  if ('fill' in step) book(l, perp(step.fill));
  else if ('mark' in step)
    mark(l, show(step.mark), T0, step.rate === null ? {} : { fee_rates: { X: step.rate } }, step.instrument);
  else bookCashFlow(l, { amount: step.flow, asset: 'USDT' }, T0, MAX_AGE_US);
}

test('the assertion holds after every record', () => {
  fc.assert(
    fc.property(fc.array(stepOf, { maxLength: 30 }), (steps) => {
      const l = exampleLedger('1000');
      for (const step of steps) {
        take(l, step);
        expect(assertLedger(l)).toBeNull();
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a paid holding: cash and cost account for every fill to the last digit', () => {
  const buys = fc.array(fc.record({ quantity: quantityOf, price: priceOf, fee: feeOf }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(buys, priceOf, feeOf, (fills, exit, exitFee) => {
      const l = exampleLedger();
      let paid = 0n;
      let quantity = 0n;
      for (const fill of fills) {
        book(l, { ...exampleFill('BUY', '1', '1'), ...fill });
        paid += mul(fill.quantity, fill.price) + fill.fee;
        quantity += fill.quantity;
      }
      expect([l.positions.get('BTC-USDT')?.qty, 10_000_000_000_000_000n - l.cash]).toEqual([quantity, paid]);
      book(l, { ...exampleFill('SELL', '1', '1'), quantity, price: exit, fee: exitFee });
      const received = mul(quantity, exit) - exitFee;
      expect([l.trades_net, markedNav(l) - 10_000_000_000_000_000n, l.positions.size]).toEqual([
        received - paid,
        received - paid,
        0,
      ]);
    }),
  );
});

test('growing fills in another order: same quantity, cost and cash', () => {
  const fills = fc.array(fc.record({ quantity: quantityOf, price: priceOf, fee: feeOf }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(fills, fc.boolean(), (list, short) => {
      const seen = [list, [...list].reverse()].map((order) => {
        const l = exampleLedger();
        for (const fill of order) book(l, perp({ side: short ? 'SELL' : 'BUY', ...fill }));
        const p = l.positions.get('BTC-USDT');
        return [p?.qty, p?.cost, p?.fees_open, l.cash];
      });
      expect(seen[0]).toEqual(seen[1]);
    }),
  );
});

test('every fill twice: identical bytes', () => {
  fc.assert(
    fc.property(fc.array(fillOf, { maxLength: 20 }), (list) => {
      const fills = list.map((fill) => perp(fill));
      const once = exampleLedger();
      const twice = exampleLedger();
      for (const fill of fills) {
        book(once, fill);
        book(twice, fill);
        book(twice, fill);
      }
      for (const fill of fills) book(twice, fill);
      expect(bytesOf(twice)).toBe(bytesOf(once));
    }),
  );
});

test('a flip is a close and an opening at its price: same cash, quantity and cost as two fills', () => {
  fc.assert(
    fc.property(quantityOf, quantityOf, priceOf, priceOf, (open, more, entry, exit) => {
      const flipped = exampleLedger();
      book(flipped, perp({ side: 'BUY', quantity: open, price: entry }));
      const { closed, opened } = book(flipped, perp({ side: 'SELL', quantity: open + more, price: exit }));
      expect([closed !== null, opened]).toEqual([true, true]);
      const split = exampleLedger();
      book(split, perp({ side: 'BUY', quantity: open, price: entry }));
      book(split, perp({ side: 'SELL', quantity: open, price: exit }));
      book(split, perp({ side: 'SELL', quantity: more, price: exit }));
      const of = (l: Ledger) => [l.cash, l.positions.get('BTC-USDT')?.qty, l.positions.get('BTC-USDT')?.cost, l.trades_net];
      expect(of(flipped)).toEqual(of(split));
    }),
  );
});
