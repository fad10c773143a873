// Which inboxes a record goes into: looked up once per topic, partition and type.
import type { AnyEnvelope } from '../envelope.ts';
import type { Reel } from '../log/reel.ts';
import { TOPICS, type TopicName } from '../topics.ts';
import type { Topology } from '../topology.ts';
import type { Task } from './task.ts';

export interface Router {
  /** `place`: where the record stands in the list of the open instant; it is what the inboxes get. */
  route(record: AnyEnvelope, place: number): void;
  /** A task that has stopped gets nothing more. */
  forget(task: Task): void;
}

/** The inboxes that want one type of record of one topic partition. */
interface Route {
  readonly type: string;
  readonly inboxes: readonly Reel<number>[];
}

export function createRouter(tasks: readonly Task[], topology: Topology): Router {
  const lanes = new Map<TopicName, Route[][]>();
  const gone = new Set<Task>();
  for (const topic of TOPICS)
    lanes.set(
      topic.name,
      Array.from({ length: topology.partitions[topic.name] }, () => []),
    );
  /** Records come in runs of one topic, and a topic has few types: both are found without a table. */
  let topic: TopicName | '' = '';
  let row: Route[][] = [];

  function inboxesOf(record: AnyEnvelope): readonly Reel<number>[] {
    if (record.topic !== topic) {
      topic = record.topic;
      row = lanes.get(record.topic) ?? [];
    }
    const lane = row[record.partition];
    if (lane === undefined) return [];
    for (let i = 0; i < lane.length; i++) {
      const route = lane[i];
      if (route !== undefined && route.type === record.type) return route.inboxes;
    }
    const inboxes = tasks.filter((task) => !gone.has(task) && task.wants(record)).map((task) => task.inbox);
    lane.push({ type: record.type, inboxes });
    return inboxes;
  }

  return {
    route(record, place) {
      const inboxes = inboxesOf(record);
      for (let i = 0; i < inboxes.length; i++) {
        const inbox = inboxes[i];
        if (inbox === undefined) continue;
        inbox.items[inbox.count] = place;
        inbox.count += 1;
      }
    },
    forget(task) {
      gone.add(task);
      task.inbox.count = 0;
      for (const lane of [...lanes.values()].flat()) lane.length = 0;
    },
  };
}
