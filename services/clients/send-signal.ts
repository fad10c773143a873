// A producer to copy from: sends one signal to signals.v1, as a line of JSON or as Avro framed with its id in the registry.
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const { values, positionals } = parseArgs({ options: { avro: { type: 'boolean', default: false } }, allowPositionals: true });
const topic = `${process.env.WEIR_KAFKA_TOPIC_PREFIX ?? ''}signals.v1`;
const brokers = (process.env.WEIR_KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const registryUrl = process.env.WEIR_KAFKA_REGISTRY_URL ?? 'http://127.0.0.1:8081/apis/ccompat/v7';

interface Signal {
  /** Of two records with one event_id, instrument and source only the first has an effect: a retry sends the same. */
  readonly event_id: string;
  readonly event_time: string;
  readonly instrument: string;
}
const given = JSON.parse(positionals[0] ?? '{}') as Pick<Signal, 'instrument'> & Partial<Signal>;
const signal: Signal = { event_id: randomUUID(), event_time: new Date().toISOString(), ...given };

async function framed(): Promise<Buffer> {
  const registry = new SchemaRegistry({ host: registryUrl });
  const id = await registry.getLatestSchemaId(`${topic}-weir.Signal`);
  // Times are microseconds, prices bytes at scale 12; a field that is left out gets its default.
  return registry.encode(id, { ...signal, event_time: Date.parse(signal.event_time) * 1_000 });
}

const kafka = new Kafka({ brokers, clientId: 'example-producer', logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
const value = values.avro ? await framed() : JSON.stringify(signal);
await producer.connect();
try {
  // The instrument's canonical name as the key saves a hop; without one Weir keys the signal anew.
  const [sent] = await producer.send({ topic, acks: -1, messages: [{ key: signal.instrument, value }] });
  console.log(JSON.stringify({ event_id: signal.event_id, partition: sent?.partition, offset: sent?.baseOffset }));
} finally {
  await producer.disconnect();
}
