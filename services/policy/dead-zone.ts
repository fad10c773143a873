// Dead zones: combinations of symbol, regime and strategy in which the symbol cap can never reach the smallest useful order.
import { formatDecimal, type Money, mulDiv } from '../../schemas/money.ts';
import { feesOf } from '../costs/fees.ts';
import { exactAmount } from '../costs/table.ts';
import { needOf } from './need.ts';
import type { PolicyFault } from './parse.ts';
import type { Policy } from './schema.ts';
import { REGIME_TAGS } from './strategy.ts';

export interface DeadZone {
  readonly symbol: string;
  readonly regime: string;
  readonly strategy: string;
  /** NAV from which the combination works. */
  readonly nav_needed: Money;
}

export interface DeadZoneInput {
  readonly nav: Money;
  /** The venue's minimum by symbol; the policy's where it is not known. */
  readonly min_notional: Readonly<Record<string, Money>>;
  readonly venue: string;
}

const MILLION = 1_000_000n;

export function deadZones(policy: Policy, input: DeadZoneInput): DeadZone[] {
  const found: DeadZone[] = [];
  const taker = feesOf(policy.venue.fees_bps, input.venue).taker;
  const least = exactAmount(policy.sizing.min_notional);
  for (const [symbol, own] of Object.entries(policy.symbols)) {
    if (!own.enabled) continue;
    const capBps = Math.min(own.symbol_bps ?? policy.caps.symbol_bps, policy.caps.symbol_bps);
    const stated = input.min_notional[symbol] ?? 0n;
    for (const regime of REGIME_TAGS) {
      const { size, stop_factor } = policy.regimes[regime];
      if (size === null || size <= 0 || policy.sizing.accept_dead_zones.includes(regime)) continue;
      const share = BigInt(capBps) * BigInt(Math.round(Math.min(size, 1) * 1e6));
      for (const [strategy, plan] of Object.entries(policy.strategies)) {
        if (!plan.enabled || (own.tier !== undefined && !plan.tiers.includes(own.tier))) continue;
        const stop = Math.floor(plan.stop_bps * stop_factor + 0.5);
        const need = needOf(stated > least ? stated : least, policy.sizing.exit_buffer_bps, stop, taker);
        if (need === null || share === 0n || input.nav * share < need * 10_000n * MILLION) {
          const nav_needed = need === null || share === 0n ? 0n : mulDiv(need, 10_000n * MILLION, share);
          found.push({ symbol, regime, strategy, nav_needed });
        }
      }
    }
  }
  return found;
}

export function deadZoneFaults(policy: Policy, input: DeadZoneInput): PolicyFault[] {
  return deadZones(policy, input).map((zone) => ({
    code: 'POLICY_DEAD_ZONE',
    path: `symbols.${zone.symbol}`,
    value: `NAV ${formatDecimal(input.nav)} in ${zone.regime} for ${zone.strategy}`,
    expected: `NAV ${formatDecimal(zone.nav_needed)} or more, or ${zone.regime} in sizing.accept_dead_zones`,
  }));
}
