// Which inboxes a record goes into: looked up once per topic, partition and type.
import type { AnyEnvelope } from '../envelope.ts';
import { TOPICS, type TopicName } from '../topics.ts';
import type { Topology } from '../topology.ts';
import { type Inbox, put } from './inbox.ts';
import type { Task } from './task.ts';

/** The inboxes that want one type of record of one topic partition. */
interface Route {
  readonly type: string;
  readonly inboxes: readonly Inbox[];
}

export interface Router {
  readonly tasks: readonly Task[];
  /** A task that has stopped gets nothing more. */
  readonly gone: Set<Task>;
  /** By topic, then by partition: the few types that were met there. */
  readonly lanes: ReadonlyMap<TopicName, readonly Route[][]>;
  /** Of the last record: they come in runs of one topic. */
  topic: TopicName | '';
  row: readonly Route[][];
}

export function newRouter(tasks: readonly Task[], topology: Topology): Router {
  const lanes = new Map<TopicName, Route[][]>();
  for (const topic of TOPICS)
    lanes.set(
      topic.name,
      Array.from({ length: topology.partitions[topic.name] }, () => []),
    );
  return { tasks, gone: new Set(), lanes, topic: '', row: [] };
}

/** `place`: where the record stands in the list of the open instant; it is what the inboxes get. */
export function route(router: Router, record: AnyEnvelope, place: number): void {
  const inboxes = inboxesOf(router, record);
  for (let i = 0; i < inboxes.length; i++) {
    const inbox = inboxes[i];
    if (inbox !== undefined) put(inbox, place);
  }
}

function inboxesOf(router: Router, record: AnyEnvelope): readonly Inbox[] {
  if (record.topic !== router.topic) {
    router.topic = record.topic;
    router.row = router.lanes.get(record.topic) ?? [];
  }
  const lane = router.row[record.partition];
  if (lane === undefined) return [];
  for (let i = 0; i < lane.length; i++) {
    const known = lane[i];
    if (known !== undefined && known.type === record.type) return known.inboxes;
  }
  const inboxes = router.tasks.filter((task) => !router.gone.has(task) && task.wants(record)).map((task) => task.inbox);
  lane.push({ type: record.type, inboxes });
  return inboxes;
}

export function forget(router: Router, task: Task): void {
  router.gone.add(task);
  task.inbox.count = 0;
  for (const lane of [...router.lanes.values()].flat()) lane.length = 0;
}
