// Hands a live source to a runtime, one event after the other: the source waits while the runtime has no room.
import type { LiveRuntime } from '../../../topology/runtime/live-runtime.ts';
import type { SourceEvent } from '../../../topology/runtime/source.ts';

/** Resolves when the source ends; rejects when the runtime does not take an event. */
export async function feed(source: AsyncIterable<SourceEvent>, runtime: Pick<LiveRuntime, 'append' | 'room'>): Promise<void> {
  for await (const { records } of source) {
    await runtime.room();
    await runtime.append(records);
  }
}
