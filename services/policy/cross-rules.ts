// The rules between keys of a policy: each has a name, and says path, value and what was expected.
import { formatDecimal, SCALE } from '../../schemas/money.ts';
import { takerFloorBps } from '../costs/cost.ts';
import { feesOf } from '../costs/fees.ts';
import { exactAmount } from '../costs/table.ts';
import { isFeatureName } from '../signals/feature-names.ts';
import { liquidationShare } from './liquidation.ts';
import { needOf } from './need.ts';
import type { PolicyFault } from './parse.ts';
import { type Policy, WAIVABLE } from './schema.ts';
import { CANARY_WIDTH, DERIVED_FEATURES, REGIME_TAGS, type Strategy, TIERS } from './strategy.ts';

export type Report = (path: string, value: unknown, expected: string) => void;

export interface CrossRule {
  readonly code: string;
  readonly check: (policy: Policy, report: Report) => void;
}

/** Smaller positions count as dust. */
const DUST = 1n * SCALE;
/** The most that grade, provenance, checks and corroboration add up to. */
const TRUST_REACHABLE = 85;
/** Of a signal whose source is vouched for: its points and 15 for checks. */
const CHECK_POINTS = 15;

/** `check` names the smaller first; equality passes. */
function ordered(report: Report, ...steps: readonly (readonly [path: string, value: number | null])[]): void {
  for (let i = 1; i < steps.length; i += 1) {
    const [low, high] = [steps[i - 1], steps[i]];
    if (low === undefined || high === undefined || low[1] === null || high[1] === null || low[1] <= high[1]) continue;
    report(low[0], low[1], `at most ${high[0]} ${high[1]}`);
  }
}

function enabled(policy: Policy): [string, Strategy][] {
  return Object.entries(policy.strategies).filter(([, strategy]) => strategy.enabled);
}

