// The one shape of a price rule: one file each, evaluated on every market record, listed in order in rules.ts.
import { bpsCeil, bpsFloor, ceilToStep, floorToStep, type Price, toNumber } from '../../../schemas/money.ts';
import type { ExitInput, ExitUrgency } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { ExitSettings } from '../settings.ts';
import type { Track } from '../track.ts';
import type { Watched } from '../watched.ts';

/** State of a rule for one position; a missing input is named and disables no other rule. */
export type RuleState = 'OK' | 'ARMED' | 'FIRED' | 'DISABLED' | `UNAVAILABLE:${string}`;

export type RuleName =
  | 'FLASH_CRASH'
  | 'POSITION_LOSS_EXTREME'
  | 'STOP_LOSS'
  | 'BREAKEVEN_STOP'
  | 'TRAILING_STOP'
  | 'TAKE_PROFIT'
  | 'VOLUME_DEATH'
  | 'MOMENTUM_DECAY'
  | 'PROGRESSIVE_12H'
  | 'PROGRESSIVE_24H'
  | 'PROGRESSIVE_36H';

export interface RuleView {
  readonly position: Watched;
  readonly track: Track;
  readonly settings: ExitSettings;
  /** What closing would pay: bid of a long, ask of a short. */
  readonly price: Price;
  readonly at: Micros;
  /** The position was entered inside the bar that this price closes: it may be stopped in it, and takes no profit in it. */
  readonly entry_bar: boolean;
}

export interface ExitRule {
  /** Also the reason code of the exit. */
  readonly name: RuleName;
  /** Key under `exits.rules` of the policy. */
  readonly policy_key: string;
  readonly urgency: ExitUrgency;
  evaluate(view: RuleView): RuleState;
  /** What it read besides the price, the average and the best price. */
  inputs?(view: RuleView): ExitInput[];
}

export function input(name: string, value: bigint, at: Micros | null, view: RuleView): ExitInput {
  return { name, value: toNumber(value), offset: null, age_us: at === null ? null : view.at - at };
}

const BPS = 10_000;

/** The price at which a position has lost (bps > 0) or gained (bps < 0) so much of its average price: equality counts, no float. */
export function priceAtLoss(position: Watched, bps: number): Price {
  return position.long ? bpsFloor(position.avg, BPS - bps) : bpsCeil(position.avg, BPS + bps);
}

/** The price at which a position has gained so much: the nearest that is not less. */
export function priceAtGain(position: Watched, bps: number): Price {
  return position.long ? bpsCeil(position.avg, BPS + bps) : bpsFloor(position.avg, BPS - bps);
}

/** A stop `bps` behind a price, on the tick grid: a long's is rounded up, a short's down. */
export function stopBehind(position: Watched, from: Price, bps: number, tick: Price): Price {
  return position.long ? ceilToStep(bpsCeil(from, BPS - bps), tick) : floorToStep(bpsFloor(from, BPS + bps), tick);
}

/** The price is at the level or worse for the position. */
export function hasFallenTo(position: Watched, price: Price, level: Price): boolean {
  return position.long ? price <= level : price >= level;
}

/** The price is at the level or better for the position. */
export function hasRisenTo(position: Watched, price: Price, level: Price): boolean {
  return position.long ? price >= level : price <= level;
}

/** The stop nearer to the price. */
export function tighter(position: Watched, a: Price | null, b: Price): Price {
  if (a === null) return b;
  return position.long === a > b ? a : b;
}

/** A stop that also rests at the venue is given this long to fill there first. */
export const RESTING_STOP_GRACE_US: Micros = 2_000_000;

/** A software stop at its level: at once, or after the grace of the one that rests at the venue. */
export function stopHit(view: RuleView, level: Price): boolean {
  const { position } = view;
  if (!hasFallenTo(position, view.price, level)) return false;
  if (!position.protected) return true;
  position.breached_at ??= view.at;
  return view.at - position.breached_at >= RESTING_STOP_GRACE_US;
}
