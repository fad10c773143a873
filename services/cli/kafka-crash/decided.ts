// For tests: follows journal and decisions as any reader does, and tells when each signal was decided for every portfolio.
import { type ClaimTable, countEntry } from '../../../topology/log/claims.ts';
import type { LogEntry, SharedLog } from '../../../topology/log/shared-log.ts';
import type { TopicName } from '../../../topology/topics.ts';

export interface Decided {
  /** Monotonic ms at which the last portfolio's decision was readable; undefined while one is missing. */
  at(event_id: string): number | undefined;
  /** ExitTriggers that were readable so far. */
  triggers(): number;
  /** Rejects when it cannot be read on: also when the log is closed. */
  readonly failed: Promise<never>;
}

export function followDecisions(log: SharedLog, portfolios: number): Decided {
  const ids = new Map<string, string>();
  const decided = new Map<string, Set<string>>();
  const done = new Map<string, number>();
  let triggers = 0;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});

  function note(entry: LogEntry): void {
    const record = entry.record();
    if (record.type === 'ExitTrigger') triggers += 1;
    if (record.type === 'EnrichedSignal' && record.value.signal.event_id !== null)
      ids.set(record.value.signal.event_id, record.id);
    if (record.type !== 'Decision' || record.value.subject_type !== 'signal') return;
    const { subject_id, portfolio } = record.value;
    const of = decided.get(subject_id) ?? new Set();
    decided.set(subject_id, of.add(portfolio));
    if (of.size === portfolios && !done.has(subject_id)) done.set(subject_id, performance.now());
  }

  async function follow(topic: TopicName, partition: number): Promise<void> {
    const table: ClaimTable = new Map();
    for (let next = 0; ; ) {
      const entries = await log.read(topic, partition, next, 500);
      for (const entry of entries) {
        if (countEntry(table, entry) === 'counts') note(entry);
        next = entry.offset + 1;
      }
      if (entries.length === 0) await log.waitFor(topic, partition, next);
    }
  }

  for (const topic of ['journal.v1', 'decisions.v1'] as const)
    for (let partition = 0; partition < log.topology.partitions[topic]; partition++) follow(topic, partition).catch(reject);

  return {
    failed,
    at: (event_id) => done.get(ids.get(event_id) ?? ''),
    triggers: () => triggers,
  };
}
