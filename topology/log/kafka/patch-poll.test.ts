// The patch of kafkajs' timer: written against one version, and only what waits is polled for.
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { insideKafkajs } from './cluster.ts';
import { PATCHED_VERSION, patchPoll } from './patch-poll.ts';

interface Queue {
  throttleCheckTimeoutId: unknown;
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}

it('is the version that the patch, and what we take from inside kafkajs, was written against', () => {
  const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
  expect(version).toBe(PATCHED_VERSION);
});

it('sets no timer while nothing waits, and one while something does', () => {
  patchPoll();
  const RequestQueue = insideKafkajs<new (options: object) => Queue>('network/requestQueue');
  const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, clientId: 'c', broker: 'b', logger: {} });
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.pending.push({});
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});
