// Waits until a cluster does what a client needs: every broker known, coordinators loaded, producer ids given, replicas in step.
import { setTimeout as sleep } from 'node:timers/promises';
import { quietClient } from './quiet-client.ts';

const PAUSE_MS = 100;

/** Throws what is not ready yet. */
async function probe(brokers: readonly string[], nodes: number): Promise<void> {
  const kafka = quietClient(brokers);
  const admin = kafka.admin();
  const producer = kafka.producer({ idempotent: true, retry: { retries: 1 } });
  try {
    await admin.connect();
    const known = (await admin.describeCluster()).brokers.length;
    if (known < nodes) throw new Error(`${known} of ${nodes} brokers are known`);
    await admin.fetchOffsets({ groupId: 'weir-ready' });
    await producer.connect();
    const { topics } = await admin.fetchTopicMetadata();
    for (const { name, partitions } of topics) {
      const behind = partitions.filter(({ leader, isr, replicas }) => leader < 0 || isr.length < replicas.length);
      if (behind.length > 0) throw new Error(`${name}: ${behind.length} partitions are not in step`);
    }
  } finally {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
  }
}

/** Resolves when the cluster is ready; rejects after the limit with what was missing last, or at once if `failed` says so. */
export async function untilReady(
  brokers: readonly string[],
  nodes: number,
  limit_ms: number,
  failed: () => string | null = () => null,
): Promise<void> {
  const until = Date.now() + limit_ms;
  for (;;) {
    try {
      await probe(brokers, nodes);
      return;
    } catch (error) {
      const failure = failed();
      if (failure !== null) throw new Error(failure);
      if (Date.now() > until)
        throw new Error(
          `kafka at ${brokers.join(',')} is not ready after ${limit_ms} ms: ${error instanceof Error ? error.message : error}`,
        );
      await sleep(PAUSE_MS);
    }
  }
}
