// Stages on a real broker: owners come and go, die, return as zombies, and every reader agrees on what counts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blankEnrichedSignal, blankSignal } from '../../../schemas/records.generated.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { newDraft } from '../../log/draft.ts';
import { type KafkaLog, openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../log/kafka/settings.ts';
import { createMemoryLog } from '../../log/memory.ts';
import { partitionFor } from '../../partition.ts';
import type { Stage } from '../../stage.ts';
import { type Topology, topologyOf } from '../../topology.ts';
import { take } from '../take.ts';
import { createTask } from '../task.ts';
import { TOY_STAGES } from '../toy-stages.ts';
import { countedRecords, startMember, until } from './toy-group.ts';

function toy(name: string): Stage<unknown> {
  const stage = TOY_STAGES.find((of) => of.name === name);
  if (stage === undefined) throw new TypeError(name);
  return stage;
}

/** Journal records of one portfolio: what the toy decision folds. */
function enriched(from: number, count: number, partition = 0, portfolio = 'pf-1') {
  return Array.from({ length: count }, (_, i) => {
    const id = `s${from + i}`;
    const value = { ...blankEnrichedSignal(), signal_id: id, portfolio };
    const draft = newDraft(
      'journal.v1',
      partition,
      'EnrichedSignal',
      portfolio,
      value,
      1_000_000 + from + i,
      id,
      '',
      '',
      null,
      '',
      null,
    );
    return { kind: 'RECORD' as const, draft, claim: null };
  });
}

function signals(from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const value = { ...blankSignal(), instrument: 'A' };
    const draft = newDraft('signals.v1', 0, 'Signal', 'A', value, 1_000_000 + from + i, `s${from + i}`, '', '', null, '', null);
    return { kind: 'RECORD' as const, draft, claim: null };
  });
}

