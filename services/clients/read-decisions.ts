// A consumer to copy from: prints every decision of decisions.v1 as a line of JSON, decoded with the schemas of the registry.
import { parseArgs } from 'node:util';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import avro from 'avsc';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';

const { values } = parseArgs({ options: { end: { type: 'boolean', default: false } } });
const topic = `${process.env.WEIR_KAFKA_TOPIC_PREFIX ?? ''}decisions.v1`;
const brokers = (process.env.WEIR_KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const registryUrl = process.env.WEIR_KAFKA_REGISTRY_URL ?? 'http://127.0.0.1:8081/apis/ccompat/v7';

const SCALE = 12;

/** Prices, quantities and money: bytes at scale 12, here as text, which loses no digit. */
class Decimal extends avro.types.LogicalType {
  override _fromValue(bytes: Uint8Array): string {
    const hex = Buffer.from(bytes).toString('hex');
    const value = hex === '' ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`));
    const digits = String(value < 0n ? -value : value).padStart(SCALE + 1, '0');
    const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, '');
    return value < 0n ? `-${text}` : text;
  }
}

const registry = new SchemaRegistry({ host: registryUrl }, { [SchemaType.AVRO]: { logicalTypes: { decimal: Decimal } } });
const kafka = new Kafka({ brokers, clientId: 'example-consumer', logLevel: logLevel.ERROR });
// A group of its own reads everything, each time; a consumer that keeps its name goes on where it stopped.
const consumer = kafka.consumer({ groupId: `example-consumer-${process.pid}-${Date.now()}` });
const seen = new Set<string>();

async function print(message: KafkaMessage): Promise<void> {
  // Records without a value are marks of Weir's stages, no decisions.
  if (message.value === null) return;
  const decision = (await registry.decode(message.value)) as { readonly decision_id: string };
  // After a crash a decision may stand twice, byte for byte.
  if (seen.has(decision.decision_id)) return;
  seen.add(decision.decision_id);
  console.log(JSON.stringify(decision));
}

/** Resolves when every partition has been read to where it ends now; never, without --end. */
async function reachedEnd(): Promise<(partition: number, next: bigint) => boolean> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = values.end ? await admin.fetchTopicOffsets(topic) : [];
  await admin.disconnect();
  const left = new Map(offsets.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high)]));
  return (partition, next) => {
    if (next >= (left.get(partition) ?? next + 1n)) left.delete(partition);
    return values.end && left.size === 0;
  };
}

const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
const isAtEnd = await reachedEnd();
process.once('SIGINT', () => finish());
process.once('SIGTERM', () => finish());
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
if (isAtEnd(-1, 0n)) finish();
await consumer.run({
  async eachMessage({ partition, message }) {
    await print(message);
    if (isAtEnd(partition, BigInt(message.offset) + 1n)) finish();
  },
});
await finished;
await consumer.disconnect();
