// A CashFlow: units are minted or burned, and the state is recorded so that equity has a row.
import { formatDecimal } from '../../schemas/money.ts';
import type { CashFlow } from '../../schemas/records.generated.ts';
import { takeOnce } from './decided.ts';
import type { Fold } from './fold.ts';
import { bookCashFlow } from './ledger/cash-flows.ts';
import { decide } from './record/decision-record.ts';
import { marksMaxAge, type PortfolioState } from './state.ts';

export function foldCashFlow(fold: Fold, p: PortfolioState, flow: CashFlow): void {
  if (!takeOnce(p, flow.control_id)) return;
  const booked = bookCashFlow(p.ledger, flow, p.now, marksMaxAge(p));
  decide(fold, p, { type: 'control', id: flow.control_id }, '', {
    kind: 'STATE',
    action: 'EXECUTE',
    reason_code: 'STATE_SNAPSHOT',
    reason_detail: `cash flow of ${formatDecimal(flow.amount)} ${flow.asset} ${booked === 'BOOKED' ? 'booked' : 'waits for the Marks'}`,
  });
}
