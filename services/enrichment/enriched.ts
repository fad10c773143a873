// The record that a signal becomes under one mode and profile, before it is addressed to a portfolio.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { type Decimal, formatDecimal, toNumber } from '../../schemas/money.ts';
import { blankEnrichedSignal, type EnrichedSignal, type LogPosition, type Mode } from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import { type Evidence, readEvidence } from '../signals/evidence.ts';
import type { ValidSignal } from '../signals/validator.ts';
import { admit, opening } from './admission.ts';
import type { EnrichmentConfig } from './config.ts';
import { burstOf, corroborationOf, type Heard } from './corroboration.ts';
import { depth20, featuresOf, imbalancesOf, type Technical, technicalOf } from './features.ts';
import { flagsOf, isWhole } from './flags.ts';
import type { MarketState } from './market-state.ts';
import { viewMarket } from './market-view.ts';
import { type Members, payloadOf, type Sections, six } from './payload.ts';
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
  readonly heard: readonly Heard[];
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
  const ages: Record<string, number> = { ...view.ages_us };
  for (const [interval, bar] of Object.entries(technical.bars)) ages[`bar.${interval}`] = bar.age_us;
  const token_safety = kind === 'token' ? tokenSafetyOf(evidence) : null;
  const features = featuresOf(kind, view, technical, obi, evidence, drift_bps);
  if (token_safety !== null) {
    if (token_safety.rug_score !== null) features.rug_score = token_safety.rug_score;
    if (token_safety.holder_risk !== null) features.holder_risk = token_safety.holder_risk;
  }
  const claimed = kind === 'token' ? (evidence.numbers.get('volume_24h_usd') ?? null) : null;
  const record: EnrichedSignal = {
    ...blankEnrichedSignal(),
    signal_id: valid.signal_id,
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
    admission: { verdict: admitted.reasons.length === 0 ? 'admit' : 'refuse', reasons: [...admitted.reasons] },
    quote: view.quote,
    mid: view.mid,
    signal_mid: view.signal_mid,
    median_mid_5m: view.median_mid_5m,
    spread_bps: view.spread_bps,
    drift_bps,
    depth: view.depth,
    depth_time: view.depth_time,
    depth_offset: view.depth_offset,
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
    max_input_age_us: Math.max(0, ...Object.values(ages)),
    success: isWhole(flags),
  };
  const { payload, trims } = payloadOf(sectionsOf(record, technical, profile), signal.thesis);
  if (trims.length > 0) record.flags.push('PAYLOAD_TRIMMED');
  return { ...record, payload, payload_trims: trims };
}

function typed(evidence: Evidence): Record<string, number | boolean | string> {
  return {
    ...Object.fromEntries([...evidence.numbers].map(([key, value]) => [key, toNumber(value)])),
    ...Object.fromEntries(evidence.flags),
    ...Object.fromEntries(evidence.texts),
    ...(evidence.rug_flags === null ? {} : { rug_flags: evidence.rug_flags.join(',') }),
  };
}

type Loose = Decimal | number | string | boolean | null | undefined;

/** Members that have a value; doubles at 6 digits, decimals as text. */
function members(values: { readonly [key: string]: Loose }): [string, CanonicalValue][] {
  return Object.entries(values).flatMap(([key, value]): [string, CanonicalValue][] => {
    if (value === null || value === undefined) return [];
    if (typeof value === 'bigint') return [[key, formatDecimal(value)]];
    return [[key, typeof value === 'number' ? six(value) : value]];
  });
}

function sectionsOf(record: EnrichedSignal, technical: Technical, profile: Profile): Sections {
  const { signal, universe, regime, derivatives, corroboration, trust_parts } = record;
  const derivs = Object.entries(derivatives ?? {}).filter(([key]) => profile.derivatives.includes(key));
  return {
    signal: members({
      instrument: signal.instrument,
      direction: signal.direction,
      source: signal.source,
      signal_type: signal.signal_type,
      age_s: (record.enriched_at - signal.event_time) / SECOND,
      confidence: signal.confidence,
      strength: signal.strength,
      strategy: signal.strategy,
      entry_price: signal.entry_price,
      stop_price: signal.stop_price,
      take_profit_price: signal.take_profit_price,
      liquidation_price: signal.liquidation_price,
      trailing_stop_bps: signal.trailing_stop_bps,
      max_hold_s: signal.max_hold_s,
      horizon_s: signal.horizon_s,
      expected_edge_bps: signal.expected_edge_bps,
      size: signal.size,
    }),
    market: members({
      ...(profile.market.includes('mid') ? { mid: record.mid } : {}),
      ...(profile.market.includes('spread_bps') ? { spread_bps: record.spread_bps } : {}),
      ...(profile.market.includes('drift_bps') ? { drift_bps: record.drift_bps } : {}),
      change_1h_bps: record.change_1h_bps,
      change_24h_bps: record.change_24h_bps,
      change_5m_bps: record.change_5m_bps,
      change_30m_bps: record.change_30m_bps,
      volume_24h_usd: record.volume_24h_usd,
    }),
    ta: members(technical.values),
    derivs: members(Object.fromEntries(derivs)),
    levels: levelMembers(record),
    obi: members(record.obi ?? {}),
    context: [
      ...members({
        regime: regime?.tag,
        tier: universe?.tier,
        theme: record.info?.theme,
        corroboration: corroboration.level,
        quality: corroboration.quality,
        provenance: trust_parts.provenance,
        checkable: trust_parts.checkable,
        verified: trust_parts.verified,
        tradeability: record.tradeability_base,
        fear_greed: regime?.fear_greed,
        honeypot: record.token_safety?.honeypot,
        rug: record.token_safety?.rug,
      }),
      ...corroboration.providers.map((provider): [string, CanonicalValue] => [`by_${provider}`, 1]),
    ],
    evidence: members(record.evidence),
    quality: members({
      whole: record.success,
      max_age_s: record.max_input_age_us / SECOND,
      ...Object.fromEntries(record.flags.map((flag) => [flag, 1])),
    }),
  };
}

/** Nearest names first, supports and resistances in turn, so that a trimmed section keeps both sides. */
function levelMembers({ levels }: EnrichedSignal): Members {
  if (levels === null) return [];
  const found: [string, CanonicalValue][] = [];
  for (let i = 0; i < Math.max(levels.support.length, levels.resistance.length); i += 1) {
    const support = levels.support[i];
    const resistance = levels.resistance[i];
    if (support !== undefined) found.push([`s${i + 1}`, [six(support.price), six(support.strength)]]);
    if (resistance !== undefined) found.push([`r${i + 1}`, [six(resistance.price), six(resistance.strength)]]);
  }
  return found;
}
