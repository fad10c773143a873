// The one validator of signals: equal input gives equal codes in the gateway, in enrichment and on the command line.

import { canonicalJson, isPlain } from '../../schemas/canonical-json.ts';
import { decode } from '../../schemas/codec.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import { type SignalId, signalId } from '../../schemas/ids.ts';
import { type Decimal, formatDecimal } from '../../schemas/money.ts';
import type { Signal } from '../../schemas/records.generated.ts';
import { hasHidden, removeHidden } from '../../schemas/text.ts';
import {
  type Form,
  readDouble,
  readInteger,
  readMap,
  readName,
  readOneOf,
  readPositive,
  readText,
  readTime,
  readVisible,
  refuse,
  show,
} from './fields.ts';
import { canonicalInstrument, type InstrumentCatalog, type ResolvedInstrument } from './instrument.ts';
import { type JsonObject, type JsonValue, readJson } from './json-reader.ts';
import { DIRECTIONS, isSound } from './sound.ts';
import { canonicalSource, type ResolvedSource, type SourceTable } from './source.ts';
import { type Violation, violation } from './violation.ts';

export const SIGNAL_BYTES_MAX = 16_384;
const DEPTH_MAX = 3;
const FRAME = 0;
const OPEN_BRACE = 0x7b;

export interface ValidSignal {
  readonly signal_id: SignalId;
  /** Canonical instrument and source, text without hidden characters. */
  readonly signal: Signal;
  /** As it was sent. */
  readonly raw: Signal;
  readonly instrument: ResolvedInstrument;
  readonly source: ResolvedSource;
  /** Fields that held control, bidirectional or zero-width characters. */
  readonly hidden: readonly string[];
}
export interface InvalidSignal {
  readonly violations: readonly [Violation, ...Violation[]];
}
export type SignalVerdict = ValidSignal | InvalidSignal;

const OPEN_ONLY = ['liquidation_price', 'stop_price', 'take_profit_price', 'trailing_stop_bps', 'max_hold_s'] as const;
const FIELDS: ReadonlySet<string> = new Set([
  ...['instrument', 'direction', 'source', 'event_time', 'signal_type', 'event_id', 'strategy', 'entry_price', 'size'],
  ...OPEN_ONLY,
  ...['horizon_s', 'valid_until', 'confidence', 'strength', 'expected_edge_bps', 'thesis', 'evidence'],
]);
const YEAR_S = 31_536_000;

/** A record in either encoding: JSON text, or framed Avro. */
export function parseSignal(
  bytes: Uint8Array,
  catalog: InstrumentCatalog,
  sources: SourceTable,
  bytes_max = SIGNAL_BYTES_MAX,
): SignalVerdict {
  if (bytes.length > bytes_max) return one('SIGNAL_TOO_LARGE', `${bytes.length} bytes`, `at most ${bytes_max} bytes`);
  if (bytes[0] === FRAME) {
    const decoded = decode(bytes);
    if ('error' in decoded) return one('SIGNAL_ENCODING_UNKNOWN', decoded.message, 'framed Avro of a registered Signal schema');
    if (decoded.type !== 'Signal') return one('SIGNAL_ENCODING_UNKNOWN', decoded.type, 'a Signal');
    return checkSignal(decoded.value, catalog, sources);
  }
  if (bytes[0] !== OPEN_BRACE) {
    const seen = bytes.length === 0 ? 'no bytes' : `first byte 0x${(bytes[0] ?? 0).toString(16).padStart(2, '0')}`;
    return one('SIGNAL_ENCODING_UNKNOWN', seen, 'JSON starting with "{", or framed Avro of a registered Signal schema');
  }
  const reading = readJson(bytes, DEPTH_MAX);
  if ('fault' in reading) return one('SIGNAL_JSON_INVALID', `at character ${reading.fault.at}`, reading.fault.expected);
  if (!(reading.value instanceof Map)) return one('SIGNAL_JSON_INVALID', show(reading.value), 'an object');
  return validate(reading.value, catalog, sources);
}

