// The enrichment stage: a merge point of signals and market data that writes one record per subscribed portfolio.
import type { CanonicalValue } from '../../schemas/canonical-json.ts';
import { contentHash, traceId } from '../../schemas/ids.ts';
import type { EnrichedSignal, Mode, Signal } from '../../schemas/records.generated.ts';
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { partitionFor } from '../../topology/partition.ts';
import type { Emit, Stage } from '../../topology/stage.ts';
import { instrumentCatalog } from '../signals/instrument.ts';
import { sourceTable } from '../signals/source.ts';
import { checkSignal, fingerprintOf, parseSignal, type SignalVerdict, type ValidSignal } from '../signals/validator.ts';
import { violation } from '../signals/violation.ts';
import type { EnrichmentConfig } from './config.ts';
import { type Heard, type HeardSignals, hear, isUp } from './corroboration.ts';
import { bytesOf, deadLetterOf, describe, type LetterCode } from './dead-letter.ts';
import { type Body, type MetSignals, meet, newMetSignals } from './duplicates.ts';
import { enrich } from './enriched.ts';
import { type MarketState, newMarketState, takeCandle, takeDerivatives, takeInfo, takeQuote } from './market-state.ts';
import { planOf } from './plan.ts';
import { type Profile, resolveProfile } from './profiles.ts';
import { checkRoutes, subscribers } from './routing.ts';

/** Changes with every change of what this code derives from the same records. */
const CODE_VERSION = '2';

export interface EnrichmentState {
  readonly partition: number;
  /** By instrument; null where its signals belong to another partition. */
  readonly markets: Map<string, MarketState | null>;
  readonly met: MetSignals;
  /** Recent signals by instrument. */
  readonly heard: Map<string, HeardSignals>;
  /** For metrics: `in`, `duplicate`, `rekeyed`, `unrouted`, `dead/<code>`, `refused/<code>`, `enriched/<profile>`. */
  readonly counts: Map<string, number>;
}

/** A profile that a route names, and the name under which its records are counted. */
interface Routed {
  readonly profile: Profile;
  readonly counted: string;
}

