// Verdicts on an on-chain token from a signal's evidence; what cannot be judged is UNKNOWN, and UNKNOWN is not safe.
import { toNumber } from '../../schemas/money.ts';
import type { HoneypotVerdict, RugVerdict, SybilRisk, TokenSafety } from '../../schemas/records.generated.ts';
import type { Evidence } from '../signals/evidence.ts';

const HOUR_S = 3_600;

export function tokenSafetyOf(evidence: Evidence): TokenSafety {
  const sybil = sybilOf(evidence);
  const honeypot = honeypotOf(evidence);
  const rug = rugOf(evidence, honeypot, sybil);
  return {
    honeypot,
    rug: rug.verdict,
    rug_score: rug.score,
    sybil,
    holder_risk: holderRisk(evidence, sybil),
    rugcheck_safe: rugcheckSafe(evidence),
  };
}

function value(evidence: Evidence, key: string): number | null {
  const read = evidence.numbers.get(key);
  return read === undefined ? null : toNumber(read);
}

function above(x: number | null, limit: number): boolean {
  return x !== null && x > limit;
}

/** From groups of at least three equal balances. */
export function sybilOf(evidence: Evidence): SybilRisk {
  const groups = value(evidence, 'identical_group_count');
  const wallets = value(evidence, 'identical_wallet_count');
  if (groups === null && wallets === null) return 'UNKNOWN';
  const reaches = (g: number, w: number): boolean => (groups ?? 0) >= g || (wallets ?? 0) >= w;
  if (reaches(5, 15)) return 'CRITICAL';
  if (reaches(3, 8)) return 'HIGH';
  return reaches(1, 3) ? 'MEDIUM' : 'LOW';
}

function honeypotOf(evidence: Evidence): HoneypotVerdict {
  const loss = value(evidence, 'roundtrip_loss_bps');
  const sale = evidence.flags.get('sell_quote_ok') ?? null;
  const named = evidence.rug_flags?.includes('honeypot') ?? false;
  if (named || above(value(evidence, 'transfer_fee_bps'), 5_000) || above(loss, 5_000) || sale === false) return 'HONEYPOT';
  if (above(loss, 3_000)) return 'DANGER';
  if (above(loss, 1_500) || above(value(evidence, 'tax_bps'), 1_000)) return 'CAUTION';
  return loss === null || sale === null ? 'UNKNOWN' : 'SAFE';
}

function rugOf(
  evidence: Evidence,
  honeypot: HoneypotVerdict,
  sybil: SybilRisk,
): { readonly verdict: RugVerdict; readonly score: number | null } {
  const flags = evidence.rug_flags;
  const has = (flag: string): boolean => flags?.includes(flag) ?? false;
  const locked = value(evidence, 'lp_locked_bps');
  const age = value(evidence, 'token_age_s') ?? value(evidence, 'pair_age_s');
  const volume = value(evidence, 'volume_24h_usd');
  const points: readonly (readonly [boolean, number])[] = [
    [has('mint_authority_active'), 30],
    [has('freeze_authority_active'), 25],
    [has('lp_unlocked') || (locked !== null && locked < 5_000), 20],
    [above(value(evidence, 'top_holder_bps'), 5_000), 20],
    [age !== null && age < HOUR_S && volume !== null && volume >= 100_000, 15],
    [honeypot === 'HONEYPOT', 40],
    [sybil === 'HIGH' || sybil === 'CRITICAL', 20],
    [has('copycat'), 15],
    [evidence.flags.get('has_social') === false, 5],
  ];
  const score = points.reduce((sum, [holds, weight]) => sum + (holds ? weight : 0), 0);
  if (has('rug_confirmed') || score >= 70) return { verdict: 'RUG', score };
  if (score >= 50) return { verdict: 'DANGER', score };
  if (score >= 25) return { verdict: 'CAUTION', score };
  const judged = flags !== null && (locked !== null || has('lp_unlocked'));
  return judged ? { verdict: 'SAFE', score } : { verdict: 'UNKNOWN', score: null };
}

/** Points of the first limit that the value is above. */
function band(x: number | null, limits: readonly (readonly [number, number])[]): number {
  return limits.find(([limit]) => above(x, limit))?.[1] ?? 0;
}

function holderRisk(evidence: Evidence, sybil: SybilRisk): number {
  const top10 = value(evidence, 'top10_holder_bps');
  const developer = value(evidence, 'dev_holder_bps');
  if (top10 === null && developer === null && sybil === 'UNKNOWN') return 80;
  const herd = { CRITICAL: 30, HIGH: 20, MEDIUM: 10, LOW: 0, UNKNOWN: 0 }[sybil];
  const held = band(top10, [
    [8_000, 40],
    [6_000, 25],
    [4_000, 10],
  ]);
  const own = band(developer, [
    [2_000, 30],
    [1_000, 15],
    [500, 5],
  ]);
  return held + own + herd;
}

function rugcheckSafe(evidence: Evidence): boolean | null {
  const score = value(evidence, 'rugcheck_score');
  const flags = evidence.rug_flags;
  if (score === null || flags === null) return null;
  if (score < 30 || flags.includes('mint_authority_active') || flags.includes('freeze_authority_active')) return false;
  const locked = value(evidence, 'lp_locked_bps');
  const unlocked = flags.includes('lp_unlocked') || (locked !== null && locked < 5_000);
  return !(unlocked && score < 50);
}