describeKafka('stages on kafka', () => {
  let brokers: readonly string[] = [];
  const made: Topology[] = [];
  const logs: KafkaLog[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
  }, 240_000);
  afterAll(async () => {
    for (const log of logs) await log.close();
    for (const topology of made) await removeTopicsOf(brokers, topology).catch(() => {});
  });

  async function fresh(partitions = 1): Promise<{ topology: Topology; log: KafkaLog }> {
    const topology = topologyOf(partitions, {}, freshPrefix());
    await makeTopicsOf(brokers, topology);
    const log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    made.push(topology);
    logs.push(log);
    return { topology, log };
  }

  /** What a fold of the final journal on the memory log derives for a topic. */
  async function refolded(log: KafkaLog, topic: 'decisions.v1' | 'orders.v1'): Promise<string[]> {
    const memory = createMemoryLog({ topology: topologyOf(log.topology.partitions['journal.v1']) });
    const task = createTask(toy('decision'), 0, memory.topology, true);
    const out: Parameters<typeof take>[3] = [];
    for (const record of await countedRecords(log, 'journal.v1')) take(task, record, record.at, out);
    return out
      .filter((draft) => draft.topic === topic)
      .map((draft) => JSON.stringify([draft.id, draft.source, draft.value], plain));
  }
  const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);
  async function published(log: KafkaLog, topic: 'decisions.v1' | 'orders.v1'): Promise<string[]> {
    return (await countedRecords(log, topic)).map((record) => JSON.stringify([record.id, record.source, record.value], plain));
  }

  it('a fold publishes what a fold of the journal derives, and goes on after a graceful stop and a kill', async () => {
    const { topology, log } = await fresh();
    await log.append(enriched(0, 50));
    const first = await startMember(brokers, topology, toy('decision'));
    await until('25 decisions', async () => (await published(log, 'decisions.v1')).length === 25);
    await first.stop();
    await log.append(enriched(50, 50));
    const second = await startMember(brokers, topology, toy('decision'), { snapshot_every_us: 200_000 });
    await until('50 decisions', async () => (await published(log, 'decisions.v1')).length === 50);
    expect(second.told.some((line) => line.includes('from 1'))).toBe(true);
    await second.kill();
    await log.append(enriched(100, 50));
    const third = await startMember(brokers, topology, toy('decision'));
    await until('75 orders', async () => (await published(log, 'orders.v1')).length === 75);
    for (const topic of ['decisions.v1', 'orders.v1'] as const)
      expect(await published(log, topic)).toEqual(await refolded(log, topic));
    await third.stop();
  });

  it('what a zombie appends after the Claim of the new owner counts for no reader', async () => {
    const { topology, log } = await fresh();
    await log.append(enriched(0, 10));
    const owner = await startMember(brokers, topology, toy('decision'));
    await until('5 orders', async () => (await published(log, 'orders.v1')).length === 5);
    await owner.stop();
    const next = await startMember(brokers, topology, toy('decision'));
    await until('owner is current', () => next.runtime.owned().some((of) => of.current));
    const before = await published(log, 'orders.v1');
    const zombie = { slot: 'decision/journal.v1/0', id: 'somebody-else#1' };
    const source = { stage: 'decision', topic: 'journal.v1', partition: 0, offset: 9_999, index: 0 };
    const draft = newDraft(
      'orders.v1',
      0,
      'OrderCommand',
      'pf-1',
      await orderValue(log),
      5,
      'zombie-order',
      '',
      '',
      source,
      '',
      null,
    );
    await log.append([{ kind: 'RECORD', draft, claim: zombie }]);
    await log.append(enriched(10, 10));
    await until('10 orders', async () => (await published(log, 'orders.v1')).length === 10);
    const orders = await published(log, 'orders.v1');
    expect(orders.slice(0, before.length)).toEqual(before);
    expect(orders.some((order) => order.includes('zombie-order'))).toBe(false);
    expect(orders).toEqual(await refolded(log, 'orders.v1'));
    await next.stop();
  });

  async function orderValue(log: KafkaLog) {
    const [order] = await countedRecords(log, 'orders.v1');
    if (order?.type !== 'OrderCommand') throw new TypeError('no order stands');
    return order.value;
  }

  it('an owner that meets a foreign Claim claims again, and loses and doubles nothing', async () => {
    const { topology, log } = await fresh();
    const owner = await startMember(brokers, topology, toy('decision'), { snapshot_every_us: 100_000 });
    await until('it owns the partition', () => owner.runtime.owned().some((of) => of.current));
    for (let i = 0; i < 5; i++) {
      await until('it is current', () => owner.runtime.owned().some((of) => of.current));
      const discarded = (): number => owner.told.filter((line) => line.startsWith('discarded')).length;
      const before = discarded();
      await log.append(enriched(20 * i, 20));
      const claim = { slot: 'decision/journal.v1/0', id: `intruder#${i}` };
      await log.append((['decisions.v1', 'orders.v1'] as const).map((topic) => ({ kind: 'CLAIM', topic, partition: 0, claim })));
      await until('it discards its work', () => discarded() > before);
    }
    await until('50 orders', async () => (await published(log, 'orders.v1')).length === 50);
    for (const topic of ['decisions.v1', 'orders.v1'] as const)
      expect(await published(log, topic)).toEqual(await refolded(log, topic));
    await owner.stop();
  });

  it('a merge point enriches each signal once for each portfolio, whoever dies', async () => {
    const { topology, log } = await fresh();
    const count = async (): Promise<number> => (await countedRecords(log, 'journal.v1')).length;
    for (let i = 0; i < 3; i++) {
      const owner = await startMember(brokers, topology, toy('enrichment'), { snapshot_every_us: 50_000 });
      await log.append(signals(10 * i, 10));
      await until('enriched', async () => (await count()) >= 30 * i + 6);
      await owner.kill();
    }
    const last = await startMember(brokers, topology, toy('enrichment'));
    await until('90 records', async () => (await count()) === 90);
    const ids = (await countedRecords(log, 'journal.v1')).map((record) => `${record.id} ${record.key}`);
    expect(new Set(ids).size).toBe(90);
    await last.stop();
  });

  it('several instances share the partitions, and give them back', async () => {
    const { topology, log } = await fresh(6);
    const owners = [await startMember(brokers, topology, toy('decision'))];
    const owned = (i: number): number[] =>
      (owners[i]?.runtime.owned() ?? []).filter((of) => of.current).map((of) => of.partition);
    await until('one owns all', () => owned(0).length === 6);
    owners.push(await startMember(brokers, topology, toy('decision')));
    await until('each owns three', () => owned(0).length === 3 && owned(1).length === 3);
    for (let partition = 0; partition < 6; partition++) {
      const names = Array.from({ length: 100 }, (_, i) => `pf-${i}`);
      const portfolio = names.find((name) => partitionFor('journal.v1', name, 6) === partition);
      await log.append(enriched(100 * partition, 10, partition, portfolio));
    }
    await until('all are decided', async () => (await countedRecords(log, 'decisions.v1')).length === 30);
    await owners[1]?.stop();
    await until('the other takes over', () => owned(0).length === 6);
    await owners[0]?.stop();
  });

  it('another version waits until the members of this one have left', async () => {
    const { topology } = await fresh();
    const old = await startMember(brokers, topology, toy('decision'));
    await until('it owns the partition', () => old.runtime.owned().length === 1);
    const next = await startMember(brokers, topology, { ...toy('decision'), version: '2' });
    await until('it waits', () => next.told.some((line) => line.startsWith('another version')));
    expect(next.runtime.owned()).toEqual([]);
    await old.stop();
    await until('it owns the partition now', () => next.runtime.owned().length === 1);
    await next.stop();
  });
});
