// Who waits for a record, and who listens to all of them: shared by the local logs.
import type { AnyEnvelope } from '../envelope.ts';
import type { TopicName } from '../topics.ts';
import { LogClosedError } from './errors.ts';
import type { Listener } from './log.ts';

interface Waiter {
  readonly topic: TopicName;
  readonly partition: number;
  readonly from: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface Waiters {
  /** True when somebody must be told of new records. */
  needed(): boolean;
  subscribe(listener: Listener): () => void;
  wait(topic: TopicName, partition: number, from: number): Promise<void>;
  /** Tells the listeners, and wakes those whose partition now ends after what they wait for. */
  notify(records: readonly AnyEnvelope[], endOf: (topic: TopicName, partition: number) => number): void;
  close(reason: string): void;
}

export function createWaiters(): Waiters {
  const listeners = new Set<Listener>();
  let waiting: Waiter[] = [];
  return {
    needed: () => listeners.size > 0 || waiting.length > 0,
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    wait(topic, partition, from) {
      return new Promise((resolve, reject) => {
        waiting.push({ topic, partition, from, resolve, reject });
      });
    },
    notify(records, endOf) {
      if (records.length > 0) for (const listener of [...listeners]) listener(records);
      if (waiting.length === 0) return;
      const still: Waiter[] = [];
      for (const waiter of waiting) {
        if (endOf(waiter.topic, waiter.partition) > waiter.from) waiter.resolve();
        else still.push(waiter);
      }
      waiting = still;
    },
    close(reason) {
      for (const waiter of waiting) waiter.reject(new LogClosedError(reason));
      waiting = [];
      listeners.clear();
    },
  };
}
