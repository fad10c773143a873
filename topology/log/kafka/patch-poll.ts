// Stops kafkajs from polling each connection every millisecond: its queue sets a timer with a negative delay although nothing waits.
import { createRequire } from 'node:module';

/** The version that this patch was written against; a test fails when another one is installed. */
export const PATCHED_VERSION = '2.2.4';

interface RequestQueue {
  readonly pending: readonly unknown[];
}

type Schedule = (this: RequestQueue) => void;

let patched = false;

/** A check is only due while something waits; what is answered wakes the queue by itself. */
export function patchPoll(): void {
  if (patched) return;
  patched = true;
  const load = createRequire(import.meta.url);
  const { version } = load('kafkajs/package.json') as { readonly version: string };
  if (version !== PATCHED_VERSION) throw new TypeError(`kafkajs: ${version} is installed, expected ${PATCHED_VERSION}`);
  const queue = load('kafkajs/src/network/requestQueue') as { readonly prototype: { scheduleCheckPendingRequests: Schedule } };
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this);
  };
}
