// Sends what accumulates, one send in flight: it has succeeded only when its result names every partition that was sent.
import type { Producer, RecordMetadata } from 'kafkajs';
import { AppendFailedError, LogAwayError, LogClosedError, LogRefusedError, messageOf } from '../errors.ts';
import { kafkaOf } from './cluster.ts';
import type { Message } from './message.ts';
import { patchProduce } from './produce-request.ts';
import { isRefused, retrying } from './retrying.ts';
import type { KafkaSettings } from './settings.ts';

export interface Sending {
  readonly topic: string;
  readonly message: Message;
  /** About what it takes on the wire. */
  readonly bytes: number;
  offset: number;
}

/** What the sender needs of kafkajs' producer. */
export type SendingProducer = Pick<Producer, 'connect' | 'disconnect' | 'sendBatch'>;

export interface Sender {
  /**
   * Resolves with the offsets filled in; rejects with AppendFailedError: then the producer is a new one. With LogAwayError when
   * none has been acknowledged for as long as brokers may be away.
   */
  send(records: readonly Sending[]): Promise<void>;
  /** Producers that were thrown away so far. */
  discarded(): number;
  close(): Promise<void>;
}

interface Waiting {
  readonly records: readonly Sending[];
  /** Records that were sent and acknowledged so far: a large call takes several sends. */
  done: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Part {
  readonly call: Waiting;
  readonly records: Sending[];
}

/** A batch of one partition must stay below what brokers take as one (1 MiB by default). */
const BATCH_BYTES = 950_000;
/** kafkajs groups by copying: its cost grows with the square of this. */
const BATCH_RECORDS = 2_000;

export function newProducer(settings: KafkaSettings): SendingProducer {
  patchProduce();
  return kafkaOf(settings).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // Repeats inside one send keep their sequence numbers; what is still not taken then is left to a recovery.
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 8 },
    // The partition was chosen by the Java-compatible hash before the record came here.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
}

export function createSender(settings: KafkaSettings, make: () => SendingProducer = () => newProducer(settings)): Sender {
  let queue: Waiting[] = [];
  let producer: SendingProducer | null = null;
  let sending = false;
  let closed = false;
  let discarded = 0;
  /** When the first of the sends failed of which none has gone through since; 0: the last one has. */
  let failing_at = 0;
  let idle: (() => void) | null = null;

  /** As much of what waits as one send may hold, in order for each partition: one that has much to send does not hold up the others. */
  function take(): Part[] {
    const parts: Part[] = [];
    const bytes = new Map<string, number>();
    /** What is left for them comes later, and all behind it. */
    const full = new Set<string>();
    let records = 0;
    for (const call of queue) {
      if (records === BATCH_RECORDS) break;
      const part: Part = { call, records: [] };
      let waits = false;
      for (let i = call.done; i < call.records.length; i++) {
        const record = call.records[i];
        if (record === undefined) break;
        const place = `${record.topic}/${record.message.partition}`;
        const sum = (bytes.get(place) ?? 0) + record.bytes;
        waits ||= records === BATCH_RECORDS || full.has(place) || (sum > BATCH_BYTES && bytes.has(place));
        if (waits) {
          full.add(place);
          continue;
        }
        bytes.set(place, sum);
        records += 1;
        part.records.push(record);
      }
      if (part.records.length > 0) parts.push(part);
    }
    return parts;
  }

  async function run(): Promise<void> {
    if (sending) return;
    sending = true;
    // What is appended in this very turn goes along.
    await Promise.resolve();
    while (queue.length > 0) {
      const parts = take();
      try {
        producer ??= await connected();
        const records = parts.flatMap((part) => part.records);
        placeAll(records, await producer.sendBatch({ acks: -1, topicMessages: byTopic(records) }));
        failing_at = 0;
      } catch (error) {
        await discard();
        const failure = named(error);
        const failed = new Set(parts.map((part) => part.call));
        queue = queue.filter((call) => !failed.has(call));
        for (const call of failed) call.reject(failure);
        continue;
      }
      for (const { call, records } of parts) {
        call.done += records.length;
        if (call.done === call.records.length) call.resolve();
      }
      queue = queue.filter((call) => call.done < call.records.length);
    }
    sending = false;
    idle?.();
  }

  function named(error: unknown): Error {
    if (error instanceof LogClosedError) return error;
    if (error instanceof LogRefusedError || error instanceof LogAwayError) return error;
    if (isRefused(error)) return new LogRefusedError(settings.brokers.join(', '), error);
    if (failing_at === 0) failing_at = performance.now();
    const failing_ms = Math.round(performance.now() - failing_at);
    // They answer, but take nothing: fewer copies in step than a record must have, perhaps.
    if (failing_ms >= settings.away_ms) return new LogAwayError(settings.brokers.join(', '), failing_ms, error);
    return error instanceof AppendFailedError ? error : new AppendFailedError(messageOf(error), error);
  }

  async function connected(): Promise<SendingProducer> {
    return retrying({ settings, closed: () => false }, async () => {
      const fresh = make();
      try {
        await fresh.connect();
      } catch (error) {
        await fresh.disconnect().catch(() => {});
        throw error;
      }
      return fresh;
    });
  }

  /**
   * After a send that failed the broker may hold its records although we took back the sequence numbers: the next send of
   * this producer would be taken for a copy of it.
   */
  async function discard(): Promise<void> {
    const old = producer;
    producer = null;
    if (old === null) return;
    discarded += 1;
    await old.disconnect().catch(() => {});
  }

  return {
    send(records) {
      if (closed) return Promise.reject(new LogClosedError('by its owner'));
      if (records.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        queue.push({ records, done: 0, resolve, reject });
        void run();
      });
    },
    discarded: () => discarded,
    async close() {
      closed = true;
      if (sending) {
        await new Promise<void>((resolve) => {
          idle = resolve;
        });
      }
      await producer?.disconnect().catch(() => {});
      producer = null;
    },
  };
}

function byTopic(records: readonly Sending[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of records) {
    const messages = topics.get(topic);
    if (messages === undefined) topics.set(topic, [message]);
    else messages.push(message);
  }
  return [...topics].map(([topic, messages]) => ({ topic, messages }));
}

/** kafkajs resolves some sends without having written all of it: what the result does not name was not written. */
function placeAll(records: readonly Sending[], result: readonly RecordMetadata[]): void {
  const next = new Map<string, number>();
  for (const { topicName, partition, errorCode, baseOffset } of result) {
    const offset = baseOffset === undefined ? -1 : Number(baseOffset);
    if (errorCode === 0 && offset >= 0) next.set(`${topicName}/${partition}`, offset);
  }
  for (const record of records) {
    const place = `${record.topic}/${record.message.partition}`;
    const offset = next.get(place);
    if (offset === undefined) throw new AppendFailedError(`the result of a send does not name ${place}`);
    record.offset = offset;
    next.set(place, offset + 1);
  }
}
