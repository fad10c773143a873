// Trust in a signal, 0–100: who says so, whether it can be checked, who else says so, and how old it is.
import type { Corroboration, Grade, TrustParts } from '../../../schemas/records.generated.ts';
import type { Policy } from '../../policy/schema.ts';
import type { Learned } from './learned.ts';

const GRADE_POINTS: Readonly<Record<Grade, number>> = { A: 30, B: 22, C: 15, D: 5, F: 0 };
const CORROBORATION_STRONG = [0, 0, 10, 18, 25];
const CORROBORATION_WEAK = [0, 0, 4, 4, 4];
const CHECK_POINTS = 15;
const SYBIL_CAP = 40;
const HARD_FLAGS: ReadonlySet<string> = new Set([
  'honeypot',
  'rug_confirmed',
  'blacklisted',
  'mint_authority_active',
  'freeze_authority_active',
]);
const HOUR_US = 3_600_000_000;
/** Learned grades count from this many trades on; before, the prior of the source stands. */
const GRADE_MIN_TRADES = 5;

export interface SourceGrade {
  readonly grade: Grade;
  readonly n: number;
}

/** The grade of the latest Lesson, else the source's prior. */
export function sourceGrade(learned: Learned, source: string, prior: Grade): SourceGrade {
  const row = learned.sources.get(source);
  if (row === undefined) return { grade: prior, n: 0 };
  return { grade: row.grade === null || row.n < GRADE_MIN_TRADES ? prior : row.grade, n: row.n };
}

function isEmpty(record: Readonly<Record<string, number>>): boolean {
  for (const _ in record) return false;
  return true;
}

/** Points an operator vouches for a source with, by canonical source, provider, or the raw name of an unknown one; null = none. */
export function vouchedFor(policy: Policy, source: string): number | null {
  const { vouched } = policy.trust;
  if (isEmpty(vouched)) return null;
  const colon = source.indexOf(':');
  const provider = colon < 0 ? source : source.slice(0, colon);
  const points = vouched[source] ?? vouched[provider === 'unknown' ? source.slice(colon + 1) : provider];
  return points === undefined || points === 0 ? null : points;
}

export interface TrustInput {
  readonly grade: Grade;
  readonly parts: TrustParts;
  readonly corroboration: Pick<Corroboration, 'count' | 'quality'>;
  /** Age of the signal at the decision. */
  readonly age_us: number;
  readonly vouched: number | null;
}

export interface Trust {
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly band: string;
}

export function trustOf(input: TrustInput): Trust {
  const { parts } = input;
  const contradicted = parts.provenance === 'contradicted' ? -CHECK_POINTS : 0;
  const verified = parts.checkable > 0 ? (CHECK_POINTS * parts.verified) / parts.checkable : 0;
  const hours = input.age_us > 0 ? Math.floor(input.age_us / HOUR_US) : 0;
  const age = -5 * Math.min(hours, 3);
  let recorded: Record<string, number>;
  let sum: number;
  if (input.vouched === null) {
    const grade = GRADE_POINTS[input.grade];
    const provenance = parts.provenance === 'proven' ? CHECK_POINTS : contradicted;
    const corroboration = corroborationPoints(input.corroboration);
    recorded = { grade, provenance, verified, corroboration, age };
    sum = grade + provenance + verified + corroboration + age;
  } else {
    const { vouched } = input;
    const failed = -CHECK_POINTS * (parts.checkable - parts.verified);
    recorded = { vouched, provenance: contradicted, verified, failed, age };
    sum = vouched + contradicted + verified + failed + age;
  }
  let score = sum < 0 ? 0 : Math.min(sum, 100);
  if ((parts.sybil === 'HIGH' || parts.sybil === 'CRITICAL') && score > SYBIL_CAP) score = SYBIL_CAP;
  if (parts.rug_flags.some((flag) => HARD_FLAGS.has(flag))) score = 0;
  return { score, parts: recorded, band: bandOf(score) };
}

function corroborationPoints(corroboration: TrustInput['corroboration']): number {
  const table = corroboration.quality === 'WEAK' ? CORROBORATION_WEAK : CORROBORATION_STRONG;
  return table[Math.min(corroboration.count, 4)] ?? 0;
}

function bandOf(score: number): string {
  return score >= 85 ? 'TAWATUR' : score >= 70 ? 'MASHHUR' : score >= 50 ? 'AHAD_SAHIH' : 'AHAD_DAIF';
}
