// The decision stage: folds the journal of each portfolio into decisions, orders, positions and trades.
import { HOUR, MINUTE, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import { applyOrders } from './booking/apply-orders.ts';
import { noteAhead } from './conditions/clock-skew.ts';
import { setCondition } from './conditions/conditions.ts';
import { portfolioDeadline } from './deadline.ts';
import { type DecisionConfig, type Fold, flush, newFold } from './fold.ts';
import { foldCashFlow } from './fold-cash-flow.ts';
import { foldControl } from './fold-control.ts';
import { foldEnrichedSignal } from './fold-enriched-signal.ts';
import { foldExitTrigger } from './fold-exit-trigger.ts';
import { foldLesson } from './fold-lesson.ts';
import { foldMark } from './fold-mark.ts';
import { foldOrderEvent } from './fold-order-event.ts';
import { foldPolicy } from './fold-policy.ts';
import { foldTick } from './fold-tick.ts';
import { foldVerdict } from './fold-verdict.ts';
import { advance, advanceTick } from './journal-time.ts';
import { assertLedger } from './ledger/assertion.ts';
import { isTerminal } from './orders/order-state.ts';
import { rollDay } from './roll.ts';
import { type DecisionState, newDecisionState, newPortfolio, type PortfolioState } from './state.ts';

export function decisionStage(config: DecisionConfig): Stage<DecisionState> {
  let fold: Fold | null = null;
  return {
    name: 'decision',
    version: config.stage_version,
    shape: 3,
    init: newDecisionState,
    step(state, input, emit) {
      fold ??= newFold(config, input);
      fold.input = input;
      try {
        step(fold, state, input, emit);
      } catch (error) {
        // With all that the step has left in it.
        fold = null;
        throw error;
      }
    },
    deadline: deadlineOf,
  };
}

/** A deadline that is this near is worth an exact look: a Tick that changes nothing costs more. */
const NEAR_US = 2 * MINUTE;

/** Marks leave the deadline early; asking changes nothing, so when it is asked does not matter. */
function deadlineOf(state: DecisionState): Micros {
  let at = Number.POSITIVE_INFINITY;
  for (const p of state.portfolios.values()) {
    const near = p.deadline <= p.now + NEAR_US;
    at = Math.min(at, near ? portfolioDeadline(p) : p.deadline);
  }
  return at;
}

/** One case per kind of journal record; the record's own time is the time of the step. */
function step(fold: Fold, state: DecisionState, input: AnyEnvelope, emit: Emit): void {
  switch (input.type) {
    case 'EnrichedSignal': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.enriched_at);
      foldEnrichedSignal(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'OrderEvent': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.observed_at);
      foldOrderEvent(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'Mark': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.venue_at);
      foldMark(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'ExitTrigger': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.event_at);
      foldExitTrigger(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'Tick':
      for (const p of state.portfolios.values()) {
        if (!advanceTick(p, input.value.tick_at)) continue;
        rollDay(fold, p);
        foldTick(fold, p, input.value);
        settle(fold, p, emit);
      }
      return;
    case 'Control': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.issued_at);
      foldControl(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'PolicyActivated': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.issued_at);
      foldPolicy(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'CashFlow': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.issued_at);
      foldCashFlow(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'Lesson': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.closed_at);
      foldLesson(p, input.value);
      return settle(fold, p, emit);
    }
    case 'Verdict': {
      const p = begin(fold, state, input.value.portfolio, input.value, input.value.valid_from);
      foldVerdict(fold, p, input.value);
      return settle(fold, p, emit);
    }
    case 'Analysis':
    case 'Candle':
    case 'DeadLetter':
    case 'Decision':
    case 'DerivativesState':
    case 'InstrumentInfo':
    case 'OrderCommand':
    case 'Position':
    case 'Quote':
    case 'Raw':
    case 'Signal':
    case 'Snapshot':
    case 'Trade':
      throw new Error(
        `decision: ${input.topic} ${input.partition}/${input.offset}: record ${input.type}: expected a record of the journal`,
      );
  }
}

interface Owned {
  readonly run_id: string;
  readonly mode: PortfolioState['mode'];
}

/** The portfolio of the record, at its time; a new one is HALTED until a policy and a RESUME say otherwise. */
function begin(fold: Fold, state: DecisionState, portfolio: string, of: Owned, record_at: number): PortfolioState {
  let p = state.portfolios.get(portfolio);
  if (p === undefined) {
    p = newPortfolio({ portfolio, run_id: of.run_id, mode: of.mode, currency: fold.config.currency });
    state.portfolios.set(portfolio, p);
    p.now = record_at;
    p.hour = Math.floor(record_at / HOUR);
    setCondition(fold, p, 'STATE_UNKNOWN', { actor: 'decision', reason: 'new portfolio' });
  }
  const ahead = advance(p, record_at);
  rollDay(fold, p);
  if (ahead) noteAhead(fold, p, record_at);
  return p;
}

/** Ends the step: what the orders want is done, the books are checked, and everything is emitted in its order. */
function settle(fold: Fold, p: PortfolioState, emit: Emit): void {
  applyOrders(fold, p);
  const { ledger } = p;
  // Without a booking no reservation has changed: the orders need not be asked.
  const fault = ledger.bookings === ledger.asserted ? assertLedger(ledger) : assertLedger(ledger, (id) => mayBeReserved(p, id));
  if (fault !== null) throw new Error(`decision: portfolio ${p.portfolio}: ${fault}`);
  const quiet = fold.input.type === 'Mark' && fold.decisions.length === 0;
  flush(fold, p, emit);
  // Prices that go on arriving only make the deadline early; it is not worth a look at each of them.
  if (!quiet) p.deadline = portfolioDeadline(p);
}

/** A reservation belongs to an open or unknown order, or to one whose last fills have not arrived. */
function mayBeReserved(p: PortfolioState, order_id: string): boolean {
  const order = p.orders.orders.get(order_id);
  return order !== undefined && (!isTerminal(order.status) || order.filled_reported > order.filled);
}
