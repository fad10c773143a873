// The state of the execution stage: markets by instrument, accounts by portfolio, and what waits for its own echo.
import type { Mode, OrderCommand, OrderEvent } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Emit } from '../../topology/stage.ts';
import { type EndedOrders, newEndedOrders } from './ended-orders.ts';
import { type Market, newMarket } from './market.ts';
import type { Order } from './order.ts';
import type { Settings } from './settings.ts';
import { type Account, newAccount } from './simulated/account.ts';
import type { VenueFaults } from './simulated/faults.ts';

export interface ExecutionConfig {
  /** Code version and hash of the configuration. */
  readonly version: string;
  readonly mode: Mode;
  /** Names this owner of the partition: new for every start of a process that did not end its work, fixed in a backtest. */
  readonly claim: string;
  /** Venues the simulated account trades at; the first one speaks for the account. */
  readonly venues: readonly string[];
  /** The bars that decide fills where there are no quotes, in µs. */
  readonly base_interval_us: Micros;
  /** Its name in the Candle records. */
  readonly base_interval: string;
  /** What goes wrong at the simulated venue; nothing where it is left out. */
  readonly faults?: VenueFaults;
}

/** Displayed size of one quote that own orders have taken already. */
export interface Consumed {
  event_time: Micros;
  bid: bigint;
  ask: bigint;
}

export interface Portfolio {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
  /** READY after the RECONCILED of this claim; before it commands wait. */
  phase: 'RECONCILING' | 'READY';
  claim: string;
  /** When RECONCILING was last written under this claim. */
  reconciling_at: Micros;
  /** Events without an order written under this claim. */
  sequence: number;
  settings: Settings | null;
  halted: boolean;
  reconcile_at: Micros;
  /** When the last full one was made. */
  full_at: Micros;
  readonly account: Account;
  readonly orders: Map<string, Order>;
  /** Order ids by instrument, in the order they were sent. */
  readonly books: Map<string, string[]>;
  readonly consumed: Map<string, Consumed>;
  readonly ended: EndedOrders;
  /** Commands that came before READY. */
  waiting: OrderCommand[];
  waiting_openings: number;
  /** PLACE commands whose answer has not been read back: what an own event read after a restart belongs to. */
  readonly unanswered: Map<string, OrderCommand>;
  /** Own events read before the command they belong to (topics have no common order on a cluster). */
  readonly early: Map<string, OrderEvent[]>;
}

export interface ExecutionState {
  claim: string;
  readonly markets: Map<string, Market>;
  readonly portfolios: Map<string, Portfolio>;
  /** Ids of own events published and applied, not yet read back. */
  readonly awaited: Set<string>;
  /** Earliest time at which time alone makes an order move; may be too early, never too late, while `due_stale`. */
  due: Micros;
  due_stale: boolean;
  /** Earliest light reconciliation. */
  reconcile_due: Micros;
}

/** The running step: everything the functions of this stage share. One per stage, set anew for every record. */
export interface Step {
  readonly config: ExecutionConfig;
  state: ExecutionState;
  emit: Emit;
  now: Micros;
  /** The market of `state` that was asked for last: most of a step is about one. */
  market: Market | null;
  /** And the portfolio. */
  portfolio: Portfolio | null;
}

export function newExecutionState(config: ExecutionConfig): ExecutionState {
  return {
    claim: config.claim,
    markets: new Map(),
    portfolios: new Map(),
    awaited: new Set(),
    due: Number.POSITIVE_INFINITY,
    due_stale: false,
    reconcile_due: Number.POSITIVE_INFINITY,
  };
}

export function marketOf(step: Step, instrument: string): Market {
  if (step.market !== null && step.market.instrument === instrument) return step.market;
  const { markets } = step.state;
  let market = markets.get(instrument);
  if (market === undefined) {
    market = newMarket(instrument);
    markets.set(instrument, market);
  }
  step.market = market;
  return market;
}

/** Undefined where no record has named it yet. */
export function portfolioNamed(step: Step, name: string): Portfolio | undefined {
  if (step.portfolio !== null && step.portfolio.portfolio === name) return step.portfolio;
  const portfolio = step.state.portfolios.get(name);
  if (portfolio !== undefined) step.portfolio = portfolio;
  return portfolio;
}

export function newPortfolio(of: { portfolio: string; run_id: string; mode: Mode }, claim: string): Portfolio {
  return {
    portfolio: of.portfolio,
    run_id: of.run_id,
    mode: of.mode,
    phase: 'RECONCILING',
    claim,
    sequence: 0,
    settings: null,
    halted: false,
    reconcile_at: Number.POSITIVE_INFINITY,
    full_at: 0,
    account: newAccount(),
    orders: new Map(),
    books: new Map(),
    consumed: new Map(),
    ended: newEndedOrders(),
    waiting: [],
    waiting_openings: 0,
    unanswered: new Map(),
    reconciling_at: 0,
    early: new Map(),
  };
}

/** Keeps the market's list of portfolios that must see its records. */
export function updateHolder(step: Step, portfolio: Portfolio, instrument: string): void {
  const { holders } = marketOf(step, instrument);
  const holds = (portfolio.books.get(instrument)?.length ?? 0) > 0 || portfolio.account.holdings.get(instrument)?.kind === 'perp';
  const at = holders.indexOf(portfolio.portfolio);
  if (holds && at < 0) holders.push(portfolio.portfolio);
  if (!holds && at >= 0) holders.splice(at, 1);
}
