// Keeps the gateway's projection level with a log on Kafka, and beside it the state of every portfolio, as the decision fold has it.
import { HOUR, type Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { type ClaimTable, countEntry } from '../../topology/log/claims.ts';
import type { KafkaLog } from '../../topology/log/kafka/kafka-log.ts';
import { SYSTEM_TIMING } from '../../topology/log/kafka/system-timing.ts';
import { type FollowedFold, type Following, follow, followFold } from '../../topology/runtime/claimed/follow.ts';
import { readThrough } from '../../topology/runtime/claimed/read-through.ts';
import type { Stage } from '../../topology/stage.ts';
import type { TopicName } from '../../topology/topics.ts';
import type { DecisionState } from '../decision/state.ts';
import type { Projection } from '../gateway/projection.ts';

export interface Followed {
  readonly following: readonly Following[];
  /** By partition of the journal. */
  states(): readonly (DecisionState | null)[];
  /** Rejects when any of them ends. */
  readonly ended: Promise<never>;
}

/** Whoever writes under a claim has claimed anew within a day. */
const CLAIMED_WITHIN = 25 * HOUR;

/** Returns when everything that stood in the log has been met. */
export async function followForGateway(
  log: KafkaLog,
  projection: Projection,
  stage: Stage<unknown>,
  since: Micros,
): Promise<Followed> {
  const following: Following[] = [];
  const folds: FollowedFold[] = [];
  const observe = (record: AnyEnvelope): void => projection.observe(record);
  const partitionsOf = (topic: TopicName): number[] => Array.from({ length: log.topology.partitions[topic] }, (_, p) => p);
  const targets: [Following, number][] = [];

  async function keep(topic: TopicName, partition: number, from: number, claims: ClaimTable): Promise<void> {
    const end = await log.endOffset(topic, partition);
    const one = follow(log, SYSTEM_TIMING, { topic, partition }, from, (entry) => {
      if (countEntry(claims, entry) === 'counts') observe(entry.record());
    });
    following.push(one);
    targets.push([one, end]);
  }

  for (const partition of partitionsOf('signals.v1'))
    await keep('signals.v1', partition, await log.firstSince('signals.v1', partition, since), new Map());
  for (const partition of partitionsOf('dead-letters.v1'))
    await keep('dead-letters.v1', partition, await log.startOffset('dead-letters.v1', partition), new Map());
  for (const partition of partitionsOf('decisions.v1')) {
    const claims: ClaimTable = new Map();
    const next = await loadDecisions(log, partition, since, claims, observe);
    await keep('decisions.v1', partition, next, claims);
  }
  for (const partition of partitionsOf('journal.v1')) {
    const end = await log.endOffset('journal.v1', partition);
    const fold = await followFold(log, SYSTEM_TIMING, stage, partition, observe);
    folds.push(fold);
    following.push(fold);
    targets.push([fold, end]);
  }
  const ended = Promise.race(following.map((one) => one.ended));
  ended.catch(() => {});
  await Promise.race([ended, Promise.all(targets.map(([one, end]) => one.reaches(end)))]);
  return { following, states: () => folds.map((fold) => fold.state() as DecisionState), ended };
}

/** Of the journal before its newest snapshot only the controls that were decided are read. */
async function loadDecisions(
  log: KafkaLog,
  partition: number,
  since: Micros,
  claims: ClaimTable,
  observe: (record: AnyEnvelope) => void,
): Promise<number> {
  const topic = 'decisions.v1';
  const end = await log.endOffset(topic, partition);
  const causes: { readonly partition: number; readonly offset: number }[] = [];
  const start = await log.firstSince(topic, partition, since - CLAIMED_WITHIN);
  await readThrough(log, { topic, partition }, start, end, (entry) => {
    if (countEntry(claims, entry) !== 'counts' || entry.at < since) return;
    const record = entry.record();
    if (record.type === 'Decision' && record.value.subject_type === 'control') causes.push(record.value.journal);
    observe(record);
  });
  for (const { partition: of, offset } of causes) {
    if (offset < (await log.startOffset('journal.v1', of))) continue;
    await readThrough(log, { topic: 'journal.v1', partition: of }, offset, offset + 1, (entry) => {
      if (entry.kind === 'RECORD') observe(entry.record());
    });
  }
  return end;
}