/** Throws a RangeError that names what is wrong with the configuration. */
export function enrichmentStage(config: EnrichmentConfig): Stage<EnrichmentState> {
  const catalog = instrumentCatalog(config.catalog);
  const sources = sourceTable(config.sources);
  const portfolios = checkRoutes(config.routes, config.portfolios);
  const profiles = new Map<string, Routed>();
  for (const { profile: name } of config.routes) {
    profiles.set(name, { profile: resolveProfile(name, config.profiles), counted: `enriched/${name}` });
  }
  const plan = planOf([...profiles.values()].map(({ profile }) => profile));
  const config_hash = contentHash(config as unknown as CanonicalValue);
  const route_hash = contentHash(config.routes as unknown as CanonicalValue);
  const version = `${CODE_VERSION}-${config_hash.slice(0, 16)}`;

  /** Of `state`, which was asked for last: most records are about the instrument of the one before. */
  const last = { state: null as EnrichmentState | null, instrument: '', market: null as MarketState | null };

  function marketOf(state: EnrichmentState, instrument: string): MarketState | null {
    if (last.state === state && last.instrument === instrument) return last.market;
    const known = state.markets.get(instrument);
    const market = known === undefined ? newMarketOf(state, instrument) : known;
    last.state = state;
    last.instrument = instrument;
    last.market = market;
    return market;
  }

  /** null where another partition enriches the signals of the instrument. */
  function newMarketOf(state: EnrichmentState, instrument: string): MarketState | null {
    const ours = partitionFor('signals.v1', instrument, config.partitions) === state.partition;
    const market = ours ? newMarketState() : null;
    state.markets.set(instrument, market);
    return market;
  }

  function verdictOf(input: AnyEnvelope): SignalVerdict {
    if (input.type === 'Raw') return parseSignal(input.value, catalog, sources, config.bytes_max);
    if (input.type !== 'Signal') {
      return { violations: [violation('SIGNAL_ENCODING_UNKNOWN', '', input.type, 'a Signal')] };
    }
    const bytes = mayExceed(input.value, config.bytes_max) ? bytesOf(input).length : 0;
    if (bytes > config.bytes_max) {
      return { violations: [violation('SIGNAL_TOO_LARGE', '', `${bytes} bytes`, `at most ${config.bytes_max} bytes`)] };
    }
    return checkSignal(input.value, catalog, sources);
  }

  function refuse(state: EnrichmentState, input: AnyEnvelope, emit: Emit, now: Micros, code: LetterCode, message: string): void {
    count(state, `dead/${code}`);
    const letter = deadLetterOf(input, code, message, version, now);
    emit('dead-letters.v1', 'DeadLetter', input.key, letter, letter.dead_letter_id);
  }

  function takeSignal(state: EnrichmentState, input: AnyEnvelope, emit: Emit, now: Micros): void {
    count(state, 'in');
    const valid = verdictOf(input);
    if ('violations' in valid) {
      refuse(state, input, emit, now, valid.violations[0].code, describe(valid.violations));
      return;
    }
    const { signal, signal_id } = valid;
    const home = partitionFor('signals.v1', signal.instrument, config.partitions);
    if (home !== state.partition) {
      if (input.source?.stage === 'enrichment') {
        const message = `instrument: "${signal.instrument}": expected in partition ${home}, re-keyed into ${state.partition}`;
        refuse(state, input, emit, now, 'SIGNAL_REKEY_LOOP', message);
      } else {
        count(state, 'rekeyed');
        // As it was sent, so that the other partition reads the same names and derives the same id.
        emit('signals.v1', 'Signal', signal.instrument, valid.raw, signal_id, undefined, traceId({ signal_id }));
      }
      return;
    }
    const novelty = meet(state.met, signal_id, bodyOf(signal, input), input.at, config.dedupe_window_us);
    if (novelty === 'conflict') {
      const message = `event_id: "${signal.event_id}": expected the body it had first (signal_id ${signal_id})`;
      refuse(state, input, emit, now, 'SIGNAL_ID_CONFLICT', message);
    } else if (novelty === 'duplicate') {
      count(state, 'duplicate');
    } else {
      publish(state, input, emit, now, valid);
    }
  }

  function publish(state: EnrichmentState, input: AnyEnvelope, emit: Emit, now: Micros, valid: ValidSignal): void {
    const { signal, signal_id, source } = valid;
    const own = isOwn(input);
    const self: Heard = {
      n: 0,
      event_time: signal.event_time,
      appended_at: input.at,
      up: isUp(signal.direction),
      provider: source.known && (source.provider !== 'weir' || own) ? source.provider : '',
      class: source.class,
    };
    const heard = hear(state.heard, signal.instrument, self);

    const addressed = subscribers(signal, source, config.routes, portfolios);
    if (addressed.length === 0) count(state, 'unrouted');
    const trace = traceId({ signal_id });
    const records: EnrichedSignal[] = [];
    for (const { portfolio, mode, profile: name } of addressed) {
      const routed = profiles.get(name);
      if (routed === undefined) throw new RangeError(`routes: profile "${name}" was not resolved`);
      const { profile, counted } = routed;
      const same = sameOf(records, mode, name);
      const record =
        same ??
        enrich({
          valid,
          market: state.markets.get(signal.instrument) ?? null,
          heard,
          self,
          own,
          position: { topic: input.topic, partition: input.partition, offset: input.offset },
          appended_at: input.at,
          now,
          mode,
          profile,
          plan,
          config,
          route_hash,
          config_hash,
        });
      const [reason] = record.admission.reasons;
      count(state, reason === undefined ? counted : `refused/${reason}`);
      const addressee = same === undefined ? record : { ...record };
      addressee.portfolio = portfolio;
      records.push(addressee);
      emit('journal.v1', 'EnrichedSignal', portfolio, addressee, signal_id, signal_id, trace);
    }
  }

  return {
    name: 'enrichment',
    version,
    shape: 2,
    init: (partition) => ({ partition, markets: new Map(), met: newMetSignals(), heard: new Map(), counts: new Map() }),
    step(state, input, emit, now) {
      if (input.topic === 'signals.v1') {
        takeSignal(state, input, emit, now);
        return;
      }
      switch (input.type) {
        case 'Quote': {
          const market = marketOf(state, input.value.instrument);
          if (market !== null) takeQuote(market, input.value, input.offset);
          break;
        }
        case 'Candle': {
          const market = marketOf(state, input.value.instrument);
          if (market !== null) takeCandle(market, input.value, input.offset, plan);
          break;
        }
        case 'DerivativesState': {
          const market = marketOf(state, input.value.instrument);
          if (market !== null) takeDerivatives(market, input.value, input.offset);
          break;
        }
        case 'InstrumentInfo': {
          const market = marketOf(state, input.value.instrument);
          if (market !== null) takeInfo(market, input.value, input.offset);
          break;
        }
      }
    },
  };
}

/** No character takes more than 3 bytes, no other field more than 24; so most records need not be encoded to know that they fit. */
function mayExceed(signal: Signal, bytes_max: number): boolean {
  let length = signal.instrument.length + signal.source.length + signal.signal_type.length;
  length += (signal.event_id?.length ?? 0) + (signal.strategy?.length ?? 0) + (signal.thesis?.length ?? 0);
  let bytes = 24 * 32;
  for (const key in signal.evidence) {
    length += key.length + (signal.evidence[key]?.length ?? 0);
    bytes += 24;
  }
  return bytes + 3 * length > bytes_max;
}

/** Written by the strategy stage itself. */
function isOwn(input: AnyEnvelope): boolean {
  return input.source?.stage === 'strategy';
}

function bodyOf(signal: Signal, input: AnyEnvelope): Body {
  if (signal.event_id === null) return null;
  return isOwn(input) ? signal : fingerprintOf(signal);
}

/** One record serves all portfolios of a mode and profile. */
function sameOf(records: readonly EnrichedSignal[], mode: Mode, profile: string): EnrichedSignal | undefined {
  for (const record of records) if (record.mode === mode && record.profile === profile) return record;
  return undefined;
}

function count(state: EnrichmentState, name: string): void {
  state.counts.set(name, (state.counts.get(name) ?? 0) + 1);
}
