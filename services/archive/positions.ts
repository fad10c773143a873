// How far the archive of a shared log has come, kept beside what it stored: with the claims in force there, as every reader keeps them.
import type { Store } from '../../clickhouse/client.ts';
import { sha256Hex } from '../../schemas/hash.ts';
import type { Micros } from '../../schemas/time.ts';
import type { ClaimTable } from '../../topology/log/claims.ts';
import type { TopicName } from '../../topology/topics.ts';
import { type InsertOptions, insertOwn } from './insert.ts';

export interface ArchivePosition {
  readonly topic: TopicName;
  readonly partition: number;
  /** Everything below it is stored. */
  readonly next: number;
  /** Offset from which on nothing was left out. */
  readonly began: number;
  /** Of the topic: one made anew is another. */
  readonly incarnation: string;
  readonly claims: ClaimTable;
}

/** null where the archive never was. */
export async function readPosition(store: Store, topic: TopicName, partition: number): Promise<ArchivePosition | null> {
  const [row] = await store.query(
    'archive_position',
    `SELECT next, began, incarnation, claims FROM ${store.database}.archive_positions FINAL WHERE topic = {topic:String} AND partition = {partition:UInt64}`,
    { topic, partition },
  );
  if (row === undefined) return null;
  return {
    topic,
    partition,
    next: Number(row.next),
    began: Number(row.began),
    incarnation: String(row.incarnation),
    claims: new Map(Object.entries(row.claims as Record<string, string>)),
  };
}

/** The furthest of a partition counts, so a process that is late takes nothing back. */
export async function writePositions(
  store: Store,
  positions: readonly ArchivePosition[],
  now: Micros,
  options: Pick<InsertOptions, 'sleep' | 'random' | 'retry_total_s'>,
): Promise<void> {
  if (positions.length === 0) return;
  const rows = positions.map(({ topic, partition, next, began, incarnation, claims }) => [
    topic,
    partition,
    next,
    began,
    incarnation,
    Object.fromEntries(claims),
    now,
    next,
  ]);
  const token = sha256Hex(JSON.stringify(rows));
  await insertOwn(store, 'archive_positions', rows, `positions:${token}`, options);
}
