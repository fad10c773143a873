// For tests: every value that an EnrichedSignal, an ExitTrigger or a Mark names stands at the offset it names.
import { type CanonicalValue, canonicalJson } from '../../../schemas/canonical-json.ts';
import { toNumber } from '../../../schemas/money.ts';
import type { EnrichedSignal, ExitTrigger, Mark, Quote } from '../../../schemas/records.generated.ts';
import type { AnyEnvelope } from '../../../topology/envelope.ts';

import { partitionFor } from '../../../topology/partition.ts';
import { isTopicName, type TopicName } from '../../../topology/topics.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { FinalLogs } from './final-logs.ts';
import { plainEntry } from './plain-entry.ts';
import type { Counted } from './verdict.ts';

/** What stands at a place; null where nothing does. */
type Look = (topic: TopicName, partition: number, offset: number) => AnyEnvelope | null;

interface Named {
  readonly what: string;
  readonly offset: number;
  /** Of the market record that must stand there. */
  readonly type: 'Quote' | 'Candle' | 'DerivativesState' | 'InstrumentInfo';
  readonly fields: Readonly<Record<string, unknown>>;
}

export function valueFaults(logs: FinalLogs, counted: Counted, topology: Topology): string[] {
  const decoded = new Map<string, AnyEnvelope | null>();
  const look: Look = (topic, partition, offset) => {
    const key = `${topic}/${partition}/${offset}`;
    let record = decoded.get(key);
    if (record === undefined) {
      const message = logs.get(topic)?.[partition]?.[offset];
      record = message?.value ? plainEntry(topic, partition, message).record() : null;
      decoded.set(key, record);
    }
    return record;
  };
  return counted.all('journal.v1').flatMap(({ record }) => {
    const market = (instrument: string, named: readonly Named[]): string[] => {
      const partition = partitionFor('market.v1', instrument, topology.partitions['market.v1']);
      return named.flatMap((of) => faultAt(look('market.v1', partition, of.offset), instrument, of));
    };
    const prefixed = (faults: readonly string[]): string[] => faults.map((fault) => `${record.type} ${record.id}: ${fault}`);
    switch (record.type) {
      case 'EnrichedSignal':
        return prefixed([...market(record.value.signal.instrument, namedBy(record.value)), ...positionFault(record.value, look)]);
      case 'ExitTrigger':
        return prefixed(market(record.value.instrument, namedByTrigger(record.value)));
      case 'Mark':
        return prefixed(market(record.value.instrument, [namedByMark(record.value)]));
      default:
        return [];
    }
  });
}

function faultAt(stands: AnyEnvelope | null, instrument: string, named: Named): string[] {
  const at = `${named.what} names offset ${named.offset}`;
  if (stands === null) return [`${at}, where nothing stands`];
  if (stands.type !== named.type) return [`${at}, where a ${stands.type} stands`];
  const value: Readonly<Record<string, unknown>> = { ...stands.value };
  if (value.instrument !== instrument) return [`${at}, where a record of ${String(value.instrument)} stands`];
  return Object.entries(named.fields).flatMap(([field, expected]) =>
    same(value[field], expected) ? [] : [`${at}: ${field} is ${text(expected)}, there stands ${text(value[field])}`],
  );
}

function namedBy(signal: EnrichedSignal): Named[] {
  const { quote, info, derivatives, depth_offset, enriched_at } = signal;
  const named: Named[] = [];
  if (quote !== null) {
    const { offset, age_us, ...fields } = quote;
    named.push({ what: 'quote', offset, type: 'Quote', fields: { ...fields, event_time: enriched_at - age_us } });
  }
  if (depth_offset !== null) named.push({ what: 'depth', offset: depth_offset, type: 'Quote', fields: { depth: signal.depth } });
  if (derivatives !== null) {
    const { offset, age_us, ...fields } = derivatives;
    named.push({
      what: 'derivatives',
      offset,
      type: 'DerivativesState',
      fields: { ...fields, event_time: enriched_at - age_us },
    });
  }
  if (info !== null) {
    const { offset, age_us, ...fields } = info;
    named.push({ what: 'info', offset, type: 'InstrumentInfo', fields: { ...fields, event_time: enriched_at - age_us } });
  }
  for (const [interval, { offset, close_time }] of Object.entries(signal.bars))
    named.push({ what: `bar ${interval}`, offset, type: 'Candle', fields: { interval, close_time } });
  return named;
}

/** A live market always has a quote: no trigger of it comes from a bar. */
function namedByTrigger(trigger: ExitTrigger): Named[] {
  return trigger.inputs.flatMap(({ name, value, offset, age_us }): Named[] => {
    if (offset === null) return [];
    const event_time = trigger.event_at - (age_us ?? 0);
    const number = (field: keyof Quote): Readonly<Record<string, unknown>> => ({ [field]: { number: value } });
    return [
      {
        what: name,
        offset,
        type: 'Quote',
        fields: { event_time, ...(name === 'bid' || name === 'ask' ? number(name) : {}) },
      },
    ];
  });
}

function namedByMark({ offset, bid, ask, venue_at }: Mark): Named {
  return { what: 'price', offset, type: 'Quote', fields: { bid, ask, event_time: venue_at } };
}

/** The signal itself, where it says that it was read. */
function positionFault({ signal, log_position }: EnrichedSignal, look: Look): string[] {
  const { topic, partition, offset } = log_position;
  const stands = isTopicName(topic) ? look(topic, partition, offset) : null;
  if (stands?.type === 'Signal' && stands.value.event_id === signal.event_id && stands.value.instrument === signal.instrument)
    return [];
  if (stands?.type === 'Raw' && signal.event_id !== null && Buffer.from(stands.value).includes(JSON.stringify(signal.event_id)))
    return [];
  return [`log_position names ${topic}/${partition} offset ${offset}, where the signal does not stand`];
}

function same(stands: unknown, expected: unknown): boolean {
  if (typeof stands === 'bigint' && typeof expected === 'object' && expected !== null && 'number' in expected)
    return toNumber(stands) === expected.number;
  return text(stands) === text(expected);
}

function text(value: unknown): string {
  return canonicalJson(plain(value));
}

function plain(value: unknown): CanonicalValue {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return (value ?? null) as CanonicalValue;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, plain(of)]));
}
