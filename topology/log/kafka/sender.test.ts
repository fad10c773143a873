// The sender against both false acknowledgements of kafkajs: what was not written is never taken for written.
import fc from 'fast-check';
import type { Producer, RecordMetadata } from 'kafkajs';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { topologyOf } from '../../topology.ts';
import { AppendFailedError } from '../errors.ts';
import { insideKafkajs, kafkaOf } from './cluster.ts';
import { makeTopicsOf, removeTopicsOf } from './kafka-topics.ts';
import { createSender, newProducer, type Sending, type SendingProducer } from './sender.ts';
import { type KafkaSettings, kafkaSettings } from './settings.ts';

function sending(topic: string, partition: number, text: string): Sending {
  const message = { key: null, value: Buffer.from(text), headers: {}, partition };
  return { topic, message, bytes: text.length, offset: -1 };
}

type SendBatch = Producer['sendBatch'];

function producerOf(sendBatch: SendBatch): SendingProducer {
  return { connect: async () => {}, disconnect: async () => {}, sendBatch };
}

const SETTINGS = kafkaSettings(['127.0.0.1:1'], { away_ms: 100 });

interface FakeBroker {
  readonly nodeId: number;
  produce(request: { readonly topicData: readonly TopicData[] }): Promise<unknown>;
  initProducerId(): Promise<unknown>;
}

interface TopicData {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly messages: readonly { readonly value: Buffer }[] }[];
}

/** kafkajs' own sending over two brokers: the second one answers that partition 1 has just moved to the first. */
function partialProducer(appended: string[]): SendingProducer {
  let moved = false;
  const broker = (nodeId: number): FakeBroker => ({
    nodeId,
    async produce({ topicData }) {
      if (nodeId === 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        moved = true;
        throw insideKafkajs<{ createErrorFromCode(code: number): Error }>('protocol/error').createErrorFromCode(6);
      }
      for (const { partitions } of topicData)
        for (const { partition, messages } of partitions)
          for (const { value } of messages) appended.push(`${partition}:${value.toString()}`);
      const topics = topicData.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0, baseOffset: '0' })),
      }));
      return { topics };
    },
    initProducerId: async () => ({ producerId: 7, producerEpoch: 0 }),
  });
  const brokers = [broker(0), broker(1)];
  const cluster = {
    retry: {},
    targetTopics: new Set<string>(),
    isConnected: () => true,
    connect: async () => {},
    refreshMetadata: async () => {},
    refreshMetadataIfNecessary: async () => {},
    addMultipleTargetTopics: async () => {},
    removeBroker: () => {},
    findTopicPartitionMetadata: () => [{ partitionId: 0 }, { partitionId: 1 }],
    findLeaderForPartitions(_topic: string, partitions: readonly (string | number)[]) {
      const led: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) {
        const leader = partition === 1 && !moved ? 1 : 0;
        led[leader] = [...(led[leader] ?? []), partition];
      }
      return led;
    },
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId)],
    findControllerBroker: async () => brokers[0],
  };
  const quiet = { debug() {}, error() {}, info() {}, warn() {}, namespace: () => quiet };
  type Make<T> = (options: object) => T;
  const eosManager = insideKafkajs<Make<{ initProducerId(): Promise<void> }>>('producer/eosManager')({
    logger: quiet,
    cluster,
    transactional: false,
  });
  const send = insideKafkajs<Make<(request: object) => Promise<RecordMetadata[]>>>('producer/sendMessages')({
    logger: quiet,
    cluster,
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
    eosManager,
    retrier: insideKafkajs<Make<unknown>>('retry')({ initialRetryTime: 5, retries: 5 }),
  });
  return {
    connect: () => eosManager.initProducerId(),
    disconnect: async () => {},
    sendBatch: (batch) => send({ ...batch, timeout: 1_000 }),
  };
}

