// Reductions: kept only from selling what is not there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../schemas/money.ts';
import { exampleFill, exampleLedger } from '../ledger/example.ts';
import { bookFill } from '../ledger/fills.ts';
import { checkReduction, type ReductionRequest } from './reduction.ts';

function request(change: Partial<ReductionRequest> = {}, side: 'BUY' | 'SELL' = 'BUY'): ReductionRequest {
  const ledger = exampleLedger();
  bookFill(ledger, exampleFill(side, '1.00005', '100', '0', { kind: 'perp' }), 0, 1);
  return {
    position: ledger.positions.get('BTC-USDT') ?? null,
    side: side === 'BUY' ? 'SELL' : 'BUY',
    quantity: null,
    pending: 0n,
    step: decimal('0.0001'),
    min_qty: decimal('0.0001'),
    min_notional: decimal('5'),
    price: decimal('100'),
    order_id_issued: false,
    ...change,
  };
}

describe('allowed', () => {
  test.each<[name: string, change: Partial<ReductionRequest>, quantity: string, full: boolean]>([
    ['all of it, floored to the step', {}, '1', true],
    ['a part', { quantity: decimal('0.5') }, '0.5', false],
    ['never more than is open', { quantity: decimal('2') }, '1', true],
    ['what others do not already close', { pending: decimal('0.4') }, '0.6', true],
    ['a price that nobody knows does not hold it back', { price: null }, '1', true],
  ])('%s', (_, change, quantity, full) => {
    const check = checkReduction(request(change));
    expect(check).toMatchObject({ allowed: true, full });
    expect(formatDecimal(check.quantity)).toBe(quantity);
  });

  test('a short is bought back', () => {
    expect(checkReduction(request({}, 'SELL'))).toMatchObject({ allowed: true, full: true });
  });
});

describe('refused', () => {
  test.each<[reason: string, change: Partial<ReductionRequest>]>([
    ['NO_POSITION', { position: null }],
    ['ORDER_DUPLICATE', { order_id_issued: true }],
    ['REDUCTION_WRONG_SIDE', { side: 'BUY' }],
    ['REDUCTION_ALREADY_PENDING', { pending: decimal('1.00005') }],
    ['REDUCTION_NOTHING_LEFT', { quantity: decimal('0.00005') }],
    ['POSITION_DUST', { pending: decimal('1') }],
    ['POSITION_DUST', { quantity: decimal('0.0499') }],
    ['POSITION_DUST', { min_qty: decimal('2') }],
  ])('%s', (reason_code, change) => {
    expect(checkReduction(request(change))).toMatchObject({ allowed: false, reason_code });
  });
});

test('never crosses zero, whatever is asked', () => {
  const size = fc.bigInt({ min: 0n, max: 3_000_000_000_000n });
  fc.assert(
    fc.property(size, size, fc.option(size), (pending, step, quantity) => {
      const check = checkReduction(request({ pending, step: step + 1n, quantity }));
      if (check.allowed) expect(check.quantity + pending).toBeLessThanOrEqual(decimal('1.00005'));
    }),
  );
});
