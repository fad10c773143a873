// A kafkajs client that does not retry by itself and says nothing: for probes and set-up, where the caller waits and judges.
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { patchPoll } from '../log/kafka/patch-poll.ts';

export function quietClient(brokers: readonly string[], different: Partial<KafkaConfig> = {}): Kafka {
  patchPoll();
  return new Kafka({
    clientId: 'weir-set-up',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: { retries: 0 },
    ...different,
  });
}
