// Every entry of a partition from an offset to another, in order.
import type { LogEntry, SharedLog } from '../../log/shared-log.ts';
import { topicOf } from '../../topics.ts';
import type { Place } from './outputs.ts';

const CHUNK = 512;

/** Up to `end`, which exists; of a compacted partition what is left of it. */
export async function readThrough(
  log: SharedLog,
  { topic, partition }: Place,
  from: number,
  end: number,
  each: (entry: LogEntry) => void,
): Promise<void> {
  const { compacted } = topicOf(topic);
  for (let next = from; next < end; ) {
    const entries = await log.read(topic, partition, next, Math.min(CHUNK, end - next));
    for (const entry of entries) {
      if (entry.offset >= end) return;
      each(entry);
      next = entry.offset + 1;
    }
    if (entries.length > 0) continue;
    await log.waitFor(topic, partition, next);
    if (compacted && (await log.read(topic, partition, next, 1)).length === 0) return;
  }
}
