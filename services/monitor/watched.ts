// An open position as the monitor watches it: the Position's values, the prices its rules act at, and what they last said.
import type { Price, Quantity } from '../../schemas/money.ts';
import type { Mode, Position, StopKind, Tier } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { BREAKEVEN_ARM_BPS } from './rules/breakeven-stop.ts';
import { EXTREME_LOSS_BPS } from './rules/position-loss-extreme.ts';
import { priceAtGain, priceAtLoss, type RuleState, tighter } from './rules/rule.ts';
import { RULES } from './rules/rules.ts';
import type { ExitSettings } from './settings.ts';

const DEFAULT_TRAIL_BPS = 300;
const DEFAULT_TRAIL_ARM_BPS = 400;

export interface Fired {
  readonly rule: string;
  readonly urgent: boolean;
  readonly qty: Quantity;
  readonly at: Micros;
}

export interface Watched {
  readonly portfolio: string;
  readonly run_id: string;
  readonly mode: Mode;
  readonly instrument: string;
  readonly position_id: string;
  readonly long: boolean;
  readonly strategy: string;
  readonly tier: Tier;
  readonly opened_at: Micros;
  readonly entry_volume_hourly: Quantity | null;
  readonly stop_bps: number;
  readonly target_bps: number;
  readonly trail_bps: number;
  readonly trail_arm_bps: number;
  qty: Quantity;
  /** Of it, what exits on their way will sell. */
  pending: Quantity;
  avg: Price;
  last_entry_at: Micros;
  protected: boolean;
  /** Best side price since the opening; the average price until there was a better one. */
  best: Price;
  /** Prices that follow from the average price. */
  extreme: Price;
  target: Price;
  breakeven_arm: Price;
  trailing_arm: Price;
  /** The level of each stop, once it has one, and the price it was computed from. */
  stop_loss: Price | null;
  stop_from: Price | null;
  breakeven_stop: Price | null;
  breakeven_from: Price | null;
  trailing_stop: Price | null;
  trailing_from: Price | null;
  /** The tightest of the three. */
  stop_price: Price | null;
  stop_kind: StopKind | null;
  /** When a stop that also rests at the venue was first met. */
  breached_at: Micros | null;
  /** The settings it was judged by last, and the places in RULES of those that they leave on; all others are DISABLED. */
  settings: ExitSettings | null;
  on: number[];
  /** By place in RULES; `rules` and `armed` are the same as Marks carry them. */
  readonly states: RuleState[];
  rules: Record<string, string>;
  armed: string[];
  marked_at: Micros;
  /** Triggers of the last 60 s, and older ones while their exit is on its way. */
  fired: Fired[];
}

export function watch(p: Position): Watched {
  const position: Watched = {
    portfolio: p.portfolio,
    run_id: p.run_id,
    mode: p.mode,
    instrument: p.instrument,
    position_id: p.position_id,
    long: p.side === 'LONG',
    strategy: p.strategy,
    tier: p.tier,
    opened_at: p.opened_at,
    entry_volume_hourly: p.entry_volume_hourly,
    stop_bps: p.stop_bps,
    target_bps: p.target_bps,
    trail_bps: p.trail_bps ?? DEFAULT_TRAIL_BPS,
    trail_arm_bps: p.trail_arm_bps ?? DEFAULT_TRAIL_ARM_BPS,
    qty: 0n,
    pending: 0n,
    avg: 0n,
    last_entry_at: p.last_entry_at,
    protected: p.protected,
    best: p.avg_price,
    extreme: 0n,
    target: 0n,
    breakeven_arm: 0n,
    trailing_arm: 0n,
    stop_loss: null,
    stop_from: null,
    breakeven_stop: null,
    breakeven_from: null,
    trailing_stop: null,
    trailing_from: null,
    stop_price: null,
    stop_kind: null,
    breached_at: null,
    settings: null,
    on: [],
    states: RULES.map((): RuleState => 'OK'),
    rules: p.rules,
    armed: p.armed,
    marked_at: Number.NEGATIVE_INFINITY,
    fired: [],
  };
  update(position, p);
  return position;
}

/** Takes a later Position of the same position_id: quantity and average as they are, best price and stop only where they improve. */
export function update(position: Watched, p: Position): void {
  position.qty = p.qty;
  position.pending = p.pending_reduction_qty;
  position.last_entry_at = p.last_entry_at;
  position.protected = p.protected;
  if (position.avg !== p.avg_price) {
    position.avg = p.avg_price;
    position.extreme = priceAtLoss(position, EXTREME_LOSS_BPS);
    position.target = priceAtGain(position, position.target_bps);
    position.breakeven_arm = priceAtGain(position, BREAKEVEN_ARM_BPS);
    position.trailing_arm = priceAtGain(position, position.trail_arm_bps);
  }
  if (p.best_price !== null && isBetter(position, p.best_price)) position.best = p.best_price;
  if (p.stop_price === null) return;
  switch (p.stop_kind) {
    case 'BREAKEVEN_STOP':
      position.breakeven_stop = tighter(position, position.breakeven_stop, p.stop_price);
      break;
    case 'TRAILING_STOP':
      position.trailing_stop = tighter(position, position.trailing_stop, p.stop_price);
      break;
    case 'STOP_LOSS':
    case null:
      position.stop_loss = tighter(position, position.stop_loss, p.stop_price);
  }
}

export function isBetter(position: Watched, price: Price): boolean {
  return position.long ? price > position.best : price < position.best;
}

/** Takes the tightest level as the stop; true if it moved. */
export function moveStop(position: Watched): boolean {
  let price = position.stop_loss;
  let kind: StopKind | null = price === null ? null : 'STOP_LOSS';
  const { breakeven_stop, trailing_stop } = position;
  if (breakeven_stop !== null && tighter(position, price, breakeven_stop) !== price) {
    price = breakeven_stop;
    kind = 'BREAKEVEN_STOP';
  }
  if (trailing_stop !== null && tighter(position, price, trailing_stop) !== price) {
    price = trailing_stop;
    kind = 'TRAILING_STOP';
  }
  if (price === position.stop_price && kind === position.stop_kind) return false;
  position.stop_price = price;
  position.stop_kind = kind;
  return true;
}
