// One step of the fold in progress: the record being folded, the portfolio, and what the step will emit in its fixed order.
import type { SubjectType } from '../../schemas/ids.ts';
import type { Backend, Decision, OrderCommand, PositionSide, Trade } from '../../schemas/records.generated.ts';
import { clear } from '../../topology/clear.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Emit } from '../../topology/stage.ts';
import type { OpenPosition } from './ledger/ledger.ts';
import { positionRecord } from './ledger/position-record.ts';
import { newOrdersOutput, type OrdersContext, type OrdersOutput, type WalkPolicy } from './orders/orders.ts';
import type { PortfolioState } from './state.ts';

export interface DecisionConfig {
  /** Code version and hash of this configuration. */
  readonly stage_version: string;
  /** Currency of the portfolios of this deployment. */
  readonly currency: string;
  /** What paper orders go to; a backtest is always SIMULATED, live always LIVE. */
  readonly paper_backend: Exclude<Backend, 'LIVE'>;
  /** Base interval of the bars that prices are derived from; 0 where real quotes drive. */
  readonly candle_interval_us: number;
}

/** What a decision is about. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
}

/** `side` is kept because a position that has gone flat no longer tells it. */
export interface ChangedPosition {
  readonly position: OpenPosition;
  readonly side: PositionSide;
}

export interface Fold {
  readonly config: DecisionConfig;
  /** The record being folded. */
  input: AnyEnvelope;
  // All lists are empty between two steps.
  readonly decisions: Decision[];
  readonly commands: OrderCommand[];
  /** Positions whose record has changed in this step, each once. */
  readonly changed: ChangedPosition[];
  readonly trades: Trade[];
  /** What the orders want done; emptied after each call. */
  readonly orders: OrdersOutput;
}

const NO_POLICY: WalkPolicy = {
  post_only_ttl_s: 15,
  reprice_ttl_s: 10,
  intent_age_s_max: 60,
  command_valid_open_s: 10,
  command_valid_close_s: 60,
  collar_exit_bps: [100],
  collar_open_bps: 50,
  taker_promote: false,
  taker_confidence_bps_min: 10_000,
};

/** One per stage, used again for every record: a Mark must not cost ten allocations. */
export function newFold(config: DecisionConfig, input: AnyEnvelope): Fold {
  return { config, input, decisions: [], commands: [], changed: [], trades: [], orders: newOrdersOutput() };
}

export function backendOf(fold: Fold, p: PortfolioState): Backend {
  switch (p.mode) {
    case 'backtest':
      return 'SIMULATED';
    case 'live':
      return 'LIVE';
    case 'paper':
      return fold.config.paper_backend;
  }
}

/** Before the first policy there are no positions of ours, but orders adopted then must still be walked. */
export function ordersContext(fold: Fold, p: PortfolioState, halted: boolean): OrdersContext {
  return {
    portfolio: p.portfolio,
    run_id: p.run_id,
    mode: p.mode,
    backend: backendOf(fold, p),
    policy_hash: p.policy?.policy_hash ?? '',
    policy: p.policy?.walk ?? NO_POLICY,
    candle_interval_us: fold.config.candle_interval_us,
    halted,
    positions: p.ledger.positions,
    now: p.now,
  };
}

/** The position's record is emitted at the end of the step, with what it is then. */
export function noteChange(fold: Fold, position: OpenPosition, side: PositionSide): void {
  for (const changed of fold.changed) if (changed.position === position) return;
  fold.changed.push({ position, side });
}

export function sideOf(position: OpenPosition): PositionSide {
  return position.qty < 0n ? 'SHORT' : 'LONG';
}

/** Decisions first: a decision is in the log before its order. */
export function flush(fold: Fold, p: PortfolioState, emit: Emit): void {
  // Most Marks say nothing.
  if (fold.decisions.length + fold.commands.length + fold.changed.length + fold.trades.length === 0) return;
  for (const decision of fold.decisions) {
    emit('decisions.v1', 'Decision', p.portfolio, decision, decision.decision_id, undefined, decision.trace);
  }
  for (const command of fold.commands)
    emit('orders.v1', 'OrderCommand', p.portfolio, command, command.command_id, command.decision_id);
  for (const { position, side } of fold.changed) {
    const record = positionRecord(p.ledger, position, side);
    emit('positions.v1', 'Position', `${position.instrument}|${p.portfolio}`, record, position.position_id);
  }
  for (const trade of fold.trades) emit('trades.v1', 'Trade', p.portfolio, trade, trade.trade_id);
  clear(fold.decisions);
  clear(fold.commands);
  clear(fold.changed);
  clear(fold.trades);
}
