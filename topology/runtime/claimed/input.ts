// One input partition of an owner: how far it was taken, which Claims are in force there, and whether there may be more to read.

import { HOUR, type Micros } from '../../../schemas/time.ts';
import type { AnyEnvelope } from '../../envelope.ts';
import { type ClaimTable, type Counting, countEntry } from '../../log/claims.ts';
import type { LogEntry, SharedLog } from '../../log/shared-log.ts';
import { StageStopped } from '../stopped.ts';
import type { Task } from '../task.ts';
import type { Place } from './outputs.ts';
import { readThrough } from './read-through.ts';

export interface Input {
  readonly place: Place;
  readonly table: ClaimTable;
  /** Offset from which nothing is missing: a claim that is unknown from 0 on never was. */
  readonly from: number;
  /** What was appended before is told again later: it has no effect here, whoever wrote it. */
  readonly since: Micros;
  /** Read and not yet taken. */
  queue: LogEntry[];
  /** Next offset to be read. */
  read: number;
  ready: boolean;
}

/** Decision writes every open position again at each hour: what is older than this before the newest tells nothing new. */
const TOLD_AGAIN_WITHIN: Micros = 2 * HOUR;

/** From when on a reader without a snapshot has to take what stands in the place, and to know whose it is. */
export async function sinceWhen(log: SharedLog, place: Place, start: number): Promise<Micros> {
  if (place.topic !== 'positions.v1') return 0;
  let newest = 0;
  // Against the newest record, not the clock: while decision stood still, nothing was written again.
  await readThrough(log, place, start, await log.endOffset(place.topic, place.partition), ({ kind, at }) => {
    if (kind === 'RECORD') newest = Math.max(newest, at);
  });
  return newest - TOLD_AGAIN_WITHIN;
}

/** Reads what is at hand; where nothing is, wakes the owner when there is. */
export async function fill(log: SharedLog, input: Input, max: number, wake: (error?: unknown) => void): Promise<void> {
  if (!input.ready || input.queue.length > 0) return;
  const { topic, partition } = input.place;
  const entries = await log.read(topic, partition, input.read, max);
  const last = entries.at(-1);
  if (last !== undefined) {
    input.queue.push(...entries);
    input.read = last.offset + 1;
    return;
  }
  input.ready = false;
  log.waitFor(topic, partition, input.read).then(
    () => {
      input.ready = true;
      wake();
    },
    (error: unknown) => wake(error),
  );
}

/** Advances over one entry; null where it has no effect, which the task then has passed over. */
export function effectOf(task: Task, input: Input, entry: LogEntry): AnyEnvelope | null {
  const counting = entry.at < input.since ? passedOver(input, entry) : countEntry(input.table, entry);
  if (counting === 'unknown' && input.from > 0) {
    const claim = entry.claim;
    throw new StageStopped(
      task.stage.name,
      task.partition,
      'LOG_CHANGED',
      entry,
      `written under claim ${claim?.id} of ${claim?.slot}, whose Claim lies before the start of the partition`,
    );
  }
  if (counting === 'counts') {
    const record = entry.record();
    if (task.wants(record)) return record;
  }
  task.trackOf(input.place.topic, input.place.partition).next = entry.offset + 1;
  return null;
}

/** Claims count all the same. */
function passedOver(input: Input, entry: LogEntry): Counting {
  countEntry(input.table, entry);
  return 'foreign';
}
