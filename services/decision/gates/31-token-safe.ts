// Gate 31 TOKEN_SAFE: a token is no trap. Soft flags warn or block, as the policy says.
import { change } from './flip-to.ts';
import { fail, type Gate, gate, notApplicable, passWith, unknown, YES } from './gate.ts';

const EVIDENCE_MAX_AGE_US = 1_800_000_000;
const YOUNG_POOL_S = 1_800;

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Doubtful, but no proof of a trap: low score, unlocked liquidity, a market value that the pool does not carry, tax. */
export function hasSoftFlag(evidence: Readonly<Record<string, unknown>>, lpUnlocked: boolean): boolean {
  const score = numberOf(evidence.rugcheck_score);
  const locked = numberOf(evidence.lp_locked_bps);
  const age = numberOf(evidence.pair_age_s);
  const cap = numberOf(evidence.market_cap_usd);
  const liquidity = numberOf(evidence.liquidity_usd);
  const tax = numberOf(evidence.tax_bps);
  return (
    (score !== null && score < 30) ||
    (locked !== null && locked < 5_000) ||
    (lpUnlocked && age !== null && age < YOUNG_POOL_S) ||
    (cap !== null && (cap < 1_000 || (liquidity !== null && cap > 50 * liquidity))) ||
    (tax !== null && tax > 1_000)
  );
}

export const tokenSafe: Gate = gate({
  number: 31,
  name: 'TOKEN_SAFE',
  class: 'B',
  unit: 'bool',
  policy_key: 'token.soft_flags',
  evaluate: (e) => {
    if (!e.token) return notApplicable(tokenSafe);
    const { evidence, token_safety, trust_parts } = e.enriched;
    if (token_safety === null || e.age_us > EVIDENCE_MAX_AGE_US) return unknown(tokenSafe, 'token_safety', undefined, e.age_us);
    const flagged = (flag: string) => trust_parts.rug_flags.includes(flag);
    if (flagged('honeypot') || token_safety.honeypot === 'HONEYPOT') return fail(tokenSafe, 'TOKEN_HONEYPOT');
    if (flagged('rug_confirmed') || token_safety.rug === 'RUG') return fail(tokenSafe, 'TOKEN_RUG');
    if (flagged('blacklisted')) return fail(tokenSafe, 'TOKEN_BLACKLISTED');
    if (flagged('mint_authority_active') || flagged('freeze_authority_active')) return fail(tokenSafe, 'TOKEN_AUTHORITY_ACTIVE');
    if (token_safety.sybil === 'CRITICAL') return fail(tokenSafe, 'TOKEN_SYBIL');
    if (token_safety.honeypot === 'UNKNOWN' || token_safety.rug === 'UNKNOWN') return unknown(tokenSafe, 'token_safety');
    if (e.policy.token.soft_flags === 'block' && hasSoftFlag(evidence, flagged('lp_unlocked')))
      return fail(tokenSafe, 'TOKEN_SOFT_FLAG');
    return passWith(tokenSafe, YES, YES, null, e.age_us, 'token_safety');
  },
  flip: change('token.soft_flags', 'warn'),
});
