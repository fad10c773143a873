// The gates of the caps: each asks whether one limit of exposure leaves room for the smallest useful size.
import { formatDecimal, type Money } from '../../../schemas/money.ts';
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import { ON } from '../sizing/blocked-by.ts';
import type { CapName } from '../sizing/caps.ts';
import type { EntryContext } from './context.ts';
import { atLeast, dependent, type FlipTo, type Gate, off, unsized } from './gate.ts';

export function capGate(number: number, name: string, caps: readonly CapName[], reason: string, policy_key: string): Gate {
  const gate: Gate = {
    number,
    name,
    class: 'B',
    unit: 'usd',
    policy_key,
    evaluate: (e) => {
      const { sized } = e;
      if (sized.caps === null || sized.need === null) return unsized(gate, sized.blocked_by);
      if (name === 'DEPTH_CAP' && e.depth_taken === null && e.policy.liquidity.depth_share !== null)
        return dependent(gate, ON.DEPTH);
      let headroom: Money | null = null;
      for (const cap of caps) {
        const left = sized.caps.all[cap].headroom;
        if (left !== null && (headroom === null || left < headroom)) headroom = left;
      }
      return headroom === null ? off(gate) : atLeast(gate, headroom, sized.need, reason);
    },
    flip: (e, verdict) => capFlip(e, verdict, caps, policy_key),
  };
  return gate;
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
  const short = (verdict.limit ?? 0n) - (verdict.observed ?? 0n);
  const none: FlipTo = { policy_key, from: formatDecimal(verdict.observed ?? 0n), to: formatDecimal(verdict.limit ?? 0n) };
  const { nav } = e.in.equity;
  const all = e.sized.caps?.all;
  if (all === undefined || nav === null || nav <= 0n) return none;
  for (const name of caps) {
    const cap = all[name];
    const key = BPS_KEYS[name]?.(e);
    if (key === undefined || cap.limit === null || cap.headroom !== verdict.observed) continue;
    const wanted = cap.used + cap.reserved + (verdict.limit ?? 0n);
    const regime = name === 'SYMBOL' && (e.regime_size ?? 0) < 1 ? BigInt(Math.round((e.regime_size ?? 0) * 1e6)) : 1_000_000n;
    if (regime === 0n) return none;
    const per = nav * regime;
    const bps = (wanted * 10_000n * 1_000_000n + per - 1n) / per;
    return { policy_key: key, from: keyValue(e, key), to: String(bps) };
  }
  return short > 0n ? none : { ...none, policy_key };
}

function keyValue(e: EntryContext, key: string): string {
  let value: unknown = e.policy;
  for (const part of key.split('.')) value = (value as Readonly<Record<string, unknown>>)[part];
  return String(value);
}
