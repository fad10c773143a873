// Which inboxes a record goes into: looked up once per topic, partition and type.
import type { AnyEnvelope } from '../envelope.ts';
import { everyPartition, newPartitionTable, type PartitionTable, partitionIn } from '../partition-table.ts';
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
  /** By partition: the few types that were met there. */
  readonly lanes: PartitionTable<Route[]>;
}

export function newRouter(tasks: readonly Task[], topology: Topology): Router {
  return { tasks, gone: new Set(), lanes: newPartitionTable(topology, () => []) };
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
  const lane = partitionIn(router.lanes, record.topic, record.partition);
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
  for (const lane of everyPartition(router.lanes)) lane.length = 0;
}