export const CROSS_RULES: readonly CrossRule[] = [
  {
    code: 'POLICY_POSITIONS_OVER_TOTAL',
    check: ({ portfolio, caps }, report) => {
      const sum = portfolio.max_positions * caps.symbol_bps;
      if (sum > caps.total_bps)
        report('portfolio.max_positions', sum, `positions × symbol cap at most caps.total_bps ${caps.total_bps}`);
    },
  },
  {
    code: 'POLICY_TIER_OVER_TOTAL',
    check: ({ caps }, report) => {
      for (const tier of TIERS)
        ordered(report, [`caps.tier_bps.${tier}`, caps.tier_bps[tier]], ['caps.total_bps', caps.total_bps]);
    },
  },
  {
    code: 'POLICY_THEME_OVER_TOTAL',
    check: ({ caps }, report) => {
      for (const [theme, bps] of Object.entries(caps.theme_bps))
        ordered(report, [`caps.theme_bps.${theme}`, bps], ['caps.total_bps', caps.total_bps]);
    },
  },
  {
    code: 'POLICY_STRATEGY_OVER_TOTAL',
    check: ({ caps }, report) => ordered(report, ['caps.strategy_bps', caps.strategy_bps], ['caps.total_bps', caps.total_bps]),
  },
  {
    code: 'POLICY_BASE_OVER_SYMBOL',
    check: ({ sizing, caps }, report) => {
      for (const tier of TIERS)
        ordered(report, [`sizing.base_bps.${tier}`, sizing.base_bps[tier]], ['caps.symbol_bps', caps.symbol_bps]);
    },
  },
  {
    code: 'POLICY_STOPS_ORDER',
    check: ({ stops }, report) =>
      ordered(
        report,
        ['stops.daily_bps', stops.daily_bps],
        ['stops.weekly_bps', stops.weekly_bps],
        ['stops.drawdown_bps', stops.drawdown_bps],
      ),
  },
  {
    code: 'POLICY_COOLDOWN_ORDER',
    check: ({ cooldown }, report) =>
      ordered(
        report,
        ['cooldown.win_s', cooldown.win_s],
        ['cooldown.loss_s', cooldown.loss_s],
        ['cooldown.stop_s', cooldown.stop_s],
        ['cooldown.catastrophic_s', cooldown.catastrophic_s],
      ),
  },
  {
    code: 'POLICY_HOURLY_OVER_DAILY',
    check: ({ pacing }, report) => ordered(report, ['pacing.per_hour', pacing.per_hour], ['pacing.per_day', pacing.per_day]),
  },
  {
    code: 'POLICY_SPACING_ORDER',
    check: ({ pacing }, report) =>
      ordered(report, ['pacing.global_s', pacing.global_s], ['pacing.symbol_s', pacing.symbol_s], ['one day', 86_400]),
  },
  {
    code: 'POLICY_RECONCILIATION_INTERVAL',
    check: ({ reconcile, reconciliation }, report) => {
      const max = reconciliation.max_age_s;
      if (max !== null && reconcile.light_s >= max)
        report('reconcile.light_s', reconcile.light_s, `below reconciliation.max_age_s ${max}`);
    },
  },
  {
    code: 'POLICY_QUOTE_OVER_MARKS',
    check: ({ data, marks }, report) =>
      ordered(report, ['data.quote_max_age_s', data.quote_max_age_s], ['marks.max_age_s', marks.max_age_s]),
  },
  {
    code: 'POLICY_COLLAR_NARROW',
    check: ({ order, liquidity }, report) => {
      for (const tier of [...TIERS, 'DEX'] as const) {
        const spread = tier === 'DEX' ? 0 : liquidity.max_spread_bps[tier] / 2;
        const least = liquidity.max_slippage_bps[tier] + spread;
        if (order.collar_bps[tier] < least)
          report(`order.collar_bps.${tier}`, order.collar_bps[tier], `at least slippage and half the spread, ${least}`);
      }
    },
  },
  {
    code: 'POLICY_CONVICTION_MIN',
    check: ({ conviction }, report) => {
      if (conviction.min >= 0.5) report('conviction.min', conviction.min, 'below 0.5');
    },
  },
  {
    code: 'POLICY_MAKER_OVER_TAKER',
    check: ({ venue }, report) => {
      for (const [name, fee] of Object.entries(venue.fees_bps))
        ordered(report, [`venue.fees_bps.${name}.maker`, fee.maker], [`venue.fees_bps.${name}.taker`, fee.taker]);
    },
  },
  {
    code: 'POLICY_DUST_OVER_MINIMUM',
    check: ({ sizing }, report) => {
      if (exactAmount(sizing.min_notional) < DUST)
        report('sizing.min_notional', sizing.min_notional, 'at least 1, below which a position is dust');
    },
  },
  {
    code: 'POLICY_VALUE_BELOW_NEED',
    check: (policy, report) => {
      const widest = Math.max(0, ...enabled(policy).map(([, strategy]) => strategy.stop_bps));
      const fee = feesOf(policy.venue.fees_bps, 'default').taker;
      const least = needOf(exactAmount(policy.sizing.min_notional), policy.sizing.exit_buffer_bps, widest, fee);
      if (least === null || exactAmount(policy.order.max_value) < least) {
        const expected = least === null ? 'a stop that leaves something' : `at least the smallest order, ${formatDecimal(least)}`;
        report('order.max_value', policy.order.max_value, expected);
      }
    },
  },
  {
    code: 'POLICY_REWARD_RISK',
    check: (policy, report) => {
      const least = policy.plan.min_reward_risk;
      if (least === null) return;
      for (const [id, { stop_bps, target_bps }] of enabled(policy)) {
        if (target_bps < least * stop_bps)
          report(`strategies.${id}.target_bps`, target_bps, `at least ${least} × stop_bps ${stop_bps}`);
      }
    },
  },
  {
    code: 'POLICY_COST_SHARE',
    check: (policy, report) => {
      const fees = feesOf(policy.venue.fees_bps, 'default');
      for (const [id, strategy] of enabled(policy)) {
        for (const tier of strategy.tiers) {
          const floor =
            Number(takerFloorBps({ quote: null, side: 'BUY', notional: 0n, tier, atr_share: null, costs: policy.costs, fees })) /
            1e12;
          const most = strategy.target_bps * policy.cost.max_target_share;
          if (floor > most)
            report(
              `strategies.${id}.target_bps`,
              strategy.target_bps,
              `a round trip in ${tier} (${floor} bps) within ${most} bps of it`,
            );
        }
      }
    },
  },
  {
    code: 'POLICY_TRUST_UNREACHABLE',
    check: (policy, report) => {
      const vouched = Math.max(0, ...Object.values(policy.trust.vouched)) + CHECK_POINTS;
      const reachable = Math.max(TRUST_REACHABLE, Math.min(vouched, 100));
      for (const [id, { min_trust }] of enabled(policy)) {
        if (min_trust > reachable)
          report(`strategies.${id}.min_trust`, min_trust, `at most ${reachable}, the most a signal reaches`);
      }
      if (policy.trust.min > reachable) report('trust.min', policy.trust.min, `at most ${reachable}, the most a signal reaches`);
    },
  },
  {
    code: 'POLICY_STOP_LIQUIDATION',
    check: (policy, report) => {
      const leverages = [policy.caps.leverage, ...Object.values(policy.symbols).map((symbol) => symbol.leverage ?? 1)];
      const leverage = Math.max(...leverages);
      const distance = liquidationShare(true, leverage) * 10_000;
      for (const [id, { stop_bps }] of enabled(policy)) {
        const most = distance / policy.plan.min_liquidation_stops;
        if (stop_bps > most) report(`strategies.${id}.stop_bps`, stop_bps, `at most ${most.toFixed(0)} at leverage ${leverage}`);
      }
    },
  },
  {
    code: 'POLICY_CANARY_WIDTH',
    check: ({ conviction }, report) => {
      if (conviction.min <= CANARY_WIDTH) report('conviction.min', conviction.min, `above the canary window ${CANARY_WIDTH}`);
    },
  },
  {
    code: 'POLICY_KELLY',
    check: ({ kelly }, report) => {
      if (kelly.fraction > 0.5) report('kelly.fraction', kelly.fraction, 'at most 0.5');
      ordered(report, ['kelly.default_bps', kelly.default_bps], ['kelly.cap_bps', kelly.cap_bps], ['the ceiling', 500]);
    },
  },
  {
    code: 'POLICY_REGIMES',
    check: (policy, report) => {
      if (policy.regimes.crash.size !== 0) report('regimes.crash.size', policy.regimes.crash.size, '0');
      if (!isLive(policy)) return;
      for (const tag of REGIME_TAGS) {
        const { size } = policy.regimes[tag];
        if (size !== null && size > 1) report(`regimes.${tag}.size`, size, 'at most 1 in live');
      }
    },
  },
  {
    code: 'POLICY_NAME_UNKNOWN',
    check: (policy, report) => {
      const { allowed } = policy.instruments;
      for (const [name, symbol] of Object.entries(policy.symbols)) {
        if (!allowed.includes('*') && !allowed.includes(name))
          report(`symbols.${name}`, name, 'an instrument of instruments.allowed');
        if (symbol.theme !== undefined && policy.caps.theme_bps[symbol.theme] === undefined)
          report(`symbols.${name}.theme`, symbol.theme, 'a theme of caps.theme_bps');
      }
      if (policy.caps.theme_bps.OTHER === undefined) report('caps.theme_bps.OTHER', 'missing', 'the cap of all other themes');
      for (const name of policy.exits.momentum_strategies) {
        if (policy.strategies[name] === undefined) report('exits.momentum_strategies', name, 'a strategy of this policy');
      }
      for (const [id, strategy] of Object.entries(policy.strategies)) {
        for (const { feature, value } of strategy.conditions) {
          if (!isKnownFeature(feature)) report(`strategies.${id}.conditions`, feature, 'a feature that enrichment supplies');
          if (typeof value === 'string' && value.includes('.') && !isKnownFeature(value))
            report(`strategies.${id}.conditions`, value, 'a feature that enrichment supplies');
        }
        if (strategy.trail_bps !== undefined && strategy.trail_arm_bps === undefined)
          report(`strategies.${id}.trail_arm_bps`, 'missing', 'the distance that arms the trail');
      }
    },
  },
  {
    code: 'POLICY_RESTRICTED_ALLOWED',
    check: ({ restricted, instruments, symbols }, report) => {
      for (const name of restricted) {
        if (instruments.allowed.includes(name) || symbols[name]?.enabled === true)
          report('restricted', name, 'no instrument that is also allowed');
      }
    },
  },
  {
    code: 'POLICY_WAIVE_UNKNOWN',
    check: ({ gates }, report) => {
      const waivable: readonly string[] = WAIVABLE;
      for (const name of gates.waive_unknown)
        if (!waivable.includes(name)) report('gates.waive_unknown', name, `one of ${waivable.join(', ')}`);
    },
  },
  {
    code: 'POLICY_LIMIT_NULL',
    check: (policy, report) => {
      if (!isLive(policy)) return;
      for (const [path, value] of liveLimits(policy))
        if (value === null) report(path, null, 'a limit: live trades with all of them');
    },
  },
  {
    code: 'POLICY_THROTTLE',
    check: ({ throttle }, report) => {
      const most = throttle.venue_messages * 0.8;
      if (throttle.messages !== null && throttle.messages > most)
        report('throttle.messages', throttle.messages, `at most ${most}, 80 % of throttle.venue_messages`);
    },
  },
  {
    code: 'POLICY_ANALYSIS_BUDGET',
    check: ({ analysis }, report) =>
      ordered(report, ['analysis.daily_usd', analysis.daily_usd], ['analysis.monthly_usd', analysis.monthly_usd]),
  },
];

