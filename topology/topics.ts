// The topics as data: what lies in each, under which key, who writes it, who reads it, how long it stays.
import type { RecordName } from '../schemas/records.generated.ts';

export type TopicName =
  | 'signals.v1'
  | 'market.v1'
  | 'journal.v1'
  | 'decisions.v1'
  | 'orders.v1'
  | 'positions.v1'
  | 'trades.v1'
  | 'analyses.v1'
  | 'dead-letters.v1'
  | 'snapshots.v1';

/** What the text of a key is. Of `instrument|portfolio` and of `snapshot` only a part decides the partition (partition.ts). */
export type KeyKind = 'instrument' | 'portfolio' | 'instrument|portfolio' | 'original' | 'snapshot';

export interface Topic {
  readonly name: TopicName;
  readonly key: KeyKind;
  readonly records: readonly RecordName[];
  readonly written_by: readonly string[];
  readonly read_by: readonly string[];
  /** Days a record stays; null where compaction, not time, removes records. */
  readonly retention_days: number | null;
  readonly compacted: boolean;
  /** Part of what we promise to others: `in` = anyone may write it, `out` = anyone may read it. */
  readonly public: 'in' | 'out' | null;
  /** Bytes that are not framed Avro are a stage's business here; on any other topic they are poison. */
  readonly raw: boolean;
}

/** One row per topic, in the order of a signal's life. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'signals.v1',
    key: 'instrument',
    records: ['Signal'],
    written_by: ['users', 'gateway', 'strategy', 'enrichment'],
    read_by: ['enrichment', 'gateway', 'archive'],
    retention_days: 30,
    compacted: false,
    public: 'in',
    raw: true,
  },
  {
    name: 'market.v1',
    key: 'instrument',
    records: ['Candle', 'Quote', 'DerivativesState', 'InstrumentInfo'],
    written_by: ['market'],
    read_by: ['strategy', 'enrichment', 'monitor', 'execution', 'archive'],
    retention_days: 7,
    compacted: false,
    public: null,
    raw: false,
  },
  {
    name: 'journal.v1',
    key: 'portfolio',
    records: [
      'EnrichedSignal',
      'OrderEvent',
      'ExitTrigger',
      'Mark',
      'Verdict',
      'Lesson',
      'Control',
      'PolicyActivated',
      'CashFlow',
      'Tick',
    ],
    written_by: ['enrichment', 'execution', 'monitor', 'analysis', 'learning', 'gateway', 'jobs', 'clock'],
    read_by: ['decision', 'execution', 'monitor', 'analysis', 'gateway', 'notifier', 'archive'],
    retention_days: 90,
    compacted: false,
    public: null,
    raw: false,
  },
  {
    name: 'decisions.v1',
    key: 'portfolio',
    records: ['Decision'],
    written_by: ['decision'],
    read_by: ['analysis', 'publisher', 'notifier', 'gateway', 'archive', 'users'],
    retention_days: 90,
    compacted: false,
    public: 'out',
    raw: false,
  },
  {
    name: 'orders.v1',
    key: 'portfolio',
    records: ['OrderCommand'],
    written_by: ['decision'],
    read_by: ['execution', 'notifier', 'archive'],
    retention_days: 90,
    compacted: false,
    public: null,
    raw: false,
  },
  {
    name: 'positions.v1',
    key: 'instrument|portfolio',
    records: ['Position'],
    written_by: ['decision'],
    read_by: ['monitor', 'publisher', 'gateway', 'archive', 'users'],
    retention_days: 7,
    compacted: false,
    public: 'out',
    raw: false,
  },
  {
    name: 'trades.v1',
    key: 'portfolio',
    records: ['Trade'],
    written_by: ['decision'],
    read_by: ['learning', 'publisher', 'notifier', 'archive', 'users'],
    retention_days: 90,
    compacted: false,
    public: 'out',
    raw: false,
  },
  {
    name: 'analyses.v1',
    key: 'portfolio',
    records: ['Analysis'],
    written_by: ['analysis'],
    read_by: ['analysis', 'publisher', 'notifier', 'archive'],
    retention_days: 30,
    compacted: false,
    public: null,
    raw: false,
  },
  {
    name: 'dead-letters.v1',
    key: 'original',
    records: ['DeadLetter'],
    written_by: [
      'strategy',
      'enrichment',
      'decision',
      'execution',
      'monitor',
      'analysis',
      'learning',
      'archive',
      'publisher',
      'notifier',
      'gateway',
    ],
    read_by: ['gateway', 'notifier', 'archive', 'every stage at start'],
    retention_days: 180,
    compacted: false,
    public: null,
    raw: false,
  },
  {
    name: 'snapshots.v1',
    key: 'snapshot',
    records: ['Snapshot'],
    written_by: ['strategy', 'enrichment', 'decision', 'execution', 'monitor', 'analysis', 'learning'],
    read_by: ['the same stage', 'archive'],
    retention_days: null,
    compacted: true,
    public: null,
    raw: false,
  },
];

const byName = new Map<string, Topic>(TOPICS.map((topic) => [topic.name, topic]));

/** The row of a topic; throws on a name that is not in the table. */
export function topicOf(name: string): Topic {
  const topic = byName.get(name);
  if (topic === undefined) throw new TypeError(`topic: "${name}" is not one of ${TOPICS.map((t) => t.name).join(', ')}`);
  return topic;
}

export function isTopicName(name: string): name is TopicName {
  return byName.has(name);
}
