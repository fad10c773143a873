// `weir lag`: how many records each stage has still to take, per partition, as its group tells.
import { kafkaOf } from '../../topology/log/kafka/cluster.ts';
import { STAGES, type StageRow } from '../../topology/stages.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { groupName } from '../deployment/topic-acls.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { CommonOptions } from './options.ts';
import type { Output } from './output.ts';
import { printRows } from './rows-output.ts';
import { kafkaConfig, kafkaFailure } from './topics.ts';

export interface LagRow {
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
  /** Next offset to be taken; null while the group has told none. */
  readonly taken: number | null;
  readonly end: number;
  readonly lag: number | null;
}

export async function lag(_options: CommonOptions, output: Output): Promise<ExitCode> {
  try {
    const rows = await readLag(kafkaConfig());
    printRows(
      rows.map((row) => ({ ...row })),
      output,
      'no stage has taken anything yet',
    );
  } catch (error) {
    throw kafkaFailure(error);
  }
  return EXIT.OK;
}

/** Of every stage that shares its partitions out in a group that has taken anything. */
export async function readLag(config: KafkaConfig): Promise<LagRow[]> {
  const { prefix } = config.topology;
  const admin = kafkaOf(config.settings).admin();
  await admin.connect();
  try {
    const ends = new Map<string, number>();
    const rows: LagRow[] = [];
    for (const stage of STAGES) {
      const topics = sharedTopics(stage);
      if (topics.length === 0) continue;
      const taken = await admin.fetchOffsets({
        groupId: groupName(prefix, stage.name),
        topics: topics.map((topic) => `${prefix}${topic}`),
      });
      if (taken.every(({ partitions }) => partitions.every(({ offset }) => Number(offset) < 0))) continue;
      for (const { topic, partitions } of taken) {
        for (const { partition, offset } of partitions) {
          const key = `${topic}/${partition}`;
          if (!ends.has(key))
            for (const at of await admin.fetchTopicOffsets(topic)) ends.set(`${topic}/${at.partition}`, Number(at.high));
          const end = ends.get(key) ?? 0;
          const next = Number(offset) < 0 ? null : Number(offset);
          rows.push({
            stage: stage.name,
            topic: topic.slice(prefix.length),
            partition,
            taken: next,
            end,
            lag: next === null ? null : Math.max(0, end - next),
          });
        }
      }
    }
    return rows.sort((a, b) => order(a.stage, b.stage) || order(a.topic, b.topic) || a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}

function sharedTopics(stage: StageRow): readonly string[] {
  return stage.inputs.filter(({ scope }) => scope !== 'all').map(({ topic }) => topic);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
