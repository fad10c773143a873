// The quality flags of a record, and which of them make it partial.
import type { ReasonCode } from '../../schemas/reason-codes.ts';
import type { Evidence } from '../signals/evidence.ts';
import type { AdmissionCode } from './admission.ts';
import type { Technical } from './features.ts';
import type { MarketView } from './market-view.ts';
import type { Profile } from './profiles.ts';

/** Set by the market stage and carried on as they are. */
const CARRIED: readonly ReasonCode[] = [
  'PRICE_JUMP',
  'FEED_FROZEN',
  'CROSS_FEED_WARN',
  'CROSS_FEED_BLOCK',
  'CLOCK_SKEWED',
  'QUOTE_LOCKED',
  'DERIVED',
  'TIME_ESTIMATED',
];
/** These tell, and leave the record whole. */
const INFORMATIVE: ReadonlySet<string> = new Set<ReasonCode>([
  'QUOTE_LOCKED',
  'CROSS_FEED_WARN',
  'DERIVED',
  'TIME_ESTIMATED',
  'EVIDENCE_INVALID',
  'EVIDENCE_KEY_UNKNOWN',
  'EVIDENCE_IMPLAUSIBLE',
  'PUMP_DUMP_WARN',
  'PAYLOAD_TRIMMED',
]);
const SPREAD_MAX_BPS = 100;
const WARNING_COUNT = 2;

export function flagsOf(
  view: MarketView,
  technical: Technical,
  profile: Profile,
  evidence: Evidence,
  admission: readonly AdmissionCode[],
  pump_flags: readonly string[],
): string[] {
  const flags: string[] = [];
  for (const flag of admission) raise(flags, flag, true);
  for (const flag of CARRIED) raise(flags, flag, view.feed_flags.includes(flag));
  for (const flag of technical.flags) raise(flags, flag, true);
  raise(flags, 'INFO_MISSING', view.info === null);
  raise(flags, 'INFO_STALE', view.info !== null && !(view.facts_fresh && view.derived_fresh));
  raise(flags, 'VOLUME_MISSING', view.volume_24h_usd === null);
  raise(flags, 'DEPTH_STALE', view.depth_time !== null && !view.depth_fresh);
  raise(flags, 'REGIME_STALE', view.regime !== null && !view.regime_fresh);
  const derivatives = profile.derivatives.length > 0 || profile.derivatives_required;
  raise(flags, 'DERIVATIVES_STALE', derivatives && view.derivatives !== null && !view.derivatives_fresh);
  raise(flags, 'DERIVATIVES_MISSING', derivatives && view.derivatives === null);
  raise(flags, 'SPREAD_WIDE', view.spread_bps !== null && view.spread_bps > SPREAD_MAX_BPS);
  raise(flags, 'PRICE_JUMP', view.jumped);
  const { quote, mid } = view;
  if (quote !== null && mid !== null) {
    raise(flags, 'QUOTE_LOCKED', quote.bid === quote.ask);
    const outside = mid < quote.bid || mid > quote.ask;
    raise(flags, 'MID_OUTSIDE_BOOK', outside && (mid * 100n < quote.bid * 99n || mid * 100n > quote.ask * 101n));
  }
  raise(flags, 'EVIDENCE_INVALID', evidence.invalid.length > 0);
  raise(flags, 'EVIDENCE_KEY_UNKNOWN', evidence.unknown.length > 0);
  raise(flags, 'PUMP_DUMP_WARN', pump_flags.length >= WARNING_COUNT);
  return flags;
}

/** Each once, in the order in which they were found. */
function raise(flags: string[], flag: ReasonCode, holds: boolean): void {
  if (holds && !flags.includes(flag)) flags.push(flag);
}

/** Nothing that the profile asks for is stale, missing, out of range or from a sick feed. */
export function isWhole(flags: readonly string[]): boolean {
  for (const flag of flags) if (!INFORMATIVE.has(flag)) return false;
  return true;
}
