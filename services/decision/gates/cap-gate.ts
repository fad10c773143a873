// The gates of the caps: each asks whether one limit of exposure leaves room for the smallest useful size.
import { formatDecimal, type Money, SCALE } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import { ON } from '../sizing/blocked-by.ts';
import { CAP_NAMES, type CapName } from '../sizing/caps.ts';
import type { EntryContext } from './context.ts';
import { numericFlip } from './flip-to.ts';
import { atLeast, dependent, type FlipTo, type Gate, gate, off, unsized } from './gate.ts';

export function capGate(number: number, name: string, caps: readonly CapName[], reason: string, policy_key: string): Gate {
  const places = caps.map((cap) => CAP_NAMES.indexOf(cap));
  const self: Gate = gate({
    number,
    name,
    class: 'B',
    unit: 'usd',
    policy_key,
    evaluate: (e) => {
      const { sized } = e;
      if (sized.caps === null || sized.need === null) return unsized(self, sized.blocked_by);
      if (name === 'DEPTH_CAP' && e.depth_taken === null && e.policy.liquidity.depth_share !== null)
        return dependent(self, ON.DEPTH);
      let headroom: Money | null = null;
      for (const place of places) {
        const left = sized.caps.all[place]?.headroom ?? null;
        if (left !== null && (headroom === null || left < headroom)) headroom = left;
      }
      return headroom === null ? off(self) : atLeast(self, headroom, sized.need, reason);
    },
    flip: (e, verdict) => capFlip(e, verdict, caps, policy_key),
  });
  return self;
}

/** Keys whose limit is NAV × basis points, and how the key of the entry's own scope is spelled. */
const BPS_KEYS: Partial<Record<CapName, (e: EntryContext) => string>> = {
  SYMBOL: () => 'caps.symbol_bps',
  TIER: (e) => `caps.tier_bps.${e.tier ?? 'T1'}`,
  THEME: (e) => `caps.theme_bps.${e.policy.caps.theme_bps[e.theme] === undefined ? 'OTHER' : e.theme}`,
  STRATEGY: () => 'caps.strategy_bps',
  VENUE: () => 'caps.venue_bps',
  CHAIN: () => 'caps.chain_bps',
  TOTAL: () => 'caps.total_bps',
};

function capFlip(e: EntryContext, verdict: GateVerdict, caps: readonly CapName[], policy_key: string): FlipTo {
  const need = verdict.limit ?? 0n;
  const { nav } = e.in.equity;
  const all = e.sized.caps?.all;
  const none: FlipTo = { policy_key, from: formatDecimal(verdict.observed ?? 0n), to: formatDecimal(need), value: null };
  if (all === undefined || nav === null || nav <= 0n) return none;
  for (const name of caps) {
    const cap = all[CAP_NAMES.indexOf(name)];
    if (cap === undefined || cap.limit === null || cap.headroom !== verdict.observed) continue;
    const wanted = cap.used + cap.reserved + need;
    const key = BPS_KEYS[name]?.(e);
    if (key !== undefined) return numericFlip(e, key, bpsFor(wanted, nav, name === 'SYMBOL' ? (e.regime_size ?? 0) : 1), 10_000);
    if (name === 'ORDER_VALUE' || name === 'CAPITAL') return numericFlip(e, policy_key, Number((wanted + SCALE - 1n) / SCALE));
  }
  return none;
}

/** The basis points of NAV, times the regime where it is below 1, that reach an amount. */
function bpsFor(wanted: Money, nav: Money, regime: number): number {
  const share = nav * BigInt(Math.round(Math.min(regime, 1) * 1e6));
  return share <= 0n ? -1 : Number((wanted * 10_000n * 1_000_000n + share - 1n) / share);
}
