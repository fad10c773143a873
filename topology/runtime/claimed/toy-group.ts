// For tests: a stage run as a member of a group on a real broker, and the counted records of a topic.
import type { AnyEnvelope } from '../../envelope.ts';
import { type ClaimTable, countEntry } from '../../log/claims.ts';
import { type KafkaLog, openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { joinGroup, type KafkaMembership } from '../../log/kafka/membership.ts';
import { type KafkaSettings, kafkaSettings } from '../../log/kafka/settings.ts';
import { SYSTEM_TIMING } from '../../log/kafka/system-timing.ts';
import type { Stage } from '../../stage.ts';
import { stageOf } from '../../stages.ts';
import type { TopicName } from '../../topics.ts';
import type { Topology } from '../../topology.ts';
import { admit, newTrack } from '../admission.ts';
import { newIdTable } from '../id-table.ts';
import { readThrough } from './read-through.ts';
import { runStage, type StageRuntime, type StageRuntimeOptions } from './stage-runtime.ts';

export interface ToyMember {
  readonly log: KafkaLog;
  readonly membership: KafkaMembership;
  readonly runtime: StageRuntime;
  readonly told: string[];
  stop(): Promise<void>;
  /** As a process that dies: nothing is finished, the group is not told. */
  kill(): Promise<void>;
}

export async function startMember(
  brokers: readonly string[],
  topology: Topology,
  stage: Stage<unknown>,
  different: Partial<StageRuntimeOptions> = {},
  settings: Partial<KafkaSettings> = {},
): Promise<ToyMember> {
  const own = kafkaSettings(brokers, { session_ms: 6_000, heartbeat_ms: 300, ...settings });
  const log = await openKafkaLog({ settings: own, topology });
  const assigned = stageOf(stage.name).inputs[0]?.topic ?? 'journal.v1';
  const told: string[] = [];
  const tell = (event: string, detail: string): void => {
    told.push(`${event}: ${detail}`);
  };
  const membership = joinGroup({
    settings: own,
    group: `${topology.prefix}${stage.name}`,
    version: stage.version,
    topics: [`${topology.prefix}${assigned}`],
    partitions: topology.partitions[assigned],
    failed: (error) => told.push(`failed: ${String(error)}`),
    tell,
  });
  const runtime = runStage({ log, membership, timing: SYSTEM_TIMING, stage: () => stage, tell, ...different });
  return {
    log,
    membership,
    runtime,
    told,
    async stop() {
      await runtime.stop();
      await log.close();
    },
    async kill() {
      await log.close();
      await membership.leave();
    },
  };
}

/** What a reader of the topic takes: Claim first, then watermark or id. */
export async function countedRecords(log: KafkaLog, topic: TopicName): Promise<AnyEnvelope[]> {
  const counted: AnyEnvelope[] = [];
  for (let partition = 0; partition < log.topology.partitions[topic]; partition++) {
    const table: ClaimTable = new Map();
    const track = newTrack(topic, partition);
    const ids = newIdTable();
    const end = await log.endOffset(topic, partition);
    await readThrough(log, { topic, partition }, await log.startOffset(topic, partition), end, (entry) => {
      if (countEntry(table, entry) !== 'counts') return;
      const record = entry.record();
      if (admit(track, ids, record)) counted.push(record);
    });
  }
  return counted;
}

/** Asks until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
