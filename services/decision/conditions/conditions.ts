// Setting and clearing conditions: each change is a STATE decision, and the worst condition is the trading state.
import type { TradingState } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { type Fold, ordersContext, type Subject } from '../fold.ts';
import { cancelOpenings, releaseHeld } from '../orders/open.ts';
import { entriesPending } from '../orders/orders.ts';
import { decide } from '../record/decision-record.ts';
import type { ActiveCondition, PortfolioState } from '../state.ts';
import { type ConditionCode, conditionOrder, conditionRow } from './table.ts';

const BADNESS: Readonly<Record<TradingState, number>> = { ACTIVE: 0, REDUCING: 1, HALTED: 2 };

export interface ConditionChange {
  readonly actor: string;
  readonly reason: string;
  /** What it stands on: the instrument or position, '' = the whole portfolio. */
  readonly scope?: string;
  /** Other than the row's, where a command says so. */
  readonly state?: 'REDUCING' | 'HALTED';
  readonly until?: Micros | null;
  /** The record that set it. */
  readonly source?: string;
}

export function conditionOf(p: PortfolioState, code: ConditionCode): ActiveCondition | null {
  for (const condition of p.conditions) if (condition.code === code) return condition;
  return null;
}

/** The first of the worst in the order of the table; '' while ACTIVE. */
export function tradingReason(p: PortfolioState): string {
  for (const condition of p.conditions) if (condition.state === p.trading) return condition.code;
  return '';
}

/**
 * What a change of conditions is decided about: the record with an id that caused it, else the rule and the journal time,
 * which are the same however many Ticks there were.
 */
export function changeSubject(fold: Fold, p: PortfolioState, rule: string): Subject {
  const { input } = fold;
  switch (input.type) {
    case 'ExitTrigger':
      return { type: 'trigger', id: input.value.trigger_id };
    case 'Verdict':
      return { type: 'verdict', id: input.value.verdict_id };
    case 'OrderEvent':
      return { type: 'order_event', id: input.value.event_id };
    case 'Control':
    case 'PolicyActivated':
    case 'CashFlow':
      return { type: 'control', id: input.value.control_id };
    case 'Tick':
      return { type: 'tick', id: `${rule}/${input.value.tick_at}` };
    default:
      return { type: 'tick', id: `${rule}/${p.now}` };
  }
}

/** The condition; where one record sets and clears it those are two decisions, and the second says which of them it is. */
function changeTarget(fold: Fold, p: PortfolioState, subject: Subject, code: ConditionCode, change: 'SET' | 'CLEARED'): string {
  const taken = fold.decisions.some(
    (d) => d.target === code && d.subject_id === subject.id && d.subject_type === subject.type && d.portfolio === p.portfolio,
  );
  return taken ? `${code}_${change}` : code;
}

/** Sets a condition, or renews the one that stands. Only a change that anyone could see is a decision. */
export function setCondition(fold: Fold, p: PortfolioState, code: ConditionCode, change: ConditionChange): void {
  const standing = conditionOf(p, code);
  const row = conditionRow(code);
  const state = change.state ?? row.state;
  const condition: ActiveCondition = {
    code,
    state: standing !== null && BADNESS[standing.state] > BADNESS[state] ? standing.state : state,
    scope: change.scope ?? standing?.scope ?? '',
    actor: change.actor,
    reason: change.reason,
    set_at: standing?.set_at ?? p.now,
    until: change.until ?? null,
    clears_by: row.clears_by,
    source: change.source ?? fold.input.id,
  };
  p.conditions = p.conditions.filter((c) => c.code !== code);
  p.conditions.push(condition);
  p.conditions.sort((a, b) => conditionOrder(a.code) - conditionOrder(b.code));
  const seen = standing !== null && standing.state === condition.state;
  const before = p.trading;
  p.trading = worst(p);
  if (seen) return;
  const subject = changeSubject(fold, p, code);
  const target = changeTarget(fold, p, subject, code, 'SET');
  const decision = decide(fold, p, subject, target, { kind: 'STATE', action: 'EXECUTE', reason_code: code });
  decision.reason_detail = change.reason;
  const scope = condition.scope;
  if (p.instruments.has(scope)) decision.instrument = scope;
  if (before === 'ACTIVE' || entriesPending(p.orders) > 0) stopEntries(fold, p, code);
}

/** Clears a condition; false if it did not stand. */
export function clearCondition(fold: Fold, p: PortfolioState, code: ConditionCode, reason: string): boolean {
  if (conditionOf(p, code) === null) return false;
  p.conditions = p.conditions.filter((c) => c.code !== code);
  const before = p.trading;
  p.trading = worst(p);
  const subject = changeSubject(fold, p, `${code}_CLEARED`);
  const target = changeTarget(fold, p, subject, code, 'CLEARED');
  const decision = decide(fold, p, subject, target, {
    kind: 'STATE',
    action: 'EXECUTE',
    reason_code: 'CONDITION_CLEARED',
  });
  decision.reason_detail = `${code}: ${reason}`;
  if (before === 'HALTED' && p.trading !== 'HALTED') {
    releaseHeld(p.orders, ordersContext(fold, p, false), fold.orders);
  }
  return true;
}

function worst(p: PortfolioState): TradingState {
  let state: TradingState = 'ACTIVE';
  for (const condition of p.conditions) if (BADNESS[condition.state] > BADNESS[state]) state = condition.state;
  return state;
}

/** Resting entries do not outlive the right to enter. */
function stopEntries(fold: Fold, p: PortfolioState, code: string): void {
  cancelOpenings(p.orders, null, code, ordersContext(fold, p, p.trading === 'HALTED'), fold.orders);
}
