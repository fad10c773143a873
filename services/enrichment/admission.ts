// The early validation of a signal: all rules run, all reasons are kept, the first in order is primary.
import { abs, compareBps, type Price } from '../../schemas/money.ts';
import type { Mode, Signal } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { Evidence } from '../signals/evidence.ts';
import type { ResolvedInstrument } from '../signals/instrument.ts';
import type { ResolvedSource } from '../signals/source.ts';
import type { Known } from '../signals/violation.ts';
import type { LimitOverride, ModeLimits } from './config.ts';

export type AdmissionCode = Known<
  | 'SIGNAL_FROM_FUTURE'
  | 'SIGNAL_TOO_OLD'
  | 'SIGNAL_DELAYED'
  | 'SOURCE_UNKNOWN'
  | 'SOURCE_RESERVED'
  | 'INSTRUMENT_UNKNOWN'
  | 'QUOTE_MISSING'
  | 'QUOTE_STALE'
  | 'PRICE_DRIFTED'
  | 'SIGNAL_STOP_CROSSED'
  | 'EVIDENCE_IMPLAUSIBLE'
  | 'DERIVATIVES_MISSING'
>;

export interface AdmissionInputs {
  readonly signal: Signal;
  readonly source: ResolvedSource;
  readonly instrument: ResolvedInstrument;
  readonly evidence: Evidence;
  /** The strategy stage wrote the record itself. */
  readonly own: boolean;
  readonly appended_at: Micros;
  readonly now: Micros;
  readonly mode: Mode;
  readonly limits: ModeLimits;
  readonly mid: Price | null;
  readonly quote_fresh: boolean;
  readonly derivatives_required: boolean;
  readonly derivatives_fresh: boolean;
}

export interface Admitted {
  /** Empty = admitted. */
  readonly reasons: AdmissionCode[];
  /** What does not hold a close back, but is told. */
  readonly flags: readonly AdmissionCode[];
}

export function admit(inputs: AdmissionInputs): Admitted {
  const opens = opening(inputs.signal);
  const quote = quoteRule(inputs);
  const implausible = evidenceRule(inputs);
  const derivatives = derivativesRule(inputs);
  const flags: AdmissionCode[] = [];
  note(flags, quote);
  note(flags, implausible);
  note(flags, derivatives);
  const reasons: AdmissionCode[] = [];
  note(reasons, futureRule(inputs));
  note(reasons, ageRule(inputs, opens));
  note(reasons, sourceRule(inputs, opens));
  if (opens) {
    note(reasons, inputs.instrument.configured ? null : 'INSTRUMENT_UNKNOWN');
    note(reasons, quote);
    note(reasons, driftRule(inputs));
    note(reasons, stopRule(inputs));
    note(reasons, implausible);
    note(reasons, derivatives);
  }
  return { reasons, flags };
}

function note(codes: AdmissionCode[], code: AdmissionCode | null): void {
  if (code !== null) codes.push(code);
}

export function opening(signal: Signal): boolean {
  return signal.direction === 'long' || signal.direction === 'short';
}

/** In mode live an override only counts where it is stricter. */
function limitOf(inputs: AdmissionInputs, base: number, key: keyof LimitOverride): number {
  const { overrides } = inputs.limits;
  const { instrument } = inputs.signal;
  const own = Object.hasOwn(overrides, instrument) ? overrides[instrument]?.[key] : undefined;
  if (own === undefined) return base;
  return inputs.mode === 'live' ? Math.min(own, base) : own;
}

function futureRule({ signal, now, limits }: AdmissionInputs): AdmissionCode | null {
  return signal.event_time - now > limits.future_skew_us ? 'SIGNAL_FROM_FUTURE' : null;
}

function ageRule(inputs: AdmissionInputs, opens: boolean): AdmissionCode | null {
  const { signal, now, appended_at, limits, source } = inputs;
  const usual = source.known ? source.max_age_s * 1_000_000 : limits.max_age_us;
  const limit = opens ? limitOf(inputs, usual, 'max_age_us') : limitOf(inputs, limits.close_max_age_us, 'close_max_age_us');
  const until = Math.min(signal.event_time + limit, signal.valid_until ?? Number.POSITIVE_INFINITY);
  if (now <= until) return null;
  return appended_at <= until ? 'SIGNAL_DELAYED' : 'SIGNAL_TOO_OLD';
}

function sourceRule({ source, own, limits }: AdmissionInputs, opens: boolean): AdmissionCode | null {
  if (source.provider === 'weir' && !own) return 'SOURCE_RESERVED';
  return opens && !source.known && limits.unknown_source === 'refuse' ? 'SOURCE_UNKNOWN' : null;
}

function quoteRule({ mid, quote_fresh }: AdmissionInputs): AdmissionCode | null {
  if (mid === null) return 'QUOTE_MISSING';
  return quote_fresh ? null : 'QUOTE_STALE';
}

function driftRule(inputs: AdmissionInputs): AdmissionCode | null {
  const { mid, limits } = inputs;
  const entry = inputs.signal.entry_price;
  if (mid === null || entry === null) return null;
  const limit = Math.floor(limitOf(inputs, limits.max_drift_bps, 'max_drift_bps'));
  return compareBps(abs(mid - entry), limit, entry) > 0 ? 'PRICE_DRIFTED' : null;
}

function stopRule({ signal, mid }: AdmissionInputs): AdmissionCode | null {
  if (mid === null) return null;
  const crossed =
    signal.direction === 'long'
      ? isAbove(signal.stop_price, mid) || isAbove(signal.liquidation_price, mid) || isBelow(signal.take_profit_price, mid)
      : isBelow(signal.stop_price, mid) || isBelow(signal.liquidation_price, mid) || isAbove(signal.take_profit_price, mid);
  return crossed ? 'SIGNAL_STOP_CROSSED' : null;
}

function isAbove(price: Price | null, mid: Price): boolean {
  return price !== null && price > mid;
}

function isBelow(price: Price | null, mid: Price): boolean {
  return price !== null && price < mid;
}

const AMOUNTS = ['volume_24h_usd', 'liquidity_usd', 'market_cap_usd', 'fdv_usd', 'boost_amount'] as const;

function evidenceRule({ signal, evidence, mid }: AdmissionInputs): AdmissionCode | null {
  const entry = signal.entry_price;
  const far = mid !== null && entry !== null && compareBps(abs(entry - mid), 5_000, mid) > 0;
  return far || contradicts(evidence) ? 'EVIDENCE_IMPLAUSIBLE' : null;
}

/** Whether its numbers cannot all be true. */
function contradicts({ numbers }: Evidence): boolean {
  if (numbers.size === 0) return false;
  const volume = numbers.get('volume_24h_usd');
  const cap = numbers.get('market_cap_usd');
  const top10 = numbers.get('top10_holder_bps');
  const top = numbers.get('top_holder_bps');
  return (
    (volume !== undefined && cap !== undefined && volume > 100n * cap) ||
    hasNegative(numbers) ||
    (top10 !== undefined && top !== undefined && top10 < top)
  );
}

function hasNegative(numbers: Evidence['numbers']): boolean {
  for (const key of AMOUNTS) {
    const amount = numbers.get(key);
    if (amount !== undefined && amount < 0n) return true;
  }
  return false;
}

function derivativesRule({ derivatives_required, derivatives_fresh }: AdmissionInputs): AdmissionCode | null {
  return derivatives_required && !derivatives_fresh ? 'DERIVATIVES_MISSING' : null;
}
