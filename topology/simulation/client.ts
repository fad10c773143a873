// One process's view of the log model: the driver's own sender over a simulated producer, and reads that lag behind the log.
import { holeBefore } from '../log/contiguous.ts';
import { LogHoleError, OffsetGoneError } from '../log/errors.ts';
import { resultOf } from '../log/kafka/kafka-log.ts';
import type { Message } from '../log/kafka/message.ts';
import { createSender, type Sending } from '../log/kafka/sender.ts';
import { kafkaSettings } from '../log/kafka/settings.ts';
import type { LogEntry, Outgoing, SharedLog } from '../log/shared-log.ts';
import { type TopicName, topicOf } from '../topics.ts';
import { simulatedProducer, type World } from './producer.ts';
import type { Process } from './scheduler.ts';

const SETTINGS = kafkaSettings(['simulated']);

/** Most readers are told at once, some always late, and each now and then. */
const SLOW_PROCESSES = 0.25;
const SLOW_FETCHES = 0.03;
const SLOW_MS = 500;

export function simulatedClient(world: World, process: Process): SharedLog {
  const { broker, scheduler, chance } = world;
  const messages = new WeakMap<Message, Outgoing>();
  const sender = createSender(SETTINGS, () =>
    simulatedProducer(world, process, (message) => {
      const outgoing = messages.get(message);
      if (outgoing === undefined) throw new TypeError('simulation: a message that was never sent');
      return outgoing;
    }),
  );
  const slow = chance.happens(SLOW_PROCESSES) ? 0.7 : SLOW_FETCHES;
  /** By partition: everything below was fetched. */
  const fetched = new Map<string, number>();

  /** A request to the broker: mostly on its way for a moment, sometimes for long; of a process that was killed it never ends. */
  function ask<T>(answer: () => T): Promise<T> {
    if (!process.alive) return new Promise(() => {});
    if (chance.happens(0.8)) return Promise.resolve().then(answer);
    return new Promise((resolve, reject) => {
      scheduler.after(chance.between(0.3, 5), process, () => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  function sendingOf(outgoing: Outgoing): Sending {
    const { topic, partition } = outgoing.kind === 'RECORD' ? outgoing.draft : outgoing;
    const message: Message = { key: null, value: null, headers: {}, partition };
    messages.set(message, outgoing);
    return { topic, message, bytes: 1, offset: -1 };
  }

  function readNow(topic: TopicName, partition: number, from: number, max: number): readonly LogEntry[] {
    const start = broker.start(topic, partition);
    const end = broker.end(topic, partition);
    if (from < start) throw new OffsetGoneError(topic, partition, from, start);
    if (from > end) throw new LogHoleError(topic, partition, from, 'it lies outside of the partition');
    const place = `${topic}/${partition}`;
    const to = Math.min(Math.max(fetched.get(place) ?? from, from), end);
    fetched.set(place, to);
    const found = broker.entries(topic, partition, from, to, max);
    let next = from;
    for (const { offset } of found) {
      const hole = holeBefore(topic, partition, next, offset);
      if (hole !== null) throw hole;
      next = offset + 1;
    }
    return found;
  }

  function fetch(topic: TopicName, partition: number, from: number, patience_ms: number, done: () => void): void {
    const own = chance.happens(slow) ? chance.between(10, SLOW_MS) : chance.between(0.3, 4);
    scheduler.after(own + chance.between(0, patience_ms), process, () => {
      const end = broker.end(topic, partition);
      fetched.set(`${topic}/${partition}`, end);
      if (isThere(topic, partition, from)) done();
      else broker.onChange(topic, partition, () => fetch(topic, partition, from, patience_ms, done));
    });
  }

  /** Something to read, or an offset that a read would refuse. */
  function isThere(topic: TopicName, partition: number, from: number): boolean {
    const end = broker.end(topic, partition);
    if (from >= end) return from > end;
    return topicOf(topic).compacted || broker.entries(topic, partition, from, end, 1).length > 0;
  }

  return {
    topology: broker.topology,
    async append(batch) {
      if (!process.alive) return new Promise(() => {});
      const sendings = batch.map(sendingOf);
      await sender.send(sendings);
      return resultOf(batch, sendings);
    },
    async read(topic, partition, from, max) {
      if (!process.alive) return new Promise(() => {});
      return readNow(topic, partition, from, max);
    },
    waitFor(topic, partition, from, patience_ms = 0) {
      return new Promise((resolve) => fetch(topic, partition, from, patience_ms, resolve));
    },
    startOffset: (topic, partition) => ask(() => broker.start(topic, partition)),
    endOffset: (topic, partition) => ask(() => broker.end(topic, partition)),
    incarnation: (topic) => ask(() => broker.incarnation(topic)),
    close: () => sender.close(),
  };
}
