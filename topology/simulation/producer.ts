// A producer as kafkajs makes it, over the log model: with its two false acknowledgements, and with what a network does to a send.
import type { ProducerBatch, RecordMetadata } from 'kafkajs';
import type { Message } from '../log/kafka/message.ts';
import type { SendingProducer } from '../log/kafka/sender.ts';
import type { Outgoing } from '../log/shared-log.ts';
import type { Broker } from './broker.ts';
import type { Chance } from './chance.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** Probabilities of what may become of one send; what is left goes well. */
export interface SendTrouble {
  /** All of it stands, the answer is lost. */
  readonly answer_lost: number;
  /** Some of its partitions stand, the others do not. */
  readonly partial: number;
  /** Given up, and some of it lands later, whoever owns what by then. */
  readonly late: number;
  /** Nothing of it stands. */
  readonly lost: number;
  /** Acknowledged although a partition of it was not written: the result does not name it. */
  readonly unnamed: number;
}

export const NO_TROUBLE: SendTrouble = { answer_lost: 0, partial: 0, late: 0, lost: 0, unnamed: 0 };

export interface World {
  readonly broker: Broker;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  /** Of now: faults begin and end. */
  trouble(): SendTrouble;
}

interface Part {
  readonly place: string;
  readonly topicName: string;
  readonly partition: number;
  readonly batch: Outgoing[];
}

/** Many of them land just when their sender has begun again. */
const LATE_MS = [400, 4_000] as const;

export function simulatedProducer(world: World, process: Process, outgoingOf: (message: Message) => Outgoing): SendingProducer {
  const { broker, scheduler, chance } = world;
  /** What a rejected send has left: the broker knows its sequence numbers, the producer has taken them back. */
  const left = new Map<string, { readonly count: number; readonly offset: number }>();

  function partsOf({ topicMessages = [] }: ProducerBatch): Part[] {
    const parts = new Map<string, Part>();
    for (const { topic, messages } of topicMessages) {
      for (const message of messages) {
        const partition = message.partition ?? 0;
        const place = `${topic}/${partition}`;
        const part = parts.get(place) ?? { place, topicName: topic, partition, batch: [] };
        part.batch.push(outgoingOf(message as unknown as Message));
        parts.set(place, part);
      }
    }
    return [...parts.values()];
  }

  function land(part: Part): number {
    const before = left.get(part.place);
    left.delete(part.place);
    // As many records as the rejected send had: to the broker they are its copy, and nothing is written.
    if (before !== undefined && before.count === part.batch.length) return before.offset;
    return broker.land(part.batch);
  }

  function landLater(part: Part, ms: number): void {
    const epoch = broker.epoch();
    scheduler.after(ms, null, () => {
      if (broker.epoch() !== epoch) return;
      left.set(part.place, { count: part.batch.length, offset: broker.land(part.batch) });
    });
  }

  return {
    connect: () => Promise.resolve(),
    disconnect: () => Promise.resolve(),
    sendBatch(batch) {
      const parts = partsOf(batch);
      const trouble = world.trouble();
      let draw = chance.next();
      const is = (probability: number): boolean => {
        const hit = draw >= 0 && draw < probability;
        draw -= probability;
        return hit;
      };
      const hop = (): number => chance.between(0.3, 3);
      return new Promise<RecordMetadata[]>((resolve, reject) => {
        const rejectAfter = (ms: number): void => scheduler.after(ms, process, () => reject(new Error('the request timed out')));
        if (is(trouble.answer_lost)) {
          for (const part of parts) landLater(part, hop());
          return rejectAfter(chance.between(5, 300));
        }
        if (is(trouble.partial)) {
          for (const part of parts) if (chance.happens(0.5)) landLater(part, hop());
          return rejectAfter(chance.between(5, 300));
        }
        if (is(trouble.late)) {
          for (const part of parts) if (chance.happens(0.8)) landLater(part, chance.between(1, chance.pick(LATE_MS)));
          return rejectAfter(chance.between(1, 50));
        }
        if (is(trouble.lost)) return rejectAfter(chance.between(1, 50));
        const unnamed = is(trouble.unnamed) && parts.length > 1 ? chance.below(parts.length) : -1;
        const result: RecordMetadata[] = [];
        let open = parts.length - (unnamed < 0 ? 0 : 1);
        const epoch = broker.epoch();
        parts.forEach((part, i) => {
          if (i === unnamed) return;
          scheduler.after(hop(), null, () => {
            if (broker.epoch() !== epoch) return reject(new Error('the broker is gone'));
            const { topicName, partition } = part;
            result.push({ topicName, partition, errorCode: 0, baseOffset: String(land(part)) });
            open -= 1;
            if (open === 0) scheduler.after(hop(), process, () => resolve(result));
          });
        });
      });
    },
  };
}
