// Which inboxes a record goes into: looked up once per topic, partition and type.
import type { AnyEnvelope } from '../envelope.ts';
import { addTo, type Reel } from '../log/reel.ts';
import { TOPICS, type TopicName } from '../topics.ts';
import type { Topology } from '../topology.ts';
import type { Task } from './task.ts';

export interface Router {
  route(record: AnyEnvelope): void;
  /** A task that has stopped gets nothing more. */
  forget(task: Task): void;
}

export function createRouter(tasks: readonly Task[], topology: Topology): Router {
  const routes = new Map<TopicName, Map<string, readonly Reel<AnyEnvelope>[]>[]>();
  const gone = new Set<Task>();
  for (const topic of TOPICS) {
    routes.set(
      topic.name,
      Array.from({ length: topology.partitions[topic.name] }, () => new Map()),
    );
  }
  return {
    route(record) {
      const types = routes.get(record.topic)?.[record.partition];
      if (types === undefined) return;
      let inboxes = types.get(record.type);
      if (inboxes === undefined) {
        inboxes = tasks.filter((task) => !gone.has(task) && task.wants(record)).map((task) => task.inbox);
        types.set(record.type, inboxes);
      }
      for (let i = 0; i < inboxes.length; i++) {
        const inbox = inboxes[i];
        if (inbox !== undefined) addTo(inbox, record);
      }
    },
    forget(task) {
      gone.add(task);
      task.inbox.count = 0;
      for (const row of routes.values()) for (const types of row) types.clear();
    },
  };
}
