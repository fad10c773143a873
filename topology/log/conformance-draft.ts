// For tests: records to append to a log.
import { blankTick } from '../../schemas/records.generated.ts';
import type { TopicName } from '../topics.ts';
import { type Draft, newDraft } from './draft.ts';

export function tickDraft(tickAt: number, partition = 0, topic: TopicName = 'journal.v1'): Draft {
  const source = { stage: 'monitor', topic: 'market.v1', partition: 1, offset: tickAt, index: 2 };
  const value = { ...blankTick(), tick_at: tickAt };
  return newDraft(topic, partition, 'Tick', `key-${tickAt}`, value, 5, `id-${tickAt}`, 'cause', 'trace', source, '', null);
}

export function rawDraft(text: string): Draft {
  const bytes = new TextEncoder().encode(text);
  return newDraft('signals.v1', 0, 'Raw', '', bytes, 5, '', '', '', null, 'letter/1', { 'x-team': 'desk' });
}
