// One hop of the echo: bare kafkajs reads a topic and writes as many bytes as a stage would, with nothing thought in between.
import type { Producer } from 'kafkajs';
import { kafkaOf } from '../../topology/log/kafka/cluster.ts';
import { kafkaSettings } from '../../topology/log/kafka/settings.ts';

const [brokers = '', prefix = '', from = '', to = '', bytes = ''] = process.argv.slice(2);
const kafka = kafkaOf(kafkaSettings(brokers.split(',')));
const value = Buffer.alloc(Number(bytes), 'x');
/** What brokers take as one batch, should all be for one partition. */
const most = Math.floor(900_000 / (value.length + 100));

interface Waiting {
  readonly partition: number;
  readonly headers: Record<string, string>;
}

/** One send in flight; all that has come meanwhile goes into the next. */
function coalescing(producer: Producer): (some: readonly Waiting[]) => void {
  const waiting: Waiting[] = [];
  let sending = false;
  async function run(): Promise<void> {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) {
      const messages = waiting.splice(0, most).map((of) => ({ ...of, value }));
      await producer.send({ topic: `${prefix}${to}`, acks: -1, messages });
    }
    sending = false;
  }
  return (some) => {
    waiting.push(...some);
    run().catch((error: unknown) => {
      process.stderr.write(`relay: ${error}\n`);
      process.exit(1);
    });
  };
}

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
const consumer = kafka.consumer({ groupId: `${prefix}${to}-relay`, allowAutoTopicCreation: false });
await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [`${prefix}${from}`], fromBeginning: true });
const send = coalescing(producer);
consumer.on('consumer.group_join', () => process.stdout.write('joined\n'));
await consumer.run({
  autoCommitInterval: 1_000,
  eachBatch: async ({ batch, resolveOffset }) => {
    const { partition } = batch;
    send(
      batch.messages.map(({ offset }) => ({ partition, headers: { 'weir-source': `relay/${from}/${partition}/${offset}/0` } })),
    );
    resolveOffset(batch.lastOffset());
  },
});
process.on('SIGTERM', () => {
  void consumer
    .disconnect()
    .then(() => producer.disconnect())
    .then(() => process.exit(0));
});
