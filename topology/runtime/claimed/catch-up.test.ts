// An effect that opens knows all that it was asked for before it meets what it writes now, however late its orders are read.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { blankOrderCommand, blankOrderEvent } from '../../../schemas/records.generated.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { newDraft } from '../../log/draft.ts';
import { type KafkaLog, openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { makeTopicsOf, removeTopicsOf } from '../../log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../log/kafka/settings.ts';
import { SYSTEM_TIMING } from '../../log/kafka/system-timing.ts';
import type { Membership, SharedLog } from '../../log/shared-log.ts';
import type { TopicName } from '../../topics.ts';
import { type Topology, topologyOf } from '../../topology.ts';
import { toyStage } from '../toy-stages.ts';
import { runStage, type StageRuntime } from './stage-runtime.ts';
import { countedRecords, until } from './toy-group.ts';

/** Says once that it has begun, and when it reads that back, how many orders and Ticks it has met in which order. */
const execution = toyStage('execution', (state, input, emit) => {
  const say = (type: 'RECONCILING' | 'RECONCILED', detail: string): void => {
    emit('journal.v1', 'OrderEvent', 'pf-1', { ...blankOrderEvent(), event_id: type, type, portfolio: 'pf-1', detail }, type);
  };
  if (state.taken === 1) say('RECONCILING', '');
  if (input.type === 'OrderCommand' || input.type === 'Tick') state.pending.push(input.type[0] ?? '');
  if (input.type === 'OrderEvent' && input.value.type === 'RECONCILING') say('RECONCILED', state.pending.join(''));
});

const alone: Membership = {
  session_ms: 60_000,
  memberId: () => 'alone',
  assignment: () => ({ generation: 1, partitions: [0] }),
  onChange: () => {},
  answeredAt: () => performance.now(),
  leave: async () => {},
};

describeKafka('an effect that opens', () => {
  let brokers: readonly string[] = [];
  const made: Topology[] = [];
  const logs: KafkaLog[] = [];
  const runtimes: StageRuntime[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
  }, 240_000);
  afterAll(async () => {
    for (const runtime of runtimes) await runtime.stop();
    for (const log of logs) await log.close();
    for (const topology of made) await removeTopicsOf(brokers, topology).catch(() => {});
  }, 60_000);

  it.each(['orders.v1', 'journal.v1', 'market.v1'] as const)('whichever is read late: %s', async (late: TopicName) => {
    const topology = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, topology);
    made.push(topology);
    const log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    logs.push(log);
    for (let i = 0; i < 3; i++) {
      const at = 1_000_000 * (i + 1);
      const tick = { tick_at: at, skew_ms: 0 };
      await log.append([
        { kind: 'RECORD', draft: newDraft('journal.v1', 0, 'Tick', '', tick, at, '', '', '', null, '', null), claim: null },
      ]);
      const order = { ...blankOrderCommand(), command_id: `o${i}`, portfolio: 'pf-1' };
      const draft = newDraft('orders.v1', 0, 'OrderCommand', 'pf-1', order, at + 1, `o${i}`, '', '', null, '', null);
      await log.append([{ kind: 'RECORD', draft, claim: null }]);
    }
    const slow: SharedLog = {
      ...log,
      async waitFor(topic, partition, from) {
        if (topic === late) await new Promise((resolve) => setTimeout(resolve, 300));
        return log.waitFor(topic, partition, from);
      },
    };
    runtimes.push(runStage({ log: slow, membership: alone, timing: SYSTEM_TIMING, stage: () => execution }));
    const said = async () =>
      (await countedRecords(log, 'journal.v1')).flatMap((record) =>
        record.type === 'OrderEvent' && record.value.type === 'RECONCILED' ? [record.value.detail] : [],
      );
    await until('it has said so', async () => (await said()).length === 1);
    expect(await said()).toEqual(['TTTOOO']);
  });
});
