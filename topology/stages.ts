// The stages as data: what each reads, which partitions of it, and what it writes.
import type { RecordName } from '../schemas/records.generated.ts';
import type { TopicName } from './topics.ts';

export type StageName =
  | 'market'
  | 'clock'
  | 'strategy'
  | 'enrichment'
  | 'decision'
  | 'execution'
  | 'monitor'
  | 'analysis'
  | 'learning'
  | 'archive'
  | 'publisher'
  | 'notifier'
  | 'gateway'
  | 'jobs';

/** fold: pure over one partition. merge: reads several topics. effect: calls the outside. sink: writes no topic of ours but letters. */
export type StageKind = 'fold' | 'merge' | 'effect' | 'source' | 'sink';

/**
 * `assigned`: the topic whose partitions are shared out. `own`: the partition of the same number. `all`: every partition,
 * whatever is assigned.
 */
export type InputScope = 'assigned' | 'own' | 'all';

export interface StageInput {
  readonly topic: TopicName;
  readonly scope: InputScope;
  /** Record types the stage reads there; null = all. Others are passed over without being decoded or delivered. */
  readonly types: readonly (RecordName | 'Raw')[] | null;
}

export interface StageRow {
  readonly name: StageName;
  readonly kind: StageKind;
  /** The first input is the assigned one. Sources have none. */
  readonly inputs: readonly StageInput[];
  readonly outputs: readonly TopicName[];
  /** Outside parties, for the picture. */
  readonly outside: readonly string[];
}

export const STAGES: readonly StageRow[] = [
  { name: 'market', kind: 'source', inputs: [], outputs: ['market.v1'], outside: ['exchanges', 'files'] },
  { name: 'clock', kind: 'source', inputs: [], outputs: ['journal.v1'], outside: ['system clock'] },
  {
    name: 'strategy',
    kind: 'fold',
    inputs: [{ topic: 'market.v1', scope: 'assigned', types: ['Candle', 'InstrumentInfo'] }],
    outputs: ['signals.v1', 'dead-letters.v1'],
    outside: [],
  },
  {
    name: 'enrichment',
    kind: 'merge',
    inputs: [
      { topic: 'signals.v1', scope: 'assigned', types: null },
      { topic: 'market.v1', scope: 'all', types: null },
    ],
    outputs: ['journal.v1', 'signals.v1', 'dead-letters.v1'],
    outside: [],
  },
  {
    name: 'decision',
    kind: 'fold',
    inputs: [{ topic: 'journal.v1', scope: 'assigned', types: null }],
    outputs: ['decisions.v1', 'orders.v1', 'positions.v1', 'trades.v1', 'dead-letters.v1'],
    outside: [],
  },
  {
    name: 'execution',
    kind: 'effect',
    inputs: [
      { topic: 'orders.v1', scope: 'assigned', types: ['OrderCommand'] },
      { topic: 'journal.v1', scope: 'own', types: ['OrderEvent', 'Control', 'PolicyActivated', 'CashFlow', 'Tick'] },
      { topic: 'market.v1', scope: 'all', types: null },
    ],
    outputs: ['journal.v1', 'dead-letters.v1'],
    outside: ['exchanges'],
  },
  {
    name: 'monitor',
    kind: 'merge',
    inputs: [
      { topic: 'market.v1', scope: 'assigned', types: null },
      { topic: 'positions.v1', scope: 'all', types: ['Position'] },
      { topic: 'journal.v1', scope: 'all', types: ['PolicyActivated', 'Tick'] },
    ],
    outputs: ['journal.v1', 'dead-letters.v1'],
    outside: [],
  },
  {
    name: 'analysis',
    kind: 'effect',
    inputs: [
      { topic: 'decisions.v1', scope: 'assigned', types: ['Decision'] },
      { topic: 'journal.v1', scope: 'own', types: ['Tick', 'EnrichedSignal', 'PolicyActivated'] },
      { topic: 'analyses.v1', scope: 'own', types: ['Analysis'] },
    ],
    outputs: ['analyses.v1', 'journal.v1', 'dead-letters.v1'],
    outside: ['language models'],
  },
  {
    name: 'learning',
    kind: 'fold',
    inputs: [{ topic: 'trades.v1', scope: 'assigned', types: ['Trade'] }],
    outputs: ['journal.v1', 'dead-letters.v1'],
    outside: [],
  },
  {
    name: 'archive',
    kind: 'sink',
    inputs: [
      { topic: 'signals.v1', scope: 'assigned', types: null },
      { topic: 'market.v1', scope: 'assigned', types: null },
      { topic: 'journal.v1', scope: 'assigned', types: null },
      { topic: 'decisions.v1', scope: 'assigned', types: null },
      { topic: 'orders.v1', scope: 'assigned', types: null },
      { topic: 'positions.v1', scope: 'assigned', types: null },
      { topic: 'trades.v1', scope: 'assigned', types: null },
      { topic: 'analyses.v1', scope: 'assigned', types: null },
      { topic: 'dead-letters.v1', scope: 'assigned', types: null },
      { topic: 'snapshots.v1', scope: 'assigned', types: null },
    ],
    outputs: ['dead-letters.v1'],
    outside: ['ClickHouse'],
  },
  {
    name: 'publisher',
    kind: 'sink',
    inputs: [
      { topic: 'decisions.v1', scope: 'all', types: null },
      { topic: 'trades.v1', scope: 'all', types: null },
      { topic: 'positions.v1', scope: 'all', types: null },
      { topic: 'analyses.v1', scope: 'all', types: null },
    ],
    outputs: ['dead-letters.v1'],
    outside: ['WebSocket clients'],
  },
  {
    name: 'notifier',
    kind: 'sink',
    inputs: [
      { topic: 'journal.v1', scope: 'assigned', types: null },
      { topic: 'decisions.v1', scope: 'own', types: null },
      { topic: 'orders.v1', scope: 'own', types: null },
      { topic: 'trades.v1', scope: 'own', types: null },
      { topic: 'analyses.v1', scope: 'own', types: null },
      { topic: 'dead-letters.v1', scope: 'all', types: null },
    ],
    outputs: ['dead-letters.v1'],
    outside: ['Telegram', 'Slack', 'webhooks'],
  },
  {
    name: 'gateway',
    kind: 'source',
    inputs: [
      { topic: 'signals.v1', scope: 'all', types: null },
      { topic: 'journal.v1', scope: 'all', types: null },
      { topic: 'decisions.v1', scope: 'all', types: null },
      { topic: 'positions.v1', scope: 'all', types: null },
      { topic: 'dead-letters.v1', scope: 'all', types: null },
    ],
    outputs: ['signals.v1', 'journal.v1', 'dead-letters.v1'],
    outside: ['HTTP', 'feeds'],
  },
  { name: 'jobs', kind: 'source', inputs: [], outputs: ['journal.v1'], outside: ['schedule', 'ClickHouse'] },
];

/** For one market record the stages of a virtual run drain their inputs in this order, again and again until nothing is left. */
export const VIRTUAL_ORDER: readonly StageName[] = [
  'execution',
  'decision',
  'learning',
  'monitor',
  'strategy',
  'enrichment',
  'analysis',
];

const byName = new Map<string, StageRow>(STAGES.map((stage) => [stage.name, stage]));

/** The row of a stage; throws on a name that is not in the table. */
export function stageOf(name: string): StageRow {
  const stage = byName.get(name);
  if (stage === undefined) throw new TypeError(`stage: "${name}" is not one of ${STAGES.map((s) => s.name).join(', ')}`);
  return stage;
}
