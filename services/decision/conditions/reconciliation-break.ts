// RECONCILIATION_BREAK: the books differ from the venue's by more than one symbol or 1 % of NAV, or fills are in quarantine.
import { abs, type Decimal, type Money, mul, type Price, type Quantity } from '../../../schemas/money.ts';
import type { Reconciliation } from '../../../schemas/records.generated.ts';
import type { Fold } from '../fold.ts';
import { isQuarantined } from '../ledger/quarantine.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, setCondition } from './conditions.ts';

/** A fill has gone into quarantine. */
export function quarantineChanged(fold: Fold, p: PortfolioState, reason: string): void {
  setCondition(fold, p, 'RECONCILIATION_BREAK', { actor: 'decision', reason: `quarantine: ${reason}` });
}

interface Difference {
  readonly code: string;
  readonly instrument: string | null;
  readonly asset: string | null;
  readonly delta: Decimal | null;
  /** The venue's own average where it holds what we do not. */
  readonly price: Price | null;
}

/** The venue's quantities held against ours, a step apart at most. What is in quarantine is known to differ. */
function positionsApart(p: PortfolioState, report: Reconciliation): Difference[] {
  const { positions } = p.ledger;
  const apart: Difference[] = [];
  if (positions.size === 0 && report.positions.length === 0) return apart;
  const ours = new Map<string, Quantity>();
  for (const [instrument, position] of positions) ours.set(instrument, position.qty);
  const compare = (instrument: string, delta: Decimal, price: Price | null): void => {
    const step = p.instruments.get(instrument)?.terms.step ?? 0n;
    if (abs(delta) <= step || isQuarantined(p.ledger, instrument)) return;
    apart.push({ code: 'POSITION_MISMATCH', instrument, asset: null, delta, price });
  };
  for (const { instrument, quantity, average_price } of report.positions) {
    compare(instrument, quantity - (ours.get(instrument) ?? 0n), average_price);
    ours.delete(instrument);
  }
  for (const [instrument, quantity] of ours) compare(instrument, -quantity, null);
  return apart;
}

/** Folds a report: which instruments are blocked, whether the account is, and the condition itself. */
export function takeReport(fold: Fold, p: PortfolioState, report: Reconciliation): void {
  const { reconciliation, ledger } = p;
  if (reconciliation.broken.size > 0) reconciliation.broken.clear();
  let lost: Money = 0n;
  let cash = 0;
  const differences: Difference[] = report.findings.map((f) => ({ ...f, price: null }));
  differences.push(...positionsApart(p, report));
  for (const difference of differences) {
    if (difference.instrument !== null) reconciliation.broken.add(difference.instrument);
    else if (difference.asset !== null) cash += 1;
    lost += worth(p, difference);
  }
  const limit = BigInt(p.policy?.policy.reconcile.reduce_nav_bps ?? 100);
  const large = ledger.nav > 0n && lost * 10_000n > limit * ledger.nav;
  const several = reconciliation.broken.size >= 2;
  reconciliation.account_clean = !(large || several);
  if (report.clean && differences.length === 0) {
    reconciliation.last_clean_at = p.now;
    if (p.questioned.size > 0) p.questioned.clear();
    if (ledger.quarantine.size === 0) clearCondition(fold, p, 'RECONCILIATION_BREAK', `clean ${report.kind} report`);
    return;
  }
  if (!large && !several) return;
  const what = differences.map((f) => `${f.code} ${f.instrument ?? f.asset ?? ''}`).slice(0, 5);
  const size = several ? `${reconciliation.broken.size} instruments` : `more than ${limit} bps of NAV`;
  setCondition(fold, p, 'RECONCILIATION_BREAK', {
    actor: 'execution',
    reason: `${size} (${cash} cash findings): ${what.join(', ')}`,
  });
}

/** In the portfolio's currency. An asset that nothing prices counts as all there is: unknown is not zero. */
function worth(p: PortfolioState, { instrument, asset, delta, price }: Difference): Money {
  if (delta === null) return 0n;
  const { ledger } = p;
  if (instrument !== null) return mul(abs(delta), ledger.positions.get(instrument)?.mark?.mid ?? price ?? 0n);
  if (asset === null || asset === ledger.currency) return abs(delta);
  const rate = ledger.third.get(asset)?.rate ?? null;
  return rate === null ? ledger.nav : mul(abs(delta), rate);
}
