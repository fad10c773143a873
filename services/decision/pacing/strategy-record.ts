// How a strategy has done lately, and what follows: a pause after losses running, probation, retirement.
import type { Money } from '../../../schemas/money.ts';
import type { Micros } from '../../../schemas/time.ts';
import type { Policy } from '../../policy/schema.ts';

export interface StrategyResult {
  readonly at: Micros;
  readonly net: Money;
}

export interface StrategyRecord {
  losses: number;
  /** End of the pause after losses; -1 = none. */
  paused_until: Micros;
  /** End of an operator's pause; -1 = none, Infinity = until resumed. */
  held_until: Micros;
  retired: boolean;
  probation: boolean;
  /** Oldest first; what no rule can ask for any more is dropped. */
  results: StrategyResult[];
}

export type StrategyStanding = 'ACTIVE' | 'PROBATION' | 'PAUSED' | 'RETIRED';

export function newStrategyRecord(): StrategyRecord {
  return { losses: 0, paused_until: -1, held_until: -1, retired: false, probation: false, results: [] };
}

export function standingOf(record: StrategyRecord | undefined, now: Micros): StrategyStanding {
  if (record === undefined) return 'ACTIVE';
  if (record.retired) return 'RETIRED';
  if (now < record.paused_until || now < record.held_until) return 'PAUSED';
  return record.probation ? 'PROBATION' : 'ACTIVE';
}

/** Poor: too few wins, or, for a strategy that is meant to win seldom, no profit in sum. */
function isPoor(results: readonly StrategyResult[], from: number, rate: number, lowHitRate: boolean): boolean {
  let wins = 0;
  let net = 0n;
  for (let i = from; i < results.length; i += 1) {
    const result = results[i];
    if (result === undefined) continue;
    if (result.net > 0n) wins += 1;
    net += result.net;
  }
  return lowHitRate ? net <= 0n : wins < rate * (results.length - from);
}

export function judgeStrategy(record: StrategyRecord, result: StrategyResult, policy: Policy, strategy: string): void {
  const rules = policy.streak.strategy;
  if (result.net < 0n) record.losses += 1;
  else if (result.net > 0n) record.losses = 0;
  if (rules === null) return;
  if (result.net < 0n && record.losses >= rules.losses) {
    const until = result.at + rules.pause_s * 1_000_000;
    if (until > record.paused_until) record.paused_until = until;
  }
  const { results } = record;
  results.push(result);
  const since = result.at - rules.retire_s * 1_000_000;
  while (results.length > rules.probation_trades && (results[0]?.at ?? since) <= since) results.shift();
  const lowHitRate = (policy.strategies[strategy]?.low_hit_rate ?? null) !== null;
  record.probation =
    results.length >= rules.probation_trades &&
    isPoor(results, results.length - rules.probation_trades, rules.probation_rate, lowHitRate);
  const first = results.findIndex((r) => r.at > since);
  if (first >= 0 && results.length - first >= rules.retire_trades && isPoor(results, first, rules.retire_rate, lowHitRate)) {
    record.retired = true;
  }
}
