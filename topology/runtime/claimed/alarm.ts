// The dead letter that tells of a stage's partition that stands.
import type { Micros } from '../../../schemas/time.ts';
import { newDraft } from '../../log/draft.ts';
import type { SharedLog } from '../../log/shared-log.ts';
import { partitionFor } from '../../partition.ts';
import type { Stage } from '../../stage.ts';
import { isTopicName } from '../../topics.ts';
import { letterFor } from '../letter.ts';
import type { StageStopped } from '../stopped.ts';
import { readLetters } from './letters.ts';
import { readThrough } from './read-through.ts';

/** An owner that stops at the same record again does not write it again; where the record is gone there is nothing to write. */
export async function writeAlarm(log: SharedLog, stage: Stage<unknown>, stopped: StageStopped, now: Micros): Promise<void> {
  const { topic, topic_partition, offset } = stopped;
  if (!isTopicName(topic)) return;
  const place = { topic, partition: topic_partition };
  if (offset < (await log.startOffset(topic, topic_partition)) || offset >= (await log.endOffset(topic, topic_partition))) return;
  const found: Parameters<typeof letterFor>[0][] = [];
  await readThrough(log, place, offset, offset + 1, (entry) => {
    if (entry.kind === 'RECORD') found.push(entry.record());
  });
  const [record] = found;
  if (record === undefined) return;
  const letter = letterFor(record, stage.name, stage.version, 'FOLD_STOPPED', stopped.message, now);
  const id = letter.dead_letter_id;
  if ((await readLetters(log, stage.name, stopped.partition)).ids.has(id)) return;
  const to = partitionFor('dead-letters.v1', record.key, log.topology.partitions['dead-letters.v1']);
  const source = { stage: stage.name, topic, partition: topic_partition, offset, index: 0 };
  const { key, trace } = record;
  const draft = newDraft('dead-letters.v1', to, 'DeadLetter', key, letter, now, id, record.id, trace, source, '', null);
  await log.append([{ kind: 'RECORD', draft, claim: null }]);
}
