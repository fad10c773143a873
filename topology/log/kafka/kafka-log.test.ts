// The kafka log on a real broker: the conformance suite, and what only it promises.
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { readThrough } from '../../runtime/claimed/read-through.ts';
import { type Topology, topologyOf } from '../../topology.ts';
import { slotOf } from '../claims.ts';
import { testLog } from '../conformance.ts';
import { tickDraft } from '../conformance-draft.ts';
import { countedLog } from '../counted-log.ts';
import { LogAwayError, LogHoleError, OffsetGoneError, RecordTooLargeError, TopicDiffersError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LogEntry } from '../shared-log.ts';
import { type KafkaLog, openKafkaLog } from './kafka-log.ts';
import { compactAtOnce, cutBelow, makeTopicsOf, removeTopicsOf } from './kafka-topics.ts';
import { kafkaSettings } from './settings.ts';

/** Reads from an offset until so many entries came. */
async function readAll(log: KafkaLog, from: number, count: number): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  while (found.length < count) {
    const next = (found.at(-1)?.offset ?? from - 1) + 1;
    const more = await log.read('journal.v1', 0, next, count - found.length);
    if (more.length === 0) await log.waitFor('journal.v1', 0, next);
    found.push(...more);
  }
  return found;
}

describeKafka('kafka log', () => {
  let brokers: readonly string[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
  }, 240_000);

  testLog({
    name: 'kafka',
    marks: true,
    async make(topology: Topology): Promise<Log> {
      const own = topologyOf(topology.partitions['journal.v1'], {}, freshPrefix());
      await makeTopicsOf(brokers, own);
      const log = await openKafkaLog({ settings: kafkaSettings(brokers), topology: own });
      return countedLog(log, {
        member: own.prefix,
        slot: (stage, partition) => slotOf(stage, 'journal.v1', partition),
        outputs: () => [0, 1, 2].map((partition) => ({ topic: 'journal.v1' as const, partition })),
      });
    },
    async destroy(log) {
      await log.close();
      const { prefix } = log.topology;
      await removeTopicsOf(brokers, topologyOf(3, {}, prefix));
    },
  });

  const topology = topologyOf(1, {}, freshPrefix());
  let log: KafkaLog;
  beforeAll(async () => {
    await makeTopicsOf(brokers, topology);
    log = await openKafkaLog({ settings: kafkaSettings(brokers), topology, ahead_records: 200 });
  });
  afterAll(async () => {
    await log.close();
    await removeTopicsOf(brokers, topology);
  });
  const records = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ kind: 'RECORD' as const, draft: tickDraft(from + i), claim: null }));

  it('small writes do not wait for one another', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    await (await openKafkaLog({ settings: kafkaSettings(brokers), topology })).close();
    expect(noDelay.mock.calls.length).toBeGreaterThan(0);
    expect(noDelay.mock.calls.every(([on]) => on === true)).toBe(true);
    noDelay.mockRestore();
  });

  it('many appends at once share sends, and stand in the order of the calls', async () => {
    const calls = Array.from({ length: 50 }, (_, i) => log.append(records(i * 100, 100)));
    const results = await Promise.all(calls);
    expect(results.map(([to]) => to?.offset)).toEqual(Array.from({ length: 50 }, (_, i) => i * 100));
    const entries = await readAll(log, 0, 5_000);
    expect(entries.map((entry) => entry.offset)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });

  it('what nobody reads is not fetched: the buffer of a partition is bounded', async () => {
    const slow = await openKafkaLog({ settings: kafkaSettings(brokers), topology, ahead_records: 200 });
    await slow.waitFor('journal.v1', 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const before = slow.buffered();
    expect(before).toBeGreaterThan(200);
    for (let i = 0; i < 3; i++) await log.append(records(0, 2_000));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(slow.buffered()).toBe(before);
    expect(await readAll(slow, 0, 11_000)).toHaveLength(11_000);
    await slow.close();
  });

  it('who has patience is not told of each record, but as soon as somebody has none', async () => {
    const other = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, other);
    const own = await openKafkaLog({ settings: kafkaSettings(brokers), topology: other });
    let told = false;
    const patient = own.waitFor('journal.v1', 0, 0, 3_600_000).then(() => {
      told = true;
    });
    // A partition is urgent at first, and what was asked of the broker then may take a while.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await own.append(records(0, 3));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(told).toBe(false);
    await own.waitFor('journal.v1', 0, 0);
    await patient;
    expect(await own.read('journal.v1', 0, 0, 10)).toHaveLength(3);
    await own.close();
    await removeTopicsOf(brokers, other);
  });

  it('a key of four zero bytes, which kafkajs takes for the mark of a transaction, is a key', async () => {
    const key = '\0\0\0\0';
    const from = await log.endOffset('journal.v1', 0);
    await log.append([{ kind: 'RECORD', draft: { ...tickDraft(1), key }, claim: null }, ...records(2, 1)]);
    const read = (await readAll(log, from, 2)).map((entry) => [entry.kind, entry.key]);
    expect(read).toEqual([
      ['RECORD', key],
      ['RECORD', tickDraft(2).key],
    ]);
  });

  it('a record of 2 MB is refused by name, and nothing of its batch is sent', async () => {
    const end = await log.endOffset('journal.v1', 0);
    const big = tickDraft(1);
    const raw = { ...big, type: 'Raw' as const, value: new Uint8Array(2_000_000) };
    const batch = [...records(0, 1), { kind: 'RECORD' as const, draft: raw, claim: null }];
    await expect(log.append(batch)).rejects.toThrow(RecordTooLargeError);
    await expect(log.append(batch)).rejects.toThrow('Raw id-1 for journal.v1 has 2000000 bytes, at most 900000 are allowed');
    expect(await log.endOffset('journal.v1', 0)).toBe(end);
  });

  it('large records that no batch holds together are sent one after the other', async () => {
    const raw = (i: number) => ({ ...tickDraft(i), type: 'Raw' as const, value: new Uint8Array(700_000) });
    const end = await log.endOffset('journal.v1', 0);
    const [to] = await log.append([1, 2, 3].map((i) => ({ kind: 'RECORD' as const, draft: raw(i), claim: null })));
    expect(to).toMatchObject({ offset: end, count: 3 });
  });

  it('a read below the start, and one beyond the end, are refused by name', async () => {
    const other = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, other);
    const own = await openKafkaLog({ settings: kafkaSettings(brokers), topology: other });
    await own.append(records(0, 20));
    await cutBelow(brokers, other, 'journal.v1', 0, 10);
    expect(await own.startOffset('journal.v1', 0)).toBe(10);
    expect(await own.read('journal.v1', 0, 3, 5)).toEqual([]);
    await own.waitFor('journal.v1', 0, 3);
    await expect(own.read('journal.v1', 0, 3, 5)).rejects.toThrow(OffsetGoneError);
    expect(await own.read('journal.v1', 0, 40, 5)).toEqual([]);
    while ((await own.read('journal.v1', 0, 40, 5).catch((error: unknown) => error)) instanceof LogHoleError === false)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await own.close();
    await removeTopicsOf(brokers, other);
  });

  it('a compacted partition is read to its end, over what compaction has emptied', async () => {
    const other = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, other);
    await compactAtOnce(brokers, `${other.prefix}snapshots.v1`);
    const own = await openKafkaLog({ settings: kafkaSettings(brokers), topology: other });
    const snapshot = (i: number, key: string) => ({ ...tickDraft(i), topic: 'snapshots.v1' as const, partition: 0, key });
    const put = (i: number, key: string) => own.append([{ kind: 'RECORD', draft: snapshot(i, key), claim: null }]);
    for (let i = 0; i < 40; i++) await put(i, 'same');
    await own.append([{ kind: 'EMPTY', topic: 'snapshots.v1', partition: 0, key: 'same' }]);
    const left = async (): Promise<number[]> => {
      const fresh = await openKafkaLog({ settings: kafkaSettings(brokers), topology: other });
      const found: number[] = [];
      const end = await fresh.endOffset('snapshots.v1', 0);
      await readThrough(fresh, { topic: 'snapshots.v1', partition: 0 }, 0, end, ({ offset }) => found.push(offset));
      await fresh.close();
      return found;
    };
    // Only segments that are closed are compacted: each append closes the one before it.
    let found = await left();
    for (let i = 41; found.length > 20; i++) {
      await put(i, `other-${i % 2}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      found = await left();
    }
    expect(found[0]).toBeGreaterThan(0);
    expect(found.at(-1)).toBe((await own.endOffset('snapshots.v1', 0)) - 1);
    await own.close();
    await removeTopicsOf(brokers, other);
  }, 120_000);

  it('a topic made anew is another incarnation', async () => {
    const other = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, other);
    const own = await openKafkaLog({ settings: kafkaSettings(brokers), topology: other });
    const before = await own.incarnation('orders.v1');
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    expect(await own.incarnation('journal.v1')).not.toBe(before);
    await removeTopicsOf(brokers, other, ['orders.v1']);
    await makeTopicsOf(brokers, other, ['orders.v1']);
    expect(await own.incarnation('orders.v1')).not.toBe(before);
    await own.close();
    await removeTopicsOf(brokers, other);
  });

  it('a broker whose topics differ from the topology is refused, with everything that differs', async () => {
    const wrong = { ...topology, partitions: { ...topology.partitions, 'orders.v1': 4 } };
    const error = await openKafkaLog({ settings: kafkaSettings(brokers), topology: wrong }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TopicDiffersError);
    expect(String(error)).toContain('orders.v1 has 1 partitions, expected 4');
    const missing = topologyOf(1, {}, freshPrefix());
    const second = await openKafkaLog({ settings: kafkaSettings(brokers), topology: missing }).catch((e: unknown) => e);
    expect(String(second)).toContain('journal.v1 is missing');
  });

  it('a broker that is away is named after bounded tries', async () => {
    const settings = kafkaSettings(['127.0.0.1:1'], { away_ms: 500 });
    await expect(openKafkaLog({ settings, topology })).rejects.toThrow(LogAwayError);
  });
});
