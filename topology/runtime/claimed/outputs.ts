// Which partitions a stage's partition writes, and which of them it has to claim.
import type { StageRow } from '../../stages.ts';
import { TOPICS, type TopicName } from '../../topics.ts';
import { INSTRUMENT_TOPICS, PORTFOLIO_TOPICS, type Topology } from '../../topology.ts';
import type { Task } from '../task.ts';

export interface Place {
  readonly topic: TopicName;
  readonly partition: number;
}

export interface OutputPlace extends Place {
  readonly claimed: boolean;
}

/** Records there count by their ids or by the watermark of a fold that nobody fences. */
const UNCLAIMED: readonly TopicName[] = ['signals.v1', 'analyses.v1', 'dead-letters.v1', 'snapshots.v1'];

export function placeText(place: { readonly topic: string; readonly partition: number }): string {
  return `${place.topic}/${place.partition}`;
}

function all(topic: TopicName, topology: Topology): number[] {
  return Array.from({ length: topology.partitions[topic] }, (_, partition) => partition);
}

/** A portfolio, and for a fold an instrument, has the same partition number on the way in and on the way out. */
function partitionsOf(row: StageRow, topic: TopicName, partition: number, topology: Topology): readonly number[] {
  const assigned = row.inputs[0]?.topic;
  if (assigned === undefined) return all(topic, topology);
  const along = PORTFOLIO_TOPICS.includes(assigned) ? PORTFOLIO_TOPICS : row.kind === 'fold' ? INSTRUMENT_TOPICS : [];
  // Trades and decisions of a portfolio lie under its number, and so does what is derived from them.
  return along.includes(topic) ? [partition] : all(topic, topology);
}

export function outputsOf(row: StageRow, partition: number, topology: Topology): readonly OutputPlace[] {
  return row.outputs.flatMap((topic) =>
    partitionsOf(row, topic, partition, topology).map((of) => ({
      topic,
      partition: of,
      claimed: !UNCLAIMED.includes(topic),
    })),
  );
}

export function inputsOf(task: Task, topology: Topology): readonly Place[] {
  return TOPICS.flatMap(({ name }) =>
    all(name, topology)
      .filter((partition) => task.readsPartition(name, partition))
      .map((partition) => ({ topic: name, partition })),
  );
}
