// Which records count, as the architecture says it and nothing else does: what every reader is held against.
import type { AnyEnvelope } from '../envelope.ts';
import type { LogEntry } from '../log/shared-log.ts';
import type { TopicName } from '../topics.ts';

/** COPY: under the claim in force, and dropped for what was there before. NOTHING: it has no value. */
export type Counting = 'COUNTS' | 'FENCED' | 'COPY' | 'NOTHING';

export interface Reference {
  /** The next entry of its partition. */
  take(entry: LogEntry): Counting;
  counts(topic: string, partition: number, offset: number): boolean;
  /** The record there, if it counts. */
  record(topic: string, partition: number, offset: number): AnyEnvelope | undefined;
  /** What counts, in order. */
  records(topic: TopicName, partition: number): readonly AnyEnvelope[];
  /** Entries that were dropped for their claim. */
  fenced(): number;
}

interface Reader {
  readonly claims: Map<string, string>;
  /** Upstream partition of a fold to the last position taken. */
  readonly marks: Map<string, readonly [offset: number, index: number]>;
  readonly ids: Set<string>;
  tick_at: number;
  readonly counting: Map<number, AnyEnvelope>;
}

const FOLDS = ['decision', 'learning', 'strategy'];
const BY_ID = ['EnrichedSignal', 'OrderEvent', 'ExitTrigger', 'Analysis', 'Verdict', 'Control', 'PolicyActivated', 'CashFlow'];

export function createReference(): Reference {
  const readers = new Map<string, Reader>();
  let fenced = 0;

  function of(topic: string, partition: number): Reader {
    const key = `${topic}/${partition}`;
    let reader = readers.get(key);
    if (reader === undefined) {
      reader = { claims: new Map(), marks: new Map(), ids: new Set(), tick_at: -1, counting: new Map() };
      readers.set(key, reader);
    }
    return reader;
  }

  function once(reader: Reader, id: string): boolean {
    if (reader.ids.has(id)) return false;
    reader.ids.add(id);
    return true;
  }

  function isFirst(reader: Reader, record: AnyEnvelope): boolean {
    const { source, type } = record;
    if (record.retry_of !== '') return once(reader, `retry ${record.retry_of}`) && (record.id === '' || once(reader, record.id));
    if (type === 'Tick') {
      if (record.value.tick_at <= reader.tick_at) return false;
      reader.tick_at = record.value.tick_at;
      return true;
    }
    if (source !== null && FOLDS.includes(source.stage)) {
      const upstream = `${source.stage}/${source.topic}/${source.partition}`;
      const [offset, index] = reader.marks.get(upstream) ?? [-1, 0];
      if (source.offset < offset || (source.offset === offset && source.index <= index)) return false;
      reader.marks.set(upstream, [source.offset, source.index]);
      return true;
    }
    if (record.id === '' || !BY_ID.includes(type)) return true;
    if (type === 'EnrichedSignal') return once(reader, `${record.id}|${record.value.portfolio}`);
    if (type === 'Analysis') return once(reader, `${record.id}|${record.value.phase}`);
    return once(reader, record.id);
  }

  return {
    take(entry) {
      const reader = of(entry.topic, entry.partition);
      const { claim } = entry;
      if (entry.kind === 'CLAIM' && claim !== null) reader.claims.set(claim.slot, claim.id);
      if (entry.kind !== 'RECORD') return 'NOTHING';
      if (claim !== null && reader.claims.get(claim.slot) !== claim.id) {
        fenced += 1;
        return 'FENCED';
      }
      const record = entry.record();
      if (!isFirst(reader, record)) return 'COPY';
      reader.counting.set(entry.offset, record);
      return 'COUNTS';
    },
    counts: (topic, partition, offset) => of(topic, partition).counting.has(offset),
    record: (topic, partition, offset) => of(topic, partition).counting.get(offset),
    records: (topic, partition) => [...of(topic, partition).counting.values()],
    fenced: () => fenced,
  };
}
