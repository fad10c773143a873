// Names every partition of an appended batch with the offset of its first record there.

import type { Draft } from './draft.ts';
import type { AppendedTo, AppendResult } from './log.ts';

export function appendResultOf(batch: readonly Draft[]): AppendResult {
  const result: { -readonly [K in keyof AppendedTo]: AppendedTo[K] }[] = [];
  for (const draft of batch) {
    const known = result.find((r) => r.topic === draft.topic && r.partition === draft.partition);
    if (known === undefined) result.push({ topic: draft.topic, partition: draft.partition, offset: draft.offset, count: 1 });
    else known.count += 1;
  }
  return result;
}
