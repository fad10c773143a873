// Every limit of exposure at one moment: sizing takes the smallest headroom, the cap gates compare each with the need.
import { bpsFloor, type Decimal, type Money, SCALE } from '../../../schemas/money.ts';
import type { Cap, InstrumentKind } from '../../../schemas/records.generated.ts';
import type { Micros } from '../../../schemas/time.ts';
import { exactAmount } from '../../costs/table.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Tier } from '../../policy/strategy.ts';
import { exposuresOf } from '../ledger/exposure.ts';
import type { Ledger } from '../ledger/ledger.ts';

export interface CapRequest {
  readonly now: Micros;
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly nav: Money;
  readonly cash_free: Money;
  readonly instrument: string;
  readonly venue: string;
  readonly chain: string;
  readonly kind: InstrumentKind;
  readonly tier: Tier;
  readonly theme: string;
  readonly strategy: string;
  readonly regime: number;
  readonly stop_bps: number;
  /** Expected round trip, bps as a decimal. */
  readonly round_trip_bps: Decimal;
  readonly kelly_ppb: number;
  /** Value within ±20 bps on the side taken; null = unknown. */
  readonly depth: Money | null;
  readonly taker_bps: number;
  readonly leverage: number;
  readonly lease: { readonly notional: Money; readonly until: Micros } | null;
}

export const CAP_NAMES = [
  'SYMBOL',
  'TIER',
  'THEME',
  'STRATEGY',
  'VENUE',
  'CHAIN',
  'TOTAL',
  'LEVERAGE',
  'CASH',
  'RISK',
  'KELLY',
  'DEPTH',
  'ORDER_VALUE',
  'LEASE',
  'CAPITAL',
] as const;
export type CapName = (typeof CAP_NAMES)[number];

export interface Caps {
  /** In the order of CAP_NAMES. */
  readonly all: Cap[];
  /** Smallest headroom of all. */
  readonly headroom: Money;
  readonly binding: CapName;
  readonly runner_up: CapName;
}

const MILLION = 1_000_000n;
const PPB = 1_000_000_000n;
const BPS = 10_000n;

function millionths(share: number): bigint {
  return BigInt(Math.round(share * 1e6));
}

/** amount × share, rounded down; the share has at most six decimals. */
function shareOf(amount: Money, share: number): Money {
  return share === 1 ? amount : (amount * millionths(share)) / MILLION;
}

function cap(name: CapName, limit: Money | null, used: Money, reserved: Money): Cap {
  if (limit === null) return { name, limit, used, reserved, headroom: null };
  const left = limit - used - reserved;
  return { name, limit, used, reserved, headroom: left > 0n ? left : 0n };
}

export function effectiveCap(r: CapRequest): Caps {
  const { policy, nav } = r;
  const { caps } = policy;
  const { used, reserved } = exposuresOf(r.ledger, r);
  const own = policy.symbols[r.instrument]?.symbol_bps;
  const symbolBps = own !== undefined && own < caps.symbol_bps ? own : caps.symbol_bps;
  const all = [
    cap('SYMBOL', symbolLimit(nav, symbolBps, r.regime), used.symbol, reserved.symbol),
    cap('TIER', bpsFloor(nav, caps.tier_bps[r.tier]), used.tier, reserved.tier),
    cap('THEME', bpsFloor(nav, caps.theme_bps[r.theme] ?? caps.theme_bps.OTHER ?? 0), used.theme, reserved.theme),
    cap('STRATEGY', bpsFloor(nav, caps.strategy_bps), used.strategy, reserved.strategy),
    cap('VENUE', bpsFloor(nav, caps.venue_bps), used.venue, reserved.venue),
    r.chain === '' ? cap('CHAIN', null, 0n, 0n) : cap('CHAIN', bpsFloor(nav, caps.chain_bps), used.chain, reserved.chain),
    cap('TOTAL', bpsFloor(nav, caps.total_bps), used.total, reserved.total),
    cap('LEVERAGE', shareOf(nav, r.leverage), used.total, reserved.total),
    cap('CASH', cashLimit(r), 0n, 0n),
    cap('RISK', riskLimit(r), 0n, 0n),
    cap('KELLY', (nav * BigInt(r.kelly_ppb)) / PPB, 0n, 0n),
    cap('DEPTH', depthLimit(r), 0n, 0n),
    cap('ORDER_VALUE', exactAmount(policy.order.max_value), 0n, 0n),
    cap('LEASE', leaseLimit(r), used.total, reserved.total),
    cap('CAPITAL', caps.capital_max === null ? null : exactAmount(caps.capital_max), used.total, reserved.total),
  ];
  return smallest(all);
}

/** Only a regime below 1 shrinks it. */
function symbolLimit(nav: Money, symbol_bps: number, regime: number): Money {
  return regime >= 1 ? bpsFloor(nav, symbol_bps) : shareOf(nav * BigInt(symbol_bps), regime) / BPS;
}

/** Free cash less the reserve, for notional and fee; a derivative needs its initial margin instead of its notional. */
function cashLimit(r: CapRequest): Money {
  let free = r.cash_free - bpsFloor(r.nav, r.policy.caps.cash_reserve_bps);
  const fee = BigInt(Math.round(r.taker_bps * 100));
  if (r.kind !== 'perp') return free <= 0n ? 0n : (free * MILLION) / (MILLION + fee);
  const leverage = millionths(r.leverage);
  for (const position of r.ledger.positions.values()) {
    if (position.kind === 'perp') free -= (position.exposure * MILLION) / leverage;
  }
  return free <= 0n ? 0n : (free * MILLION) / ((MILLION * MILLION) / leverage + fee);
}

/** The notional that loses `risk_per_trade_bps` of NAV at the stop, costs included. */
function riskLimit(r: CapRequest): Money {
  const loss = BigInt(r.stop_bps) * SCALE + r.round_trip_bps;
  return (r.nav * BigInt(r.policy.sizing.risk_per_trade_bps) * SCALE) / loss;
}

function depthLimit(r: CapRequest): Money | null {
  const share = r.policy.liquidity.depth_share;
  return share === null || r.depth === null ? null : shareOf(r.depth, share);
}

function leaseLimit(r: CapRequest): Money | null {
  if (!r.policy.lease.required) return null;
  return r.lease === null || r.now >= r.lease.until ? 0n : r.lease.notional;
}

/** The order value always has a limit, so there is a smallest. Ties go to the first in the table. */
function smallest(all: Cap[]): Caps {
  let binding: CapName = 'ORDER_VALUE';
  let headroom: Money | null = null;
  let runner_up: CapName = 'ORDER_VALUE';
  let next: Money | null = null;
  for (let i = 0; i < CAP_NAMES.length; i += 1) {
    const name = CAP_NAMES[i];
    const left = all[i]?.headroom ?? null;
    if (name === undefined || left === null) continue;
    if (headroom === null || left < headroom) {
      runner_up = binding;
      next = headroom;
      binding = name;
      headroom = left;
    } else if (next === null || left < next) {
      runner_up = name;
      next = left;
    }
  }
  return { all, headroom: headroom ?? 0n, binding, runner_up };
}
