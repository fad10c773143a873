// An opening signal: all gates, one decision, and on EXECUTE the reservation and the order in the same step.
import { decisionId } from '../../../schemas/ids.ts';
import type { Decision, EnrichedSignal } from '../../../schemas/records.generated.ts';
import { tierHoldS } from '../exits/time-exit.ts';
import { type Fold, ordersContext } from '../fold.ts';
import { type EntryEvaluation, type EntryOrder, evaluateEntry } from '../gates/entry.ts';
import type { OpeningPlan } from '../ledger/ledger.ts';
import { openEntry } from '../orders/open.ts';
import { banSymbol, onEntryBlocked, onEntryDecided } from '../pacing/pacing.ts';
import { decideAs } from '../record/decision-record.ts';
import { entryRoute } from '../record/route-group.ts';
import { equityNow } from '../record/state-group.ts';
import type { ActivePolicy, PortfolioState } from '../state.ts';
import { entryInputs } from './inputs.ts';

export function enter(fold: Fold, p: PortfolioState, enriched: EnrichedSignal): void {
  const subject = { type: 'signal', id: enriched.signal_id } as const;
  const decision_id = decisionId({ portfolio: p.portfolio, subject_type: 'signal', subject_id: enriched.signal_id, target: '' });
  const equity = equityNow(p);
  const evaluation = evaluateEntry(entryInputs(fold, p, enriched, decision_id, equity));
  const { action, reason_code, order } = evaluation;
  const decision = decideAs(fold, p, decision_id, subject, '', { kind: 'ENTRY', action, reason_code }, equity);
  fill(decision, enriched, evaluation);
  if (p.policy === null) return;
  const { policy } = p.policy;
  const { signal } = enriched;
  if (action === 'BLOCK') onEntryBlocked(p.pacing, signal.instrument, signal.source, policy, p.now);
  if (evaluation.ban_until !== null) banSymbol(p.pacing, signal.instrument, evaluation.ban_until);
  if (action === 'EXECUTE' && order !== null) place(fold, p, p.policy, enriched, evaluation, order, decision);
}

function fill(decision: Decision, enriched: EnrichedSignal, evaluation: EntryEvaluation): void {
  const { signal } = enriched;
  decision.signal_id = enriched.signal_id;
  decision.source = signal.source;
  decision.signal_type = signal.signal_type;
  decision.strategy = evaluation.strategy;
  decision.instrument = signal.instrument;
  decision.venue = enriched.info?.venue ?? null;
  decision.side = signal.direction === 'short' ? 'SHORT' : 'LONG';
  decision.tier = evaluation.tier;
  decision.theme = evaluation.theme;
  decision.reason_gate = evaluation.reason_gate;
  decision.warnings = evaluation.warnings;
  decision.canary = evaluation.canary;
  decision.reference_mid = evaluation.reference_mid;
  decision.hypothetical_notional = evaluation.hypothetical_notional;
  decision.expected_cost_bps = evaluation.expected_cost_bps;
  decision.signal_ts = signal.event_time;
  decision.enriched_ts = enriched.enriched_at;
  decision.max_input_age_us = evaluation.max_input_age_us;
  decision.oldest_input = evaluation.oldest_input;
  decision.gates = evaluation.gates;
  decision.scores = evaluation.scores;
  decision.choice = evaluation.choice;
  decision.sizing = evaluation.sizing;
  decision.plan = evaluation.plan;
  decision.state.regime = evaluation.regime;
  decision.flips = evaluation.flips;
}

function place(
  fold: Fold,
  p: PortfolioState,
  active: ActivePolicy,
  enriched: EnrichedSignal,
  evaluation: EntryEvaluation,
  order: EntryOrder,
  decision: Decision,
): void {
  const { policy } = active;
  const plan = openingPlan(p, enriched, evaluation, order, decision);
  if (plan === null) return;
  const scopes = {
    instrument: order.instrument,
    venue: order.venue,
    chain: order.chain,
    tier: plan.tier,
    theme: plan.theme,
    strategy: plan.strategy,
  };
  p.wishes.set(decision.decision_id, {
    kind: 'ENTRY',
    plan,
    scopes,
    instrument_kind: order.kind,
    base: order.base,
    taker_bps: order.taker_bps,
    decided_qty: order.quantity,
    worst_price: order.worst_price,
    reserved_cash: order.reserved_cash,
    signal_mid: enriched.signal_mid,
    decision_mid: enriched.mid,
    closed_for: null,
    ended_at: -1,
  });
  const held = p.ledger.positions.get(order.instrument);
  const intent = openEntry(
    p.orders,
    {
      decision_id: decision.decision_id,
      signal_id: enriched.signal_id,
      kind: order.add ? 'ADD' : 'OPEN',
      instrument: order.instrument,
      venue: order.venue,
      position_side: order.position_side,
      position_id: order.add ? (held?.position_id ?? null) : null,
      quantity: order.quantity,
      collar_price: order.worst_price,
      reference: order.reference,
      terms: order.terms,
      tier: plan.tier,
      confidence_bps: order.confidence_bps,
      route: order.post_only ? 'POST_ONLY_ONLY' : policy.execution.route,
      market_only_notional_max: active.market_only_notional_max,
      reason: decision.reason_code,
    },
    ordersContext(fold, p, p.trading === 'HALTED'),
    fold.orders,
  );
  decision.order_ids.push(intent.order_id);
  decision.route = entryRoute(p, intent, evaluation.expected);
  const decided = { instrument: order.instrument, venue: order.venue, duplicate_key: evaluation.duplicate_key, add: order.add };
  onEntryDecided(p.pacing, decided, policy, p.now);
}

function openingPlan(
  p: PortfolioState,
  enriched: EnrichedSignal,
  evaluation: EntryEvaluation,
  order: EntryOrder,
  decision: Decision,
): OpeningPlan | null {
  const { plan, scores, choice } = evaluation;
  if (plan === null) return null;
  const { signal } = enriched;
  const cap = tierHoldS(evaluation.tier);
  return {
    decision_id: decision.decision_id,
    signal_id: enriched.signal_id,
    source: signal.source,
    source_class: enriched.source_class,
    signal_type: signal.signal_type,
    strategy: evaluation.strategy ?? '',
    param_version: null,
    regime: evaluation.regime,
    tier: evaluation.tier,
    theme: evaluation.theme,
    chain: order.chain,
    corroboration_level: enriched.corroboration.level,
    stop_bps: plan.stop_bps,
    target_bps: plan.target_bps,
    trail_bps: plan.trail_bps,
    trail_arm_bps: plan.trail_arm_bps,
    max_hold_s: cap === null ? order.max_hold_s : Math.min(order.max_hold_s, cap),
    entry_volume_hourly: order.entry_volume_hourly,
    min_notional: order.min_notional,
    conviction: scores.conviction,
    confidence: scores.confidence,
    trust: scores.trust,
    propensity: choice.propensity,
    arms: choice.arms,
    signal_ts: signal.event_time,
    decided_at: p.now,
    accepted_at: null,
    policy_hash: decision.policy_hash,
  };
}
