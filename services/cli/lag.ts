// `weir lag`: how many records each stage has still to take, per partition, as its group tells.
import type { Admin } from 'kafkajs';
import { STAGES, type StageRow } from '../../topology/stages.ts';
import type { KafkaConfig } from '../deployment/kafka-config.ts';
import { groupName } from '../deployment/topic-acls.ts';
import { withAdmin } from '../deployment/topic-admin.ts';
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
  const config = kafkaConfig();
  const rows = await readLag(config).catch((error: unknown) => {
    throw kafkaFailure(error);
  });
  printRows(
    rows.map((row) => ({ ...row })),
    output,
    'no stage has taken anything yet',
  );
  return EXIT.OK;
}

/** Of every stage that shares its partitions out in a group that has taken anything. Throws what withAdmin throws. */
export function readLag(config: KafkaConfig, closed?: () => boolean): Promise<LagRow[]> {
  return withAdmin(config, (admin) => lagOf(admin, config.topology.prefix), closed);
}

async function lagOf(admin: Admin, prefix: string): Promise<LagRow[]> {
  const ends = new Map<string, ReadonlyMap<number, number>>();
  async function endsOf(topic: string): Promise<ReadonlyMap<number, number>> {
    const known = ends.get(topic);
    if (known !== undefined) return known;
    const found = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
    ends.set(topic, found);
    return found;
  }
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
      // What it has never taken from it does not read yet.
      if (partitions.every(({ offset }) => Number(offset) < 0)) continue;
      const of = await endsOf(topic);
      for (const { partition, offset } of partitions) {
        const end = of.get(partition) ?? 0;
        const next = Number(offset) < 0 ? null : Number(offset);
        const lag = next === null ? null : Math.max(0, end - next);
        rows.push({ stage: stage.name, topic: topic.slice(prefix.length), partition, taken: next, end, lag });
      }
    }
  }
  return rows.sort((a, b) => order(a.stage, b.stage) || order(a.topic, b.topic) || a.partition - b.partition);
}

function sharedTopics(stage: StageRow): readonly string[] {
  return stage.inputs.filter(({ scope }) => scope !== 'all').map(({ topic }) => topic);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