/** Warnings: allowed, but worth saying. */
export const CROSS_WARNINGS: readonly CrossRule[] = [
  {
    code: 'POLICY_TOTAL_HIGH',
    check: ({ caps }, report) => {
      if (caps.total_bps > 5_000)
        report('caps.total_bps', caps.total_bps, 'at most 5000: more than half of the capital may be at risk');
    },
  },
];

/** Anything but the named loose profiles has the strictness of live. */
export function isLive(policy: Policy): boolean {
  return policy.profile !== 'paper' && policy.profile !== 'bench' && policy.profile !== 'demo';
}

/** Limits whose gates may not be off in live. */
function liveLimits(p: Policy): [string, unknown][] {
  return [
    ['reconciliation.max_age_s', p.reconciliation.max_age_s],
    ['instruments.derived_max_age_s', p.instruments.derived_max_age_s],
    ['instruments.min_listing_age_s', p.instruments.min_listing_age_s],
    ['instruments.min_price', p.instruments.min_price],
    ['volatility.max_move_bps', p.volatility.max_move_bps],
    ['volatility.max_annual_bps', p.volatility.max_annual_bps],
    ...TIERS.map((tier): [string, unknown] => [`liquidity.min_depth.${tier}`, p.liquidity.min_depth[tier]]),
    ['liquidity.depth_share', p.liquidity.depth_share],
    ['venue.max_error_bps', p.venue.max_error_bps],
    ['kelly.min_trades', p.kelly.min_trades],
    ['pacing.per_hour', p.pacing.per_hour],
    ['pacing.per_day', p.pacing.per_day],
    ['pacing.repeated', p.pacing.repeated],
    ['throttle.messages', p.throttle.messages],
    ['caps.capital_max', p.caps.capital_max],
  ];
}

function isKnownFeature(name: string): boolean {
  return DERIVED_FEATURES.includes(name) || isFeatureName(name);
}

export function crossFaults(policy: Policy, rules: readonly CrossRule[] = CROSS_RULES): PolicyFault[] {
  const faults: PolicyFault[] = [];
  for (const { code, check } of rules) {
    check(policy, (path, value, expected) => faults.push({ code, path, value: shown(value), expected }));
  }
  return faults;
}

function shown(value: unknown): string {
  return typeof value === 'bigint' ? formatDecimal(value) : typeof value === 'string' ? value : JSON.stringify(value);
}
