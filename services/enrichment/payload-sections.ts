// What each section of the payload says, most important first.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { type Decimal, formatDecimal } from '../../schemas/money.ts';
import type { EnrichedSignal } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { Technical } from './features.ts';
import { type Members, type Sections, six } from './payload.ts';
import type { Profile } from './profiles.ts';

type Loose = Decimal | number | string | boolean | null | undefined;
type Growing = [string, CanonicalValue][];

/** A member that has a finite value; doubles at 6 digits, decimals as text. */
function add(members: Growing, key: string, value: Loose): void {
  if (value === null || value === undefined) return;
  if (typeof value === 'bigint') members.push([key, formatDecimal(value)]);
  else if (typeof value !== 'number') members.push([key, value]);
  else if (Number.isFinite(value)) members.push([key, six(value)]);
}

function membersOf(values: { readonly [key: string]: Loose }): Growing {
  const members: Growing = [];
  for (const key in values) add(members, key, values[key]);
  return members;
}

/** Of values that are read once a bar: so are their texts. */
const technicalMembers = new WeakMap<Technical['values'], Members>();

function membersOnce(values: Technical['values']): Members {
  let members = technicalMembers.get(values);
  if (members === undefined) {
    members = membersOf(values);
    technicalMembers.set(values, members);
  }
  return members;
}

export function sectionsOf(record: EnrichedSignal, technical: Technical, profile: Profile): Sections {
  return {
    signal: signalMembers(record),
    market: marketMembers(record, profile),
    ta: membersOnce(technical.values),
    derivs: derivativeMembers(record, profile),
    levels: levelMembers(record),
    obi: record.obi === null ? [] : membersOf(record.obi),
    context: contextMembers(record),
    evidence: membersOf(record.evidence),
    quality: qualityMembers(record),
  };
}

function signalMembers({ signal, enriched_at }: EnrichedSignal): Members {
  const members: Growing = [];
  add(members, 'instrument', signal.instrument);
  add(members, 'direction', signal.direction);
  add(members, 'source', signal.source);
  add(members, 'signal_type', signal.signal_type);
  add(members, 'age_s', (enriched_at - signal.event_time) / SECOND);
  add(members, 'confidence', signal.confidence);
  add(members, 'strength', signal.strength);
  add(members, 'strategy', signal.strategy);
  add(members, 'entry_price', signal.entry_price);
  add(members, 'stop_price', signal.stop_price);
  add(members, 'take_profit_price', signal.take_profit_price);
  add(members, 'liquidation_price', signal.liquidation_price);
  add(members, 'trailing_stop_bps', signal.trailing_stop_bps);
  add(members, 'max_hold_s', signal.max_hold_s);
  add(members, 'horizon_s', signal.horizon_s);
  add(members, 'expected_edge_bps', signal.expected_edge_bps);
  add(members, 'size', signal.size);
  return members;
}

function marketMembers(record: EnrichedSignal, profile: Profile): Members {
  const members: Growing = [];
  if (profile.market.includes('mid')) add(members, 'mid', record.mid);
  if (profile.market.includes('spread_bps')) add(members, 'spread_bps', record.spread_bps);
  if (profile.market.includes('drift_bps')) add(members, 'drift_bps', record.drift_bps);
  add(members, 'change_1h_bps', record.change_1h_bps);
  add(members, 'change_24h_bps', record.change_24h_bps);
  add(members, 'change_5m_bps', record.change_5m_bps);
  add(members, 'change_30m_bps', record.change_30m_bps);
  add(members, 'volume_24h_usd', record.volume_24h_usd);
  return members;
}

function derivativeMembers({ derivatives }: EnrichedSignal, profile: Profile): Members {
  const members: Growing = [];
  if (derivatives === null) return members;
  for (const [key, value] of Object.entries(derivatives)) if (profile.derivatives.includes(key)) add(members, key, value);
  return members;
}

function contextMembers(record: EnrichedSignal): Members {
  const { regime, corroboration, trust_parts } = record;
  const members: Growing = [];
  add(members, 'regime', regime?.tag);
  add(members, 'tier', record.universe?.tier);
  add(members, 'theme', record.info?.theme);
  add(members, 'corroboration', corroboration.level);
  add(members, 'quality', corroboration.quality);
  add(members, 'provenance', trust_parts.provenance);
  add(members, 'checkable', trust_parts.checkable);
  add(members, 'verified', trust_parts.verified);
  add(members, 'tradeability', record.tradeability_base);
  add(members, 'fear_greed', regime?.fear_greed);
  add(members, 'honeypot', record.token_safety?.honeypot);
  add(members, 'rug', record.token_safety?.rug);
  for (const provider of corroboration.providers) members.push([`by_${provider}`, 1]);
  return members;
}

function qualityMembers(record: EnrichedSignal): Members {
  const members: Growing = [];
  add(members, 'whole', record.success);
  add(members, 'max_age_s', record.max_input_age_us / SECOND);
  for (const flag of record.flags) members.push([flag, 1]);
  return members;
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
