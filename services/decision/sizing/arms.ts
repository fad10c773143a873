// The strategies that could answer a signal, the one that does, and with what probability.
import type { Arm, Choice, ExcludedArm } from '../../../schemas/records.generated.ts';
import { DAY } from '../../../schemas/time.ts';
import type { Strategy } from '../../policy/strategy.ts';
import { banditDraw, bestProbabilities, pick, withFloor } from './choice.ts';
import { type EligibilityInput, type Exclusion, exclusionOf } from './eligibility.ts';
import { type Kelly, kellyOf, observedPayoff, payoffOf } from './kelly.ts';
import { armOf, type Learned } from './learned.ts';

/** An arm without an edge is tried again, small, this long after its last Lesson. */
const SECOND_CHANCE_US = 30 * DAY;
const PRIOR_TRADES = 30;

export interface Chosen {
  readonly choice: Choice;
  /** The strategy that is planned and sized by: the chosen one, or, where none is eligible, the one the hypothetical uses. */
  readonly strategy: string | null;
  /** Why the entry has no strategy; null = it has one. */
  readonly refused: Exclusion | null;
  /** Eligible arms there were, but none has an edge. */
  readonly edge_negative: boolean;
  readonly kelly: Kelly | null;
  /** The arm had no edge and is tried again. */
  readonly second_chance: boolean;
}

interface Candidate {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  readonly payoff: number;
  readonly weight: number;
  readonly kelly: Kelly;
  readonly second_chance: boolean;
}

const NONE: Choice = { arms: [], excluded: [], draw: null, chosen: null, propensity: null };

export function chooseStrategy(input: EligibilityInput, learned: Learned, decision_id: string): Chosen {
  const { policy } = input;
  const named = input.enriched.signal.strategy;
  const ids = named === null ? matchedStrategies(policy.strategies) : [named];
  const excluded: ExcludedArm[] = [];
  const eligible: string[] = [];
  let refused: Exclusion | null = null;
  for (const id of ids) {
    const reason = exclusionOf(id, input);
    if (reason === null) eligible.push(id);
    else {
      refused ??= reason;
      excluded.push({ strategy: id, reason });
    }
  }
  if (eligible.length === 0) {
    const strategy = hypothetical(named, ids, policy.strategies);
    const kelly = strategy === null ? null : candidateOf(strategy, input, learned).kelly;
    return {
      choice: { ...NONE, excluded },
      strategy,
      refused: refused ?? 'UNKNOWN',
      edge_negative: false,
      kelly,
      second_chance: false,
    };
  }
  if (eligible.length > 1) eligible.sort();
  const candidates: Candidate[] = [];
  const able: Candidate[] = [];
  for (const id of eligible) {
    const candidate = candidateOf(id, input, learned);
    candidates.push(candidate);
    if (!candidate.kelly.edge_negative || candidate.second_chance) able.push(candidate);
    else excluded.push({ strategy: id, reason: 'EDGE_NEGATIVE' });
  }
  if (able.length === 0) {
    const best = candidates.reduce((a, b) => ((b.kelly.f ?? 0) > (a.kelly.f ?? 0) ? b : a));
    return {
      choice: { ...NONE, excluded },
      strategy: best.id,
      refused: null,
      edge_negative: true,
      kelly: best.kelly,
      second_chance: false,
    };
  }
  return draw(able, excluded, policy.bandit.floor, decision_id);
}

function draw(able: readonly Candidate[], excluded: ExcludedArm[], floor: number, decision_id: string): Chosen {
  const probabilities = withFloor(bestProbabilities(able), floor);
  const u = able.length > 1 ? banditDraw(decision_id) : null;
  const index = u === null ? 0 : pick(probabilities, u);
  const arms: Arm[] = able.map((c, i) => ({
    strategy: c.id,
    alpha: c.alpha,
    beta: c.beta,
    payoff: c.payoff,
    weight: c.weight,
    probability: probabilities[i] ?? 0,
  }));
  const chosen = able[index];
  if (chosen === undefined) throw new Error('no arm was drawn');
  return {
    choice: { arms, excluded, draw: u, chosen: chosen.id, propensity: probabilities[index] ?? 0 },
    strategy: chosen.id,
    refused: null,
    edge_negative: false,
    kelly: chosen.kelly,
    second_chance: chosen.second_chance,
  };
}

const matchedOf = new WeakMap<Readonly<Record<string, Strategy>>, readonly string[]>();

/** Strategies that are considered for signals that name none; the list is kept per policy object. */
function matchedStrategies(strategies: Readonly<Record<string, Strategy>>): readonly string[] {
  let ids = matchedOf.get(strategies);
  if (ids === undefined) {
    ids = Object.keys(strategies).filter((id) => strategies[id]?.matched && strategies[id]?.enabled);
    matchedOf.set(strategies, ids);
  }
  return ids;
}

/** What a refused entry is priced by: the strategy it names, else the catch-all, else the first considered. */
function hypothetical(
  named: string | null,
  ids: readonly string[],
  strategies: Readonly<Record<string, Strategy>>,
): string | null {
  if (named !== null) return strategies[named] === undefined ? null : named;
  return ids.find((id) => strategies[id]?.conditions.length === 0) ?? ids[0] ?? null;
}

function candidateOf(id: string, input: EligibilityInput, learned: Learned): Candidate {
  const { policy, regime } = input;
  const record = armOf(learned, id, regime);
  const strategy = policy.strategies[id];
  const alpha = atLeastOne(record?.bandit.alpha ?? 1);
  const beta = atLeastOne(record?.bandit.beta ?? 1);
  const payoff = payoffOf(record);
  const own = strategy?.kelly_cap_bps;
  const capBps = own !== undefined && own < policy.kelly.cap_bps ? own : policy.kelly.cap_bps;
  const kelly = kellyOf(record?.bandit.alpha ?? 1, record?.bandit.beta ?? 1, payoff, policy.kelly, capBps);
  const b = shrunkPayoff(payoff.n_win + payoff.n_loss, observedPayoff(payoff));
  let weight = regimePreference(strategy, regime) * (1 + b);
  if (input.enriched.signal.signal_type === id) weight *= 1.2;
  const second_chance = kelly.edge_negative && record !== null && input.now - record.last_at >= SECOND_CHANCE_US;
  return { id, alpha, beta, payoff: b, weight, kelly, second_chance };
}

function atLeastOne(count: number): number {
  const rounded = Math.floor(count + 0.5);
  return Math.max(rounded, 1);
}

/** The observed payoff, drawn to 1 while there are few trades. */
export function shrunkPayoff(n: number, observed: number | null): number {
  return observed === null ? 1 : (n * observed + PRIOR_TRADES) / (n + PRIOR_TRADES);
}

function regimePreference(strategy: Strategy | undefined, regime: EligibilityInput['regime']): number {
  if (strategy?.preferred?.includes(regime)) return 1.15;
  if (strategy?.cautious?.includes(regime)) return 0.85;
  return regime === 'unknown' ? 0.7 : 1;
}
