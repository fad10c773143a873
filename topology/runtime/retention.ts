// Removes what is older than its topic keeps, but never what a stage would read again after a crash.
import { DAY, type Micros } from '../../schemas/time.ts';
import type { LocalLog } from '../log/log.ts';
import { TOPICS, type TopicName } from '../topics.ts';
import { neededFrom } from './snapshot.ts';
import type { Task } from './task.ts';

const CHUNK = 512;

/** Each stage needs its input from the second-newest of its snapshots on; a stage without two keeps everything that it reads. */
export function trimLog(log: LocalLog, tasks: readonly Task[], now: Micros): void {
  const needs = tasks.map((task) => ({ task, inputs: neededFrom(log, task.stage.name, task.partition) }));
  for (const topic of TOPICS) {
    if (topic.retention_days === null) continue;
    for (let partition = 0; partition < log.topology.partitions[topic.name]; partition++) {
      let limit = log.endNow(topic.name, partition);
      for (const { task, inputs } of needs) {
        if (!task.readsPartition(topic.name, partition)) continue;
        const input = inputs?.find((of) => of.topic === topic.name && of.partition === partition);
        limit = Math.min(limit, input?.offset ?? 0);
      }
      const old = firstSince(log, topic.name, partition, limit, now - topic.retention_days * DAY);
      log.trimNow(topic.name, partition, old);
    }
  }
}

/** Offset of the first record appended at or after `since`, at most `limit`. */
function firstSince(log: LocalLog, topic: TopicName, partition: number, limit: number, since: Micros): number {
  let next = log.startNow(topic, partition);
  while (next < limit) {
    const records = log.readNow(topic, partition, next, Math.min(CHUNK, limit - next));
    for (const record of records) {
      if (record.at >= since) return record.offset;
      next = record.offset + 1;
    }
    if (records.length === 0) return next;
  }
  return limit;
}
