// What the monitor reads in a portfolio's policy: which rules are on, and the lists and spreads they use.

import type { Mode, PolicyActivated, Tier } from '../../schemas/records.generated.ts';
import { parsePolicy } from '../policy/parse.ts';
import { RULES } from './rules/rules.ts';

export interface ExitSettings {
  readonly run_id: string;
  readonly mode: Mode;
  /** By place in RULES. */
  readonly enabled: readonly boolean[];
  /** FLASH_CRASH is on: its mids are kept. */
  readonly flash: boolean;
  readonly flash_leaders: ReadonlySet<string>;
  readonly momentum_strategies: ReadonlySet<string>;
  /** Hundredths of a basis point, so that half of it stays exact. */
  readonly spread_cbps: Readonly<Record<Tier, bigint>>;
}

/** Until a policy is known every rule is on: a stop is never off for want of a record. */
export const DEFAULT_SETTINGS: ExitSettings = {
  run_id: '',
  mode: 'live',
  enabled: RULES.map(() => true),
  flash: true,
  flash_leaders: new Set(['BTC', 'ETH']),
  momentum_strategies: new Set([
    'meme_momentum',
    'early_launch',
    'trend_following',
    'scalping',
    'bear_momentum',
    'price_move',
    'breakout',
    'momentum',
  ]),
  spread_cbps: { T1: 0n, T2: 0n, T3: 0n, micro: 0n, unknown: 0n },
};

/** null: the document is not a policy; the decision stage reports that, and the settings before it stand. */
export function settingsOf(record: PolicyActivated): ExitSettings | null {
  let document: unknown;
  try {
    document = JSON.parse(record.policy);
  } catch {
    return null;
  }
  const { policy } = parsePolicy(document);
  if (policy === null) return null;
  const rules: Readonly<Record<string, boolean>> = policy.exits.rules;
  const spread = policy.costs.spread_bps;
  const cbps = (bps: number) => BigInt(Math.round(bps * 100));
  return {
    run_id: record.run_id,
    mode: record.mode,
    enabled: RULES.map((rule) => rules[rule.policy_key] ?? true),
    flash: policy.exits.rules.flash_crash,
    flash_leaders: new Set(policy.exits.flash_leaders),
    momentum_strategies: new Set(policy.exits.momentum_strategies),
    spread_cbps: {
      T1: cbps(spread.T1),
      T2: cbps(spread.T2),
      T3: cbps(spread.T3),
      micro: cbps(spread.T3),
      unknown: cbps(spread.unknown),
    },
  };
}
