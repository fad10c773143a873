// Follows a partition without a group, entry by entry, for readers that keep up with a log and write nothing.

import type { AnyEnvelope } from '../../envelope.ts';
import type { Draft } from '../../log/draft.ts';
import type { LogEntry, SharedLog, Timing } from '../../log/shared-log.ts';
import type { Stage } from '../../stage.ts';
import { stageOf } from '../../stages.ts';
import { take } from '../take.ts';
import { createTask } from '../task.ts';
import { effectOf, type Input } from './input.ts';
import { readLetters } from './letters.ts';
import type { Place } from './outputs.ts';
import { newestSnapshot } from './snapshots.ts';

export interface Following {
  readonly place: Place;
  /** Next offset to be met. */
  position(): number;
  /** Resolves when everything below the offset was met; never if it ends before. */
  reaches(offset: number): Promise<void>;
  /** Rejects with what the log says, a closed one too, or with what `meet` throws; never resolves. */
  readonly ended: Promise<never>;
}

interface Waiting {
  readonly offset: number;
  readonly resolve: () => void;
}

const CHUNK = 256;

/** Ends with the log. `meet` is given every entry, whether or not it counts. */
export function follow(log: SharedLog, timing: Timing, place: Place, from: number, meet: (entry: LogEntry) => void): Following {
  const { topic, partition } = place;
  let next = from;
  let waiting: Waiting[] = [];

  async function run(): Promise<never> {
    for (;;) {
      const entries = await log.read(topic, partition, next, CHUNK);
      for (const entry of entries) {
        meet(entry);
        next = entry.offset + 1;
      }
      const still: Waiting[] = [];
      for (const one of waiting) {
        if (one.offset <= next) one.resolve();
        else still.push(one);
      }
      waiting = still;
      if (entries.length === 0) await log.waitFor(topic, partition, next);
      else await timing.pause(0);
    }
  }

  const ended = run();
  ended.catch(() => {});
  return {
    place,
    position: () => next,
    reaches(offset) {
      if (next >= offset) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push({ offset, resolve });
      });
    },
    ended,
  };
}

export interface FollowedFold extends Following {
  state(): unknown;
}

/**
 * The state of a fold of one input, as its owner has it, from the newest snapshot on: what it emits is let go. `met` hears of
 * every record that counts, before the fold takes it.
 */
export async function followFold(
  log: SharedLog,
  timing: Timing,
  stage: Stage<unknown>,
  partition: number,
  met: (record: AnyEnvelope) => void,
): Promise<FollowedFold> {
  const [assigned] = stageOf(stage.name).inputs;
  if (assigned === undefined) throw new TypeError(`follow: ${stage.name} reads nothing`);
  const place: Place = { topic: assigned.topic, partition };
  const task = createTask(stage, partition, log.topology, false);
  const snapshot = await newestSnapshot(log, stage.name, stage.version, partition);
  const taken = snapshot?.version === stage.version ? snapshot : null;
  if (taken !== null) task.remember(taken.memory, taken.version);
  task.parked = (await readLetters(log, stage.name, partition)).parked;
  const start = await log.startOffset(place.topic, partition);
  const known = taken?.inputs.find((input) => input.topic === place.topic && input.partition === partition);
  const from = Math.max(known?.next ?? 0, start);
  const input: Input = { place, table: new Map(known?.table ?? []), from, since: 0, queue: [], read: from, ready: true };
  const out: Draft[] = [];
  const following = follow(log, timing, place, from, (entry) => {
    const record = effectOf(task, input, entry);
    if (record === null) return;
    met(record);
    out.length = 0;
    take(task, record, record.at, out);
  });
  return { ...following, state: () => task.memory.state };
}
