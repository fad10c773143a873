// The dead letters that name a stage, read from a shared log: what an operator has parked, and letters that need no second copy.
import type { AnyEnvelope } from '../../envelope.ts';
import type { SharedLog } from '../../log/shared-log.ts';
import { isTopicName, type TopicName } from '../../topics.ts';
import { lettersOf, type StageLetters } from '../parked.ts';
import { readThrough } from './read-through.ts';

const TOPIC: TopicName = 'dead-letters.v1';

export async function readLetters(log: SharedLog, stage: string, partition: number): Promise<StageLetters> {
  const letters: AnyEnvelope[][] = [];
  const parked = new Map<string, AnyEnvelope>();
  for (let of = 0; of < log.topology.partitions[TOPIC]; of++) {
    const found: AnyEnvelope[] = [];
    letters.push(found);
    const [start, end] = [await log.startOffset(TOPIC, of), await log.endOffset(TOPIC, of)];
    await readThrough(log, { topic: TOPIC, partition: of }, start, end, (entry) => {
      if (entry.kind !== 'RECORD') return;
      const record = entry.record();
      if (record.type === 'DeadLetter' && record.value.stage === stage) found.push(record);
    });
  }
  for (const record of letters.flat()) {
    if (record.type !== 'DeadLetter' || record.value.status !== 'PARKED' || !isTopicName(record.value.topic)) continue;
    const { topic, partition: of, offset } = record.value;
    if (offset < (await log.startOffset(topic, of))) continue;
    await readThrough(log, { topic, partition: of }, offset, offset + 1, (entry) => {
      if (entry.kind === 'RECORD') parked.set(`${topic}/${of}/${offset}`, entry.record());
    });
  }
  return lettersOf(
    {
      topology: log.topology,
      startNow: () => 0,
      readNow: (topic, of, from) => {
        if (topic === TOPIC) return from === 0 ? (letters[of] ?? []).filter(() => true) : [];
        const record = parked.get(`${topic}/${of}/${from}`);
        return record === undefined ? [] : [record];
      },
    },
    stage,
    partition,
  );
}
