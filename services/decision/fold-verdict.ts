// A Verdict of the models: it may cancel, tighten or close what one decision of ours began, and nothing else.
import type { Verdict } from '../../schemas/records.generated.ts';
import { countJudgement } from './conditions/safe-mode.ts';
import { takeOnce } from './decided.ts';
import { stopInForce } from './exits/regime-tighten.ts';
import { exitByVerdict, forceClose } from './exits/verdict-exit.ts';
import { type Fold, noteChange, ordersContext, sideOf } from './fold.ts';
import type { OpenPosition } from './ledger/ledger.ts';
import { tightenStop } from './ledger/plans.ts';
import { cancelOpenings } from './orders/open.ts';
import { entryOf } from './orders/orders.ts';
import { onCatastrophicVerdict } from './pacing/pacing.ts';
import { aboutPosition, decide } from './record/decision-record.ts';
import type { PortfolioState } from './state.ts';

export function foldVerdict(fold: Fold, p: PortfolioState, verdict: Verdict): void {
  if (!takeOnce(p, verdict.verdict_id)) return;
  if (p.analysis_spend === null || verdict.valid_from >= p.analysis_spend.at) {
    p.analysis_spend = { at: verdict.valid_from, day_usd: verdict.spend_day_usd, month_usd: verdict.spend_month_usd };
  }
  const position = openedBy(p, verdict.decision_id);
  if (verdict.kind === 'POST_TRADE') {
    if (position !== null) {
      const { judge_verdict, confidence, catastrophic, synthetic } = verdict;
      position.verdict = { judge_verdict, confidence, catastrophic, synthetic };
    }
    if (!verdict.synthetic && verdict.judge_verdict !== null) {
      countJudgement(fold, p, verdict.judge_verdict === 'REJECT', verdict.catastrophic);
    }
  }
  act(fold, p, verdict, position);
}

function act(fold: Fold, p: PortfolioState, verdict: Verdict, position: OpenPosition | null): void {
  switch (verdict.action) {
    case 'FLAG':
      return flag(fold, p, verdict);
    case 'TIGHTEN_STOP':
      return position === null ? late(fold, p, verdict) : tighten(fold, p, verdict, position);
    case 'EXIT':
      return position === null ? late(fold, p, verdict) : exitByVerdict(fold, p, position, verdict);
    case 'FORCE_CLOSE':
      if (p.policy !== null) onCatastrophicVerdict(p.pacing, verdict.instrument, p.policy.policy, p.now);
      return position === null ? late(fold, p, verdict) : forceClose(fold, p, position, verdict);
    case 'SHRINK':
    case 'VETO':
      // These speak before an entry only; this one has been decided.
      return late(fold, p, verdict);
    case 'NONE':
      return note(fold, p, verdict, 'VERDICT_COUNTED', position);
  }
}

function openedBy(p: PortfolioState, decision_id: string): OpenPosition | null {
  for (const position of p.ledger.positions.values()) if (position.plan.decision_id === decision_id) return position;
  return null;
}

function note(fold: Fold, p: PortfolioState, verdict: Verdict, reason_code: string, position: OpenPosition | null): void {
  const subject = { type: 'verdict', id: verdict.verdict_id } as const;
  const decision = decide(fold, p, subject, position?.position_id ?? '', { kind: 'ADJUST', action: 'SKIP', reason_code });
  if (position !== null) aboutPosition(decision, position);
  else decision.instrument = verdict.instrument;
}

function late(fold: Fold, p: PortfolioState, verdict: Verdict): void {
  note(fold, p, verdict, 'VERDICT_LATE', null);
}

/** The unfilled rest of the entry that was judged is cancelled. */
function flag(fold: Fold, p: PortfolioState, verdict: Verdict): void {
  const intent = entryOf(p.orders, verdict.instrument);
  if (intent === undefined || intent.decision_id !== verdict.decision_id) return note(fold, p, verdict, 'VERDICT_FLAGGED', null);
  const subject = { type: 'verdict', id: verdict.verdict_id } as const;
  const outcome = { kind: 'CANCEL', action: 'EXECUTE', reason_code: 'VERDICT_FLAGGED' } as const;
  const decision = decide(fold, p, subject, intent.order_id, outcome);
  decision.instrument = verdict.instrument;
  if (intent.order_id !== '') decision.order_ids.push(intent.order_id);
  cancelOpenings(p.orders, verdict.instrument, 'VERDICT_FLAGGED', ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
}

/** Only strictly between the present stop and the mark. */
function tighten(fold: Fold, p: PortfolioState, verdict: Verdict, position: OpenPosition): void {
  const { stop_price } = verdict;
  const long = position.qty > 0n;
  const mark = position.mark === null ? null : long ? position.mark.bid : position.mark.ask;
  const now = stopInForce(position);
  const between =
    stop_price !== null &&
    mark !== null &&
    (long ? stop_price > now && stop_price < mark : stop_price < now && stop_price > mark);
  if (!between || !tightenStop(position, stop_price, position.stop_kind ?? 'STOP_LOSS')) {
    return note(fold, p, verdict, 'VERDICT_STOP_INVALID', position);
  }
  const subject = { type: 'verdict', id: verdict.verdict_id } as const;
  const outcome = { kind: 'ADJUST', action: 'EXECUTE', reason_code: 'VERDICT_TIGHTENED' } as const;
  aboutPosition(decide(fold, p, subject, position.position_id, outcome), position);
  noteChange(fold, position, sideOf(position));
}
