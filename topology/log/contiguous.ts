// Offsets of our topics have no gaps: what is missing between two records was lost.
import { type TopicName, topicOf } from '../topics.ts';
import { LogHoleError } from './errors.ts';

/** Null where the record found is the one expected, or the topic is compacted and may have lost what was before it. */
export function holeBefore(topic: TopicName, partition: number, expected: number, found: number): LogHoleError | null {
  if (found === expected || topicOf(topic).compacted) return null;
  return new LogHoleError(topic, partition, expected, `found ${found}`);
}
