// Snapshots on a real broker: the two newest stay, and what was deleted is not read again by whoever deleted it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { type KafkaLog, openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../log/kafka/settings.ts';
import type { SharedLog } from '../../log/shared-log.ts';
import { topologyOf } from '../../topology.ts';
import { newIdTable } from '../id-table.ts';
import { newInputHash } from '../input-hash.ts';
import { readThrough } from './read-through.ts';
import { newestSnapshot, writeSnapshot } from './snapshots.ts';

describeKafka('snapshots', () => {
  const topology = topologyOf(1, {}, freshPrefix());
  let brokers: readonly string[] = [];
  let log: KafkaLog;
  /** Offsets: who waits looks at a record twice. */
  const read = new Set<number>();
  let counting: SharedLog;
  beforeAll(async () => {
    brokers = await sharedKafka();
    await makeTopicsOf(brokers, topology);
    log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    counting = {
      ...log,
      async read(topic, partition, from, max) {
        const entries = await log.read(topic, partition, from, max);
        for (const { offset } of entries) read.add(offset);
        return entries;
      },
    };
  }, 240_000);
  afterAll(async () => {
    await log.close();
    await removeTopicsOf(brokers, topology);
  });

  /** Of two chunks, if it is not said to be smaller. */
  function write(stage: string, n: number, since: number, bytes = 600_000): Promise<number> {
    const state = Buffer.alloc(bytes, `${n}`);
    const memory = { state, tracks: [], ids: newIdTable(), sequence: n, input_hash: newInputHash() };
    const snapshot = { stage, partition: 0, version: 'v', claim: 'm#1', memory, inputs: [], outputs: [] };
    return writeSnapshot(
      counting,
      { ...snapshot, inputs: [{ topic: 'journal.v1', partition: 0, next: n, table: new Map() }] },
      n,
      since,
    );
  }
  async function keysLeft(): Promise<Map<string, boolean>> {
    const left = new Map<string, boolean>();
    const end = await log.endOffset('snapshots.v1', 0);
    await readThrough(log, { topic: 'snapshots.v1', partition: 0 }, 0, end, (entry) => {
      left.set(entry.key, entry.kind === 'RECORD');
    });
    return left;
  }

  it('stay two at a time, and each call reads what the one before it has left', async () => {
    let since = 0;
    const reads: number[] = [];
    // Those of another stage lie between ours, and are nobody's to delete.
    await write('decision', 1, 0);
    for (let n = 1; n <= 6; n++) {
      read.clear();
      since = await write('learning', n, since);
      reads.push(read.size);
    }
    // Two chunks each: the first reads that of the other stage and its own; from the fifth on it is three, and what deleted two.
    expect(reads).toEqual([4, 4, 6, 8, 10, 10]);
    const left = [...(await keysLeft())].filter(([, stands]) => stands).map(([key]) => key);
    expect(left.sort()).toEqual(
      ['decision/0/v/1', 'learning/0/v/5', 'learning/0/v/6'].flatMap((group) => [`${group}/m#1/0`, `${group}/m#1/1`]),
    );
    const found = await newestSnapshot(log, 'learning', 'v', 0).catch((error: unknown) => error);
    // The journal does not reach so far.
    expect(found).toBeNull();
  });

  it('are found from the end on, and the one that is furthest is taken', async () => {
    const written = 50;
    await log.append(Array.from({ length: written }, () => ({ kind: 'EMPTY', topic: 'journal.v1', partition: 0, key: 'k' })));
    let since = 0;
    for (let n = 1; n <= written; n++) since = await write('monitor', n, since, 100);
    // By one who was no owner any more.
    await write('monitor', 5, since, 100);
    read.clear();
    const found = await newestSnapshot(counting, 'monitor', 'v', 0);
    expect(found?.memory.sequence).toBe(written);
    expect(read.size).toBe(64);
    read.clear();
    // The only one of its stage that stands lies behind all others.
    await write('strategy', 1, 0, 100);
    expect((await newestSnapshot(counting, 'strategy', 'v', 0))?.memory.sequence).toBe(1);
    expect(read.size).toBeGreaterThan(100);
  });
});
