// Claims: who may write for a stage's partition, as each reader learns it from the log itself, record by record.
import type { LogEntry } from './shared-log.ts';

export interface Claim {
  /** `stage/topic/partition`: the topic that the stage is assigned by. */
  readonly slot: string;
  /** Member id and own counter: never used twice. */
  readonly id: string;
}

/** Slot to the claim in force there. Plain data: it lies in every snapshot. */
export type ClaimTable = Map<string, string>;

export function slotOf(stage: string, topic: string, partition: number): string {
  return `${stage}/${topic}/${partition}`;
}

/** Header `weir-claim`. */
export function claimText(claim: Claim): string {
  return `${claim.slot}/${claim.id}`;
}

/** null for no header, or for one that is not of this form. */
export function parseClaim(text: string | null): Claim | null {
  if (text === null) return null;
  const [stage, topic, partition, ...id] = text.split('/');
  if (stage === undefined || topic === undefined || partition === undefined || id.length === 0) return null;
  return { slot: slotOf(stage, topic, Number(partition)), id: id.join('/') };
}

/** `unknown`: nothing in the table, so only whoever has read from the very start may say that it does not count. */
export type Counting = 'counts' | 'foreign' | 'unknown';

/** Advances the table over one entry and says whether that counts; a Claim itself never does. */
export function countEntry(table: ClaimTable, entry: LogEntry): Counting {
  const { claim } = entry;
  if (entry.kind === 'CLAIM') {
    if (claim !== null) table.set(claim.slot, claim.id);
    return 'foreign';
  }
  if (entry.kind === 'EMPTY') return 'foreign';
  if (claim === null) return 'counts';
  const inForce = table.get(claim.slot);
  if (inForce === undefined) return 'unknown';
  return inForce === claim.id ? 'counts' : 'foreign';
}
