// RECONCILIATION_BREAK: the books differ from the venue's by more than one symbol or 1 % of NAV, or fills are in quarantine.
import { abs, type Money } from '../../../schemas/money.ts';
import type { Reconciliation } from '../../../schemas/records.generated.ts';
import type { Fold } from '../fold.ts';
import type { PortfolioState } from '../state.ts';
import { clearCondition, setCondition } from './conditions.ts';

/** A fill has gone into quarantine. */
export function quarantineChanged(fold: Fold, p: PortfolioState, reason: string): void {
  setCondition(fold, p, 'RECONCILIATION_BREAK', { actor: 'decision', reason: `quarantine: ${reason}` });
}

/** Folds a report: which instruments are blocked, whether the account is, and the condition itself. */
export function takeReport(fold: Fold, p: PortfolioState, report: Reconciliation): void {
  const { reconciliation, ledger } = p;
  reconciliation.broken.clear();
  let lost: Money = 0n;
  let cash = 0;
  for (const finding of report.findings) {
    if (finding.instrument !== null) reconciliation.broken.add(finding.instrument);
    else if (finding.asset !== null) cash += 1;
    if (finding.delta !== null) lost += worth(p, finding.instrument, finding.delta);
  }
  const limit = BigInt(p.policy?.policy.reconcile.reduce_nav_bps ?? 100);
  const large = ledger.nav > 0n && lost * 10_000n > limit * ledger.nav;
  const several = reconciliation.broken.size >= 2;
  reconciliation.account_clean = !(large || several);
  if (report.clean && !large && !several) {
    reconciliation.last_clean_at = p.now;
    p.questioned.clear();
    if (ledger.quarantine.size === 0) clearCondition(fold, p, 'RECONCILIATION_BREAK', `clean ${report.kind} report`);
    return;
  }
  if (!large && !several) return;
  const what = report.findings.map((f) => `${f.code} ${f.instrument ?? f.asset ?? ''}`).slice(0, 5);
  const size = several ? `${reconciliation.broken.size} instruments` : `more than ${limit} bps of NAV`;
  setCondition(fold, p, 'RECONCILIATION_BREAK', {
    actor: 'execution',
    reason: `${size} (${cash} cash findings): ${what.join(', ')}`,
  });
}

function worth(p: PortfolioState, instrument: string | null, delta: Money): Money {
  if (instrument === null) return abs(delta);
  const mid = p.ledger.positions.get(instrument)?.mark?.mid;
  return mid === undefined ? 0n : (abs(delta) * mid) / 1_000_000_000_000n;
}