/** A decoded record, put through the same checks as its JSON form; the usual one is seen to be sound without being taken apart. */
export function checkSignal(signal: Signal, catalog: InstrumentCatalog, sources: SourceTable): SignalVerdict {
  if (isSound(signal)) {
    const instrument = canonicalInstrument(signal.instrument, catalog);
    if (!('code' in instrument)) return accept(signal, instrument, canonicalSource(signal.source, sources));
  }
  return validate(new Map(Object.entries(signal).map(([field, value]) => [field, asJson(value)])), catalog, sources);
}

function asJson(value: Signal[keyof Signal]): JsonValue {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number') return { literal: String(value) };
  if (typeof value === 'bigint') return formatDecimal(value);
  return new Map(Object.entries(value));
}

function one(code: Violation['code'], value: string, expected: string): InvalidSignal {
  return { violations: [violation(code, '', value, expected)] };
}

function validate(fields: JsonObject, catalog: InstrumentCatalog, sources: SourceTable): SignalVerdict {
  const form: Form = { fields, violations: [] };
  for (const field of fields.keys()) {
    if (!FIELDS.has(field)) {
      form.violations.push(
        violation('SIGNAL_FIELD_UNKNOWN', field.slice(0, 100), show(fields.get(field) ?? null), 'a field of Signal'),
      );
    }
  }
  const instrument = readText(form, 'instrument', 1, 100, true);
  const resolved = instrument === null ? null : resolveInstrument(form, instrument, catalog);
  const raw = {
    direction: readOneOf(form, 'direction', DIRECTIONS),
    source: readText(form, 'source', 1, 100, true),
    event_time: readTime(form, 'event_time', true),
    signal_type: readName(form, 'signal_type', true),
    event_id: readVisible(form, 'event_id'),
    strategy: readName(form, 'strategy', false),
    entry_price: readPositive(form, 'entry_price'),
    size: readPositive(form, 'size'),
    liquidation_price: readPositive(form, 'liquidation_price'),
    stop_price: readPositive(form, 'stop_price'),
    take_profit_price: readPositive(form, 'take_profit_price'),
    trailing_stop_bps: readInteger(form, 'trailing_stop_bps', 1, 9_999),
    max_hold_s: readInteger(form, 'max_hold_s', 60, YEAR_S),
    horizon_s: readInteger(form, 'horizon_s', 1, YEAR_S),
    valid_until: readTime(form, 'valid_until', false),
    confidence: readDouble(form, 'confidence', 0, 1),
    strength: readDouble(form, 'strength', 0, 1),
    expected_edge_bps: readDouble(form, 'expected_edge_bps', -Number.MAX_VALUE, Number.MAX_VALUE),
    thesis: readText(form, 'thesis', 0, 500, false),
    evidence: readMap(form, 'evidence'),
  };
  crossCheck(form, raw);
  const { direction, source, event_time, signal_type } = raw;
  const [first, ...others] = form.violations;
  if (first !== undefined) return { violations: [first, ...others] };
  if (
    resolved === null ||
    instrument === null ||
    direction === null ||
    source === null ||
    event_time === null ||
    signal_type === null
  ) {
    throw new Error('signal: a required field is null without a violation');
  }
  return accept({ ...raw, instrument, direction, source, event_time, signal_type }, resolved, canonicalSource(source, sources));
}

function resolveInstrument(form: Form, raw: string, catalog: InstrumentCatalog): ResolvedInstrument | null {
  const resolved = canonicalInstrument(raw, catalog);
  return 'code' in resolved ? refuse(form, resolved.code, 'instrument', resolved.expected) : resolved;
}

interface Crossed {
  readonly direction: Signal['direction'] | null;
  readonly signal_type: string | null;
  readonly event_time: number | null;
  readonly valid_until: number | null;
  readonly liquidation_price: Decimal | null;
  readonly stop_price: Decimal | null;
  readonly entry_price: Decimal | null;
  readonly take_profit_price: Decimal | null;
}

