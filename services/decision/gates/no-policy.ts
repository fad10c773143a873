// An entry where no valid policy is in force: nothing can be judged, and it is blocked for that.
import type { GateVerdict } from '../../../schemas/records.generated.ts';
import { duplicateKey } from '../pacing/pacing.ts';
import type { EntryEvaluation, EntryInputs } from './entry.ts';
import { dependent, fail, notApplicable } from './gate.ts';
import { LADDER } from './ladder.ts';

const POLICY = 2;

export function withoutPolicy(inputs: EntryInputs): EntryEvaluation {
  const gates: GateVerdict[] = LADDER.map((gate) => {
    if (gate.number === POLICY) return fail(gate, 'POLICY_MISSING');
    return gate.number < POLICY ? notApplicable(gate) : dependent(gate, POLICY);
  });
  const { enriched } = inputs;
  return {
    action: 'BLOCK',
    reason_code: 'POLICY_MISSING',
    reason_gate: POLICY,
    gates,
    scores: {
      conviction: null,
      strength: enriched.signal.strength,
      confidence: enriched.signal.confidence,
      boosts: {},
      regime_adjust: 0,
      trust: null,
      trust_parts: {},
      source_grade: null,
      source_n: 0,
      band: null,
    },
    choice: { arms: [], excluded: [], draw: null, chosen: null, propensity: null },
    sizing: {
      base_bps: 0,
      factors: [],
      parity_bps: null,
      requested: null,
      caps: [],
      binding: null,
      runner_up: null,
      need: null,
      bumped: false,
      notional: null,
      quantity: null,
      worst_price: null,
      reserved_cash: null,
    },
    plan: null,
    strategy: enriched.signal.strategy,
    tier: enriched.universe?.tier ?? 'unknown',
    theme: enriched.info?.theme ?? '',
    regime: enriched.regime?.tag ?? 'unknown',
    canary: false,
    flips: [{ gate: POLICY, policy_key: null, from: 'POLICY_MISSING', to: 'PolicyActivated', certain: false }],
    warnings: [],
    reference_mid: enriched.mid,
    hypothetical_notional: null,
    expected: null,
    expected_cost_bps: null,
    max_input_age_us: enriched.max_input_age_us,
    oldest_input: '',
    duplicate_key: duplicateKey(enriched.signal),
    ban_until: null,
    order: null,
  };
}
