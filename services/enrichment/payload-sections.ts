// What each section of the payload says, most important first.
import type { EnrichedSignal } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { Technical } from './features.ts';
import { SECTION_CAPS, type SectionName, type Sections } from './payload.ts';
import type { Profile } from './profiles.ts';
import { begin, newSection, type Section, say, sayAll, type Written, written } from './section.ts';

const SIGNAL = sectionOf('signal');
const MARKET = sectionOf('market');
const DERIVATIVES = sectionOf('derivs');
const LEVELS = sectionOf('levels');
const OBI = sectionOf('obi');
/** Opens and closes take turns, and only opens have a tradeability. */
const CONTEXT = sectionOf('context');
const CLOSE_CONTEXT = sectionOf('context');
const EVIDENCE = sectionOf('evidence');
const QUALITY = sectionOf('quality');

function sectionOf(name: SectionName): Section {
  return newSection(name, SECTION_CAPS[name]);
}

export function sectionsOf(record: EnrichedSignal, technical: Technical, profile: Profile): Sections {
  return {
    signal: signalSection(record),
    market: marketSection(record, profile),
    ta: technicalSection(technical.values),
    derivs: derivativeSection(record, profile),
    levels: levelSection(record),
    obi: written(record.obi === null ? begin(OBI) : sayAll(begin(OBI), record.obi)),
    context: contextSection(record),
    evidence: written(sayAll(begin(EVIDENCE), record.evidence)),
    quality: qualitySection(record),
  };
}

function signalSection({ signal, enriched_at }: EnrichedSignal): Written {
  const section = begin(SIGNAL);
  say(section, 'instrument', signal.instrument);
  say(section, 'direction', signal.direction);
  say(section, 'source', signal.source);
  say(section, 'signal_type', signal.signal_type);
  say(section, 'age_s', (enriched_at - signal.event_time) / SECOND);
  say(section, 'confidence', signal.confidence);
  say(section, 'strength', signal.strength);
  say(section, 'strategy', signal.strategy);
  say(section, 'entry_price', signal.entry_price);
  say(section, 'stop_price', signal.stop_price);
  say(section, 'take_profit_price', signal.take_profit_price);
  say(section, 'liquidation_price', signal.liquidation_price);
  say(section, 'trailing_stop_bps', signal.trailing_stop_bps);
  say(section, 'max_hold_s', signal.max_hold_s);
  say(section, 'horizon_s', signal.horizon_s);
  say(section, 'expected_edge_bps', signal.expected_edge_bps);
  say(section, 'size', signal.size);
  return written(section);
}

function marketSection(record: EnrichedSignal, profile: Profile): Written {
  const section = begin(MARKET);
  if (profile.market.includes('mid')) say(section, 'mid', record.mid);
  if (profile.market.includes('spread_bps')) say(section, 'spread_bps', record.spread_bps);
  if (profile.market.includes('drift_bps')) say(section, 'drift_bps', record.drift_bps);
  say(section, 'change_1h_bps', record.change_1h_bps);
  say(section, 'change_24h_bps', record.change_24h_bps);
  say(section, 'change_5m_bps', record.change_5m_bps);
  say(section, 'change_30m_bps', record.change_30m_bps);
  say(section, 'volume_24h_usd', record.volume_24h_usd);
  return written(section);
}

/** Of values that are read once a bar: so is their text, the largest of all. */
const technicalTexts = new WeakMap<Technical['values'], Written>();

function technicalSection(values: Technical['values']): Written {
  let text = technicalTexts.get(values);
  if (text === undefined) {
    text = written(sayAll(sectionOf('ta'), values));
    technicalTexts.set(values, text);
  }
  return text;
}

function derivativeSection({ derivatives }: EnrichedSignal, profile: Profile): Written {
  const section = begin(DERIVATIVES);
  if (derivatives === null) return written(section);
  for (const [key, value] of Object.entries(derivatives)) if (profile.derivatives.includes(key)) say(section, key, value);
  return written(section);
}

function contextSection(record: EnrichedSignal): Written {
  const { regime, corroboration, trust_parts } = record;
  const section = begin(record.tradeability_base === null ? CLOSE_CONTEXT : CONTEXT);
  say(section, 'regime', regime?.tag);
  say(section, 'tier', record.universe?.tier);
  say(section, 'theme', record.info?.theme);
  say(section, 'corroboration', corroboration.level);
  say(section, 'quality', corroboration.quality);
  say(section, 'provenance', trust_parts.provenance);
  say(section, 'checkable', trust_parts.checkable);
  say(section, 'verified', trust_parts.verified);
  say(section, 'tradeability', record.tradeability_base);
  say(section, 'fear_greed', regime?.fear_greed);
  say(section, 'honeypot', record.token_safety?.honeypot);
  say(section, 'rug', record.token_safety?.rug);
  for (const provider of corroboration.providers) say(section, `by_${provider}`, 1);
  return written(section);
}

function qualitySection(record: EnrichedSignal): Written {
  const section = begin(QUALITY);
  say(section, 'whole', record.success);
  say(section, 'max_age_s', record.max_input_age_us / SECOND);
  for (const flag of record.flags) say(section, flag, 1);
  return written(section);
}

/** Nearest names first, supports and resistances in turn, so that a trimmed section keeps both sides. */
function levelSection({ levels }: EnrichedSignal): Written {
  const section = begin(LEVELS);
  if (levels === null) return written(section);
  for (let i = 0; i < Math.max(levels.support.length, levels.resistance.length); i += 1) {
    const support = levels.support[i];
    const resistance = levels.resistance[i];
    if (support !== undefined) say(section, `s${i + 1}`, [support.price, support.strength]);
    if (resistance !== undefined) say(section, `r${i + 1}`, [resistance.price, resistance.strength]);
  }
  return written(section);
}