function crossCheck(form: Form, raw: Crossed): void {
  const { direction, event_time, valid_until } = raw;
  if (event_time !== null && valid_until !== null && valid_until <= event_time) {
    refuse(form, 'SIGNAL_TIME_INVALID', 'valid_until', 'a time after event_time');
  }
  if (direction === null) return;
  const opens = direction === 'long' || direction === 'short';
  if (raw.signal_type === (opens ? 'close_signal' : 'open_signal')) {
    refuse(form, 'SIGNAL_TYPE_MISMATCH', 'signal_type', `a type that fits direction ${direction}`);
  }
  if (!opens) {
    for (const field of OPEN_ONLY) {
      if ((form.fields.get(field) ?? null) !== null) refuse(form, 'SIGNAL_FIELD_NOT_ALLOWED', field, 'no such field on a close');
    }
    return;
  }
  const ladder = (['liquidation_price', 'stop_price', 'entry_price', 'take_profit_price'] as const).flatMap((field) => {
    const price = raw[field];
    return price === null ? [] : [{ field, price }];
  });
  for (const [i, low] of ladder.entries()) {
    for (const high of ladder.slice(i + 1)) {
      if (direction === 'long' ? low.price < high.price : low.price > high.price) continue;
      const side = direction === 'long' ? 'below' : 'above';
      refuse(
        form,
        'SIGNAL_PRICE_ORDER_INVALID',
        low.field,
        `${side} ${high.field} ${formatDecimal(high.price)} for a ${direction}`,
      );
    }
  }
}

function accept(raw: Signal, instrument: ResolvedInstrument, source: ResolvedSource): ValidSignal {
  const hidden: string[] = [];
  if (hasHidden(raw.instrument)) hidden.push('instrument');
  if (hasHidden(raw.source)) hidden.push('source');
  let { thesis, evidence } = raw;
  if (thesis !== null && hasHidden(thesis)) {
    hidden.push('thesis');
    thesis = removeHidden(thesis);
  }
  for (const key in raw.evidence) {
    const text = raw.evidence[key] ?? '';
    if (!hasHidden(text)) continue;
    hidden.push(`evidence.${key}`);
    evidence = { ...evidence, [key]: removeHidden(text) };
  }
  const same =
    instrument.instrument === raw.instrument &&
    source.source === raw.source &&
    thesis === raw.thesis &&
    evidence === raw.evidence;
  const signal = same ? raw : { ...raw, instrument: instrument.instrument, source: source.source, thesis, evidence };
  return { signal_id: idOf(signal), signal, raw, instrument, source, hidden };
}

function idOf({ event_id, event_time, direction, instrument, signal_type, source }: Signal): SignalId {
  if (event_id !== null) return signalId({ event_id, instrument, source });
  return signalId({ event_time, direction, instrument, signal_type, source });
}

/** SHA-256 of all fields of a canonical signal: tells a repetition from a conflict. */
export function fingerprintOf(signal: Signal): string {
  return sha256Hex(fingerprintText(signal));
}

/** Canonical JSON of all fields with decimals as text, members in sorted order; a test holds it equal to canonicalJson. */
export function fingerprintText(signal: Signal): string {
  return (
    `{"confidence":${signal.confidence},"direction":"${signal.direction}","entry_price":${decimalText(signal.entry_price)},` +
    `"event_id":${q(signal.event_id)},"event_time":${signal.event_time},"evidence":${canonicalJson(signal.evidence)},` +
    `"expected_edge_bps":${signal.expected_edge_bps},"horizon_s":${signal.horizon_s},"instrument":${q(signal.instrument)},` +
    `"liquidation_price":${decimalText(signal.liquidation_price)},"max_hold_s":${signal.max_hold_s},` +
    `"signal_type":${q(signal.signal_type)},"size":${decimalText(signal.size)},"source":${q(signal.source)},` +
    `"stop_price":${decimalText(signal.stop_price)},"strategy":${q(signal.strategy)},"strength":${signal.strength},` +
    `"take_profit_price":${decimalText(signal.take_profit_price)},"thesis":${q(signal.thesis)},` +
    `"trailing_stop_bps":${signal.trailing_stop_bps},"valid_until":${signal.valid_until}}`
  );
}

function q(text: string | null): string {
  return text !== null && isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

function decimalText(value: Decimal | null): string {
  return value === null ? 'null' : `"${formatDecimal(value)}"`;
}
