// The record that a signal becomes under one mode and profile, before it is addressed to a portfolio.
import { toNumber } from '../../schemas/money.ts';
import type { EnrichedSignal, LogPosition, Mode } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import { type Evidence, readEvidence } from '../signals/evidence.ts';
import { INTERVALS } from '../signals/feature-names.ts';
import type { ValidSignal } from '../signals/validator.ts';
import { admit, opening } from './admission.ts';
import type { EnrichmentConfig } from './config.ts';
import { burstOf, corroborationOf, type Heard, type HeardSignals } from './corroboration.ts';
import { depth20, featuresOf, imbalancesOf, technicalOf } from './features.ts';
import { flagsOf, isWhole } from './flags.ts';
import type { MarketState } from './market-state.ts';
import { viewMarket } from './market-view.ts';
import { payloadOf } from './payload.ts';
import { sectionsOf } from './payload-sections.ts';
import type { Plan } from './plan.ts';
import type { Profile } from './profiles.ts';
import { pumpFlags } from './pump.ts';
import { tokenSafetyOf } from './token-safety.ts';
import { tradeabilityOf } from './tradeability.ts';
import { trustPartsOf } from './trust-parts.ts';

export interface EnrichmentInputs {
  readonly valid: ValidSignal;
  readonly market: MarketState | null;
  /** Signals of the instrument within reach, this one included. */
  readonly heard: HeardSignals;
  readonly self: Heard;
  readonly own: boolean;
  readonly position: LogPosition;
  readonly appended_at: Micros;
  readonly now: Micros;
  readonly mode: Mode;
  readonly profile: Profile;
  readonly plan: Plan;
  readonly config: EnrichmentConfig;
  readonly route_hash: string;
  readonly config_hash: string;
}

/** By interval: what its newest bar is called among the inputs. */
const BAR_INPUTS: { readonly [interval: string]: string } = Object.fromEntries(
  INTERVALS.map((interval) => [interval, `bar.${interval}`]),
);

/** All fields but portfolio. */
export function enrich(inputs: EnrichmentInputs): EnrichedSignal {
  const { valid, market, self, now, mode, profile, config } = inputs;
  const { signal, source, instrument } = valid;
  const limits = config.limits[mode];
  const evidence = readEvidence(signal.evidence);
  const view = viewMarket(market, signal.event_time, now, mode, config);
  const technical = technicalOf(market, profile, inputs.plan, now, limits.candle_intervals);
  const entry = signal.entry_price;
  const drift_bps = view.mid === null || entry === null ? null : (toNumber(view.mid - entry) / toNumber(entry)) * 10_000;
  const obi = profile.obi ? imbalancesOf(view) : null;
  const kind = view.info?.kind ?? instrument.kind;
  const corroboration = corroborationOf(inputs.heard, self, config.corroboration_window_us);
  const pump_flags = pumpFlags(
    technical.values['1h.volume_ratio_24'] ?? null,
    view.change_1h_bps,
    burstOf(inputs.heard, self),
    evidence,
  );
  const admitted = admit({
    signal,
    source,
    instrument,
    evidence,
    own: inputs.own,
    appended_at: inputs.appended_at,
    now,
    mode,
    limits,
    mid: view.mid,
    quote_fresh: view.quote_fresh,
    derivatives_required: profile.derivatives_required,
    derivatives_fresh: view.derivatives_fresh,
  });
  const flags = flagsOf(view, technical, profile, evidence, admitted.flags, pump_flags);
  const ages = view.ages_us;
  for (const interval in technical.bars) {
    const bar = technical.bars[interval];
    if (bar !== undefined) ages[BAR_INPUTS[interval] ?? interval] = bar.age_us;
  }
  const token_safety = kind === 'token' ? tokenSafetyOf(evidence) : null;
  const features = featuresOf(kind, view, technical, obi, evidence, drift_bps);
  if (token_safety !== null) {
    if (token_safety.rug_score !== null) features.rug_score = token_safety.rug_score;
    if (token_safety.holder_risk !== null) features.holder_risk = token_safety.holder_risk;
  }
  const claimed = kind === 'token' ? (evidence.numbers.get('volume_24h_usd') ?? null) : null;
  const record: EnrichedSignal = {
    signal_id: valid.signal_id,
    portfolio: '',
    run_id: config.run_id,
    mode,
    signal,
    raw_instrument: valid.raw.instrument,
    raw_source: valid.raw.source,
    source_class: source.class,
    source_prior: source.grade,
    log_position: inputs.position,
    appended_at: inputs.appended_at,
    enriched_at: now,
    route_hash: inputs.route_hash,
    config_hash: inputs.config_hash,
    profile: profile.name,
    admission: { verdict: admitted.reasons.length === 0 ? 'admit' : 'refuse', reasons: admitted.reasons },
    quote: view.quote,
    mid: view.mid,
    signal_mid: view.signal_mid,
    median_mid_5m: view.median_mid_5m,
    spread_bps: view.spread_bps,
    drift_bps,
    depth: view.depth,
    depth_time: view.depth_time,
    depth_offset: view.depth_offset,
    feed_gap_bps: null,
    change_5m_bps: view.change_5m_bps,
    change_30m_bps: view.change_30m_bps,
    change_1h_bps: view.change_1h_bps,
    change_24h_bps: view.change_24h_bps,
    volume_24h_usd: view.volume_24h_usd,
    features,
    bars: technical.bars,
    derivatives: view.derivatives,
    levels: technical.levels,
    obi,
    info: view.info,
    universe: view.universe,
    regime: view.regime,
    corroboration,
    trust_parts: trustPartsOf({
      source,
      event_id: signal.event_id,
      instrument_exact: instrument.exact && instrument.configured,
      entry_price: entry,
      evidence,
      mid: view.mid,
      change_1h_bps: view.change_1h_bps,
      change_24h_bps: view.change_24h_bps,
      volume_24h_usd: view.volume_24h_usd,
    }),
    tradeability_base: opening(signal)
      ? tradeabilityOf({
          kind,
          up: self.up,
          provider: source.provider,
          age_us: now - signal.event_time,
          change_1h_bps: view.change_1h_bps,
          change_24h_bps: view.change_24h_bps,
          volume_24h_usd: view.volume_24h_usd ?? claimed,
          depth_usd: kind === 'token' ? (evidence.numbers.get('liquidity_usd') ?? null) : depth20(view),
        })
      : null,
    pump_flags,
    token_safety,
    evidence: typed(evidence),
    flags,
    input_ages_us: ages,
    max_input_age_us: oldest(ages),
    success: isWhole(flags),
    payload: '',
    payload_trims: [],
  };
  const { payload, trims } = payloadOf(sectionsOf(record, technical, profile), signal.thesis);
  if (trims.length > 0) record.flags.push('PAYLOAD_TRIMMED');
  record.payload = payload;
  record.payload_trims = trims;
  return record;
}

function oldest(ages: Readonly<Record<string, number>>): number {
  let age = 0;
  for (const input in ages) age = Math.max(age, ages[input] ?? 0);
  return age;
}

function typed(evidence: Evidence): Record<string, number | boolean | string> {
  const values: Record<string, number | boolean | string> = {};
  for (const [key, value] of evidence.numbers) values[key] = toNumber(value);
  for (const [key, value] of evidence.flags) values[key] = value;
  for (const key in evidence.texts) values[key] = evidence.texts[key] ?? '';
  if (evidence.rug_flags !== null) values.rug_flags = evidence.rug_flags.join(',');
  return values;
}
