// The policy and the cash of each portfolio that the journal on Kafka does not know yet.
import { messageOf } from '../../topology/log/errors.ts';
import type { AppendResult } from '../../topology/log/log.ts';
import type { SharedLog } from '../../topology/log/shared-log.ts';
import { partitionFor } from '../../topology/partition.ts';
import { readThrough } from '../../topology/runtime/claimed/read-through.ts';
import type { SourceRecord } from '../../topology/runtime/source.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { firstRecords } from '../deployment/first-records.ts';
import { wallClock } from '../market/live/clock.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { OwnerLog } from './owner-events.ts';

/** The first record of a portfolio lies near the start of its partition, so the search ends early. */
class Found extends Error {}

/** Two processes that begin at once write the same ids: the second copy has no effect. */
export async function beginOnKafka(
  log: SharedLog,
  deployment: Deployment,
  append: (records: readonly SourceRecord[]) => Promise<AppendResult>,
  tell: OwnerLog,
): Promise<void> {
  for (const setup of deployment.portfolios) {
    const records = firstRecords({ ...deployment, portfolios: [setup] }, wallClock());
    const missing: SourceRecord[] = [];
    for (const record of records) if (!(await stands(log, record))) missing.push(record);
    if (missing.length === 0) continue;
    await append(missing);
    tell({ event: 'stage', stage: 'jobs', what: 'portfolio begun', detail: setup.portfolio });
  }
}

async function stands(log: SharedLog, record: SourceRecord): Promise<boolean> {
  const partition = partitionFor(record.topic, record.key, log.topology.partitions[record.topic]);
  const start = await log.startOffset(record.topic, partition);
  if (start > 0) {
    // What lies before it cannot be asked any more; cash put in twice would be worse than a portfolio that waits.
    return true;
  }
  const end = await log.endOffset(record.topic, partition);
  try {
    await readThrough(log, { topic: record.topic, partition }, start, end, (entry) => {
      if (entry.kind === 'RECORD' && entry.key === record.key && entry.record().id === record.id) throw new Found();
    });
  } catch (error) {
    if (error instanceof Found) return true;
    throw new CommandError(EXIT.DEPENDENCY_AWAY, 'LOG_UNREADABLE', messageOf(error), 'look at the brokers');
  }
  return false;
}
