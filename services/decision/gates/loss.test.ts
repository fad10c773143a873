// Tests of the losses: what is read from the rounded return is what exact products say.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, min, mulDiv } from '../../../schemas/money.ts';
import { drawdownReached, periodLossReached, startOf, unitPrice } from '../ledger/equity.ts';
import { type Ledger, newLedger } from '../ledger/ledger.ts';
import { type Loss, lossOf } from './loss.ts';

const LOSSES: readonly Loss[] = ['day', 'week', 'drawdown'];
const BPS = 10_000_000_000_000_000n;
const UNIT = 1_000_000_000_000n;

/** Return and verdict, each from its own full computation. */
function inFull(l: Ledger, what: Loss, limit_bps: number): { readonly observed: Decimal; readonly reached: boolean } {
  const unit = unitPrice(l);
  if (what === 'drawdown') return { observed: mulDiv(unit - l.hwm, BPS, l.hwm), reached: drawdownReached(l, limit_bps) };
  const base = l[what];
  const total = mulDiv(unit - base.unit, BPS, base.unit);
  const start = startOf(l, base);
  const observed = start <= 0n ? total : min(mulDiv(base.realised - base.forgiven, BPS, start), total);
  return { observed, reached: periodLossReached(l, what, limit_bps) };
}

function ledgerOf(base: Decimal, unit: Decimal, units: Decimal, realised: Decimal, forgiven: Decimal): Ledger {
  const l = newLedger({ portfolio: 'p', run_id: 'r', mode: 'backtest', currency: 'USD' });
  l.units = units;
  l.unit_price = unit;
  l.unit_nav = l.nav;
  l.hwm = base;
  for (const period of [l.day, l.week]) Object.assign(period, { unit: base, realised, forgiven });
  return l;
}

/** At the limit, and up to a few of the smallest parts beside it. */
const near = fc.bigInt({ min: -3n, max: 3n });

test('a loss is the same as from exact products, at its limit and beside it', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 14n }),
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      fc.integer({ min: 0, max: 10_000 }),
      near,
      near,
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      fc.boolean(),
      (base, units, limit_bps, off, offRealised, forgiven, gains) => {
        const lost = (of: Decimal) => (of * BigInt(limit_bps)) / 10_000n;
        const start = (base * units) / UNIT;
        const realised = gains ? offRealised * lost(start) : forgiven - lost(start) + offRealised;
        const l = ledgerOf(base, base - lost(base) + off, units, realised, gains ? 0n : forgiven);
        for (const what of LOSSES) expect(lossOf(l, what, limit_bps)).toEqual(inFull(l, what, limit_bps));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a loss is the same as from exact products, anywhere', () => {
  const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 14n }),
      fc.bigInt({ min: 0n, max: 10n ** 14n }),
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      amount,
      amount,
      fc.integer({ min: 0, max: 10_000 }),
      (base, unit, units, realised, forgiven, limit_bps) => {
        const l = ledgerOf(base, unit, units, realised, forgiven);
        for (const what of LOSSES) expect(lossOf(l, what, limit_bps)).toEqual(inFull(l, what, limit_bps));
      },
    ),
    { numRuns: 2_000 },
  );
});
