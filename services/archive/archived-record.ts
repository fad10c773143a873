// A record as the archive takes it from a log: its envelope, its exact bytes, and whether it counts.
import { claimText } from '../../topology/log/claims.ts';
import { newDraft, placed } from '../../topology/log/draft.ts';
import type { LogEntry } from '../../topology/log/shared-log.ts';
import type { StoredRecord } from '../../topology/log/sqlite-reader.ts';

export interface ArchivedRecord extends StoredRecord {
  /** False: written under a claim that was not in force; it is kept, and enters no table but `records`. */
  readonly counts?: boolean;
  /** Header `weir-claim`. */
  readonly claim?: string;
  /** What it is that has no value. */
  readonly without_value?: 'CLAIM' | 'EMPTY';
}

const NO_BYTES = new Uint8Array(0);

export function archivedEntry(entry: LogEntry, counts: boolean): ArchivedRecord {
  const claim = entry.claim === null ? '' : claimText(entry.claim);
  const { topic, partition, offset, kind, key, value, at } = entry;
  if (kind === 'RECORD') return { envelope: entry.record(), bytes: value ?? NO_BYTES, counts, claim };
  const draft = newDraft(topic, partition, 'Raw', key, NO_BYTES, at, '', '', '', null, '', null);
  draft.offset = offset;
  draft.sequence = offset;
  return { envelope: placed(draft), bytes: NO_BYTES, counts: false, claim, without_value: kind };
}