describe('sender', () => {
  it('a send that reached one of two brokers, and that kafkajs resolves, is a failure', async () => {
    const appended: string[] = [];
    const bare = partialProducer(appended);
    await bare.connect();
    const messages = [0, 1].map((partition) => ({ partition, value: Buffer.from(`order ${partition}`) }));
    const result = await bare.sendBatch({ acks: -1, topicMessages: [{ topic: 't', messages }] });
    expect(result.map(({ partition }) => partition)).toEqual([0]);
    expect(appended).toEqual(['0:order 0']);

    const sender = createSender(SETTINGS, () => partialProducer([]));
    const sent = sender.send([sending('t', 0, 'order 0'), sending('t', 1, 'order 1')]);
    await expect(sent).rejects.toThrow(AppendFailedError);
    await expect(sent).rejects.toThrow('the result of a send does not name t/1');
    expect(sender.discarded()).toBe(1);
    await sender.close();
  });

  it.each([
    ['an error', { errorCode: 19, baseOffset: '5' }],
    ['no offset', { errorCode: 0, baseOffset: '-1' }],
  ])('a result with %s is a failure', async (_name, answer) => {
    const sender = createSender(SETTINGS, () => producerOf(async () => [{ topicName: 't', partition: 0, ...answer }]));
    await expect(sender.send([sending('t', 0, 'a')])).rejects.toThrow(AppendFailedError);
    await sender.close();
  });

  it('at most one send is in flight; what comes meanwhile goes into the next', async () => {
    const batches: number[] = [];
    let flying = 0;
    let most = 0;
    const producer = producerOf(async ({ topicMessages }) => {
      flying += 1;
      most = Math.max(most, flying);
      batches.push(topicMessages?.[0]?.messages.length ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 5));
      flying -= 1;
      return [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '10' }];
    });
    const sender = createSender(SETTINGS, () => producer);
    const first = sender.send([sending('t', 0, 'a')]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const others = Array.from({ length: 9 }, (_, i) => sender.send([sending('t', 0, String(i))]));
    await Promise.all([first, ...others]);
    expect(most).toBe(1);
    expect(batches).toEqual([1, 9]);
    await sender.close();
  });

  /** Appends what is sent; each send takes a moment, and is noted as the texts that it carried. */
  function appending(sends: string[][], places: Map<string, string[]>): SendingProducer {
    return producerOf(async ({ topicMessages = [] }) => {
      sends.push([]);
      const result: RecordMetadata[] = [];
      for (const { topic, messages } of topicMessages) {
        for (const { partition = 0, value } of messages) {
          const stands = places.get(`${topic}/${partition}`) ?? [];
          if (!result.some((of) => of.topicName === topic && of.partition === partition))
            result.push({ topicName: topic, partition, errorCode: 0, baseOffset: String(stands.length) });
          places.set(`${topic}/${partition}`, [...stands, String(value)]);
          sends.at(-1)?.push(String(value));
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
      return result;
    });
  }

  it('who sends more to a partition than one batch holds does not hold up the others', async () => {
    const sends: string[][] = [];
    const sender = createSender(SETTINGS, () => appending(sends, new Map()));
    const large = (text: string): Sending => ({ ...sending('snapshots', 0, text), bytes: 700_000 });
    await Promise.all([
      sender.send([large('s1'), large('s2'), large('s3'), sending('t', 1, 'after s3')]),
      sender.send([sending('t', 0, 'order')]),
      sender.send([sending('snapshots', 0, 'later')]),
      sender.send([sending('t', 1, 'after it')]),
    ]);
    expect(sends).toEqual([['s1', 'order'], ['s2'], ['s3', 'later', 'after s3', 'after it']]);
    await sender.close();
  });

  it('whatever is sent stands once, in each partition in the order of the calls, at the offsets that are told', async () => {
    const calls = fc.array(
      fc.array(fc.tuple(fc.nat(2), fc.constantFrom(100, 400_000, 900_000)), { minLength: 1, maxLength: 5 }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(calls, async (drawn) => {
        const places = new Map<string, string[]>();
        const sender = createSender(SETTINGS, () => appending([], places));
        const sent = drawn.map((call, i) =>
          call.map(([partition, bytes], k) => ({ ...sending('t', partition, `${i}.${k}`), bytes })),
        );
        await Promise.all(sent.map((records) => sender.send(records)));
        const expected = new Map<string, string[]>();
        for (const { topic, message } of sent.flat()) {
          const place = `${topic}/${message.partition}`;
          expected.set(place, [...(expected.get(place) ?? []), String(message.value)]);
        }
        expect(places).toEqual(expected);
        for (const { topic, message, offset } of sent.flat())
          expect(places.get(`${topic}/${message.partition}`)?.[offset]).toBe(String(message.value));
        await sender.close();
      }),
      { numRuns: 200 },
    );
  });

  it('a failed send takes only what it carried: the next goes out on a new producer', async () => {
    let made = 0;
    const sender = createSender(SETTINGS, () => {
      made += 1;
      const broken = made === 1;
      return producerOf(async () => {
        if (broken) throw new Error('the answer was lost');
        return [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '3' }];
      });
    });
    await expect(sender.send([sending('t', 0, 'a')])).rejects.toThrow('the answer was lost');
    const record = sending('t', 0, 'b');
    await sender.send([record]);
    expect(record.offset).toBe(3);
    expect(made).toBe(2);
    await sender.close();
  });
});

describeKafka('sender on kafka', () => {
  const topology = topologyOf(1, {}, freshPrefix());
  const topic = `${topology.prefix}journal.v1`;
  let settings: KafkaSettings;
  beforeAll(async () => {
    const brokers = await sharedKafka();
    settings = kafkaSettings(brokers);
    await makeTopicsOf(brokers, topology, ['journal.v1']);
    return () => removeTopicsOf(brokers, topology, ['journal.v1']);
  }, 240_000);

  /** The broker takes so many requests whose answers never arrive. */
  async function losing<T>(answers: number, work: () => Promise<T>): Promise<T> {
    const prototype = insideKafkajs<{ prototype: { produce(request: object): Promise<unknown> } }>('broker').prototype;
    const { produce } = prototype;
    let left = answers;
    prototype.produce = async function (this: unknown, request: object) {
      const answer = await produce.call(this, request);
      if (left <= 0) return answer;
      left -= 1;
      throw Object.assign(new Error('the answer was lost'), { name: 'KafkaJSRequestTimeoutError', retriable: true });
    };
    try {
      return await work();
    } finally {
      prototype.produce = produce;
    }
  }
  async function end(): Promise<number> {
    const admin = kafkaOf(settings).admin();
    await admin.connect();
    const [at] = await admin.fetchTopicOffsets(topic);
    await admin.disconnect();
    return Number(at?.high);
  }
  const impatient = (): SendingProducer =>
    kafkaOf(settings).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 1, initialRetryTime: 5, maxRetryTime: 10 },
    });

  it('after a rejected send kafkajs acknowledges what the broker takes for a copy; the sender does not', async () => {
    const bare = impatient();
    await bare.connect();
    const send = (text: string) =>
      bare.sendBatch({ acks: -1, topicMessages: [{ topic, messages: [{ partition: 0, value: text }] }] });
    await send('warm');
    await expect(losing(2, () => send('A'))).rejects.toThrow();
    const before = await end();
    await send('B, which is acknowledged');
    expect(await end()).toBe(before);
    await bare.disconnect();

    const sender = createSender(settings, impatient);
    await sender.send([sending(topic, 0, 'warm')]);
    await expect(losing(2, () => sender.send([sending(topic, 0, 'A')]))).rejects.toThrow(AppendFailedError);
    const stood = await end();
    const record = sending(topic, 0, 'B');
    await sender.send([record]);
    expect(record.offset).toBe(stood);
    expect(await end()).toBe(stood + 1);
    expect(sender.discarded()).toBe(1);
    await sender.close();
  });

  it('answers lost now and then cost no record and no copy', async () => {
    const sender = createSender(settings, () => newProducer(settings));
    await sender.send([sending(topic, 0, 'warm')]);
    const before = await end();
    await losing(3, () => sender.send([sending(topic, 0, 'once')]));
    expect(await end()).toBe(before + 1);
    expect(sender.discarded()).toBe(0);
    await sender.close();
  });
});
