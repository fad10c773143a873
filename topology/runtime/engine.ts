// All stages in one thread over a local log: recovers them, and runs them to quiescence after each append.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { type Draft, newDraft, placed } from '../log/draft.ts';
import { FencedError, LogClosedError, LogFullError, messageOf } from '../log/errors.ts';
import type { LocalLog, Owner } from '../log/log.ts';
import { addTo, newReel } from '../log/reel.ts';
import { partitionFor } from '../partition.ts';
import type { Stage } from '../stage.ts';
import { type StageName, stageOf, VIRTUAL_ORDER } from '../stages.ts';
import { isTopicName } from '../topics.ts';
import { letterFor } from './letter.ts';
import { recoverTask } from './recovery.ts';
import { trimLog } from './retention.ts';
import { createRouter } from './router.ts';
import { writeSnapshot } from './snapshot.ts';
import { draftOfSource, type SourceRecord } from './source.ts';
import { StageStopped } from './stopped.ts';
import { createTask, type Task } from './task.ts';

export interface EngineOptions {
  readonly log: LocalLog;
  readonly stages: readonly Stage<unknown>[];
  /** Clock for what a recovery has to publish. */
  readonly now: Micros;
  /** Sees every record once, in append order, when its instant ends. */
  readonly observe: ((record: AnyEnvelope) => void) | undefined;
  readonly on_stopped: (stopped: StageStopped) => void;
  /** The running hash of the input costs time that a run without snapshots can save. */
  readonly hash_inputs: boolean;
}

export interface Engine {
  append(records: readonly SourceRecord[], at: Micros): readonly Draft[];
  /** Records that stand in the log and were appended by somebody else. */
  accept(records: readonly AnyEnvelope[]): void;
  /** Runs the stages until no inbox holds anything. */
  settle(now: Micros): void;
  /** Everything since the last call is one instant. */
  endInstant(): void;
  /** Earliest time at which a Tick would make a stage act. */
  deadline(): Micros;
  /** Only between instants. */
  snapshot(now: Micros): void;
  /** Removes what is older than its topic keeps and no stage could need again. Only between instants. */
  trim(now: Micros): void;
  stateOf(stage: StageName, partition: number): unknown;
}

export function createEngine(options: EngineOptions): Engine {
  const { log } = options;
  const { topology } = log;
  const tasks = tasksOf(options);
  const router = createRouter(tasks, topology);
  /** Records of the open instant, observed when it ends. Inboxes hold places in it: a number costs no write barrier. */
  const instant = newReel<AnyEnvelope>();
  let out: Draft[] = [];
  /** Of the last source record: they come in runs of one topic. */
  let lastTopic = '';
  let lastPartitions = 1;
  const letterIds = new Set<string>();
  let owners: readonly Owner[] = [];

  function add(record: AnyEnvelope): void {
    router.route(record, instant.count);
    // Not by addTo, nor in the router: a call for every record, to code that meets lists of numbers and of records.
    instant.items[instant.count] = record;
    instant.count += 1;
  }

  function published(batch: readonly Draft[]): void {
    for (let i = 0; i < batch.length; i++) {
      const draft = batch[i];
      if (draft === undefined) continue;
      add(placed(draft));
    }
  }

  /** Nothing of the record at which it stopped counts as taken, so a repaired stage goes on from there. */
  function stop(task: Task, stopped: StageStopped, now: Micros): void {
    task.stopped = stopped;
    router.forget(task);
    owners = runningOwners();
    const record = recordAt(stopped);
    if (record !== null) {
      if (task.owner !== undefined && stopped.reason === 'EXCEPTION') log.markTaken([task.owner], record.sequence - 1);
      publishLetter(task, stopped, record, now);
    }
    options.on_stopped(stopped);
  }

  /** null where the record is gone: there is nothing to put into a letter. */
  function recordAt({ topic, topic_partition, offset }: StageStopped): AnyEnvelope | null {
    if (!isTopicName(topic) || offset < log.startNow(topic, topic_partition)) return null;
    return log.readNow(topic, topic_partition, offset, 1)[0] ?? null;
  }

  function runningOwners(): readonly Owner[] {
    const running: Owner[] = [];
    for (const task of tasks) if (task.owner !== undefined && task.stopped === null) running.push(task.owner);
    return running;
  }

  /** The letter is the alarm; a restart that stops at the same record does not write it again. */
  function publishLetter(task: Task, stopped: StageStopped, record: AnyEnvelope, now: Micros): void {
    const letter = letterFor(record, task.stage.name, task.stage.version, 'FOLD_STOPPED', stopped.message, now);
    if (letterIds.has(letter.dead_letter_id)) return;
    letterIds.add(letter.dead_letter_id);
    const topic = 'dead-letters.v1';
    const partition = partitionFor(topic, record.key, topology.partitions[topic]);
    const source = { stage: task.stage.name, topic: record.topic, partition: record.partition, offset: record.offset, index: 0 };
    const id = letter.dead_letter_id;
    const draft = newDraft(
      topic,
      partition,
      'DeadLetter',
      record.key,
      letter,
      now,
      id,
      record.id,
      record.trace,
      source,
      '',
      null,
    );
    log.appendNow([draft]);
    published([draft]);
  }

  function drain(task: Task, now: Micros): void {
    const { inbox } = task;
    // A new list costs less than emptying the old one.
    if (out.length > 0) out = [];
    const first = instant.items[inbox.items[0] ?? 0];
    let failed: StageStopped | null = null;
    try {
      task.takeInbox(instant.items, now, out);
    } catch (error) {
      if (!(error instanceof StageStopped)) throw error;
      failed = error;
    }
    if (out.length > 0) failed = publish(task, first) ?? failed;
    if (failed !== null) stop(task, failed, now);
  }

  /** A value that its schema cannot hold is a bug of the stage, like an exception in its step; what the log refuses is not. */
  function publish(task: Task, first: AnyEnvelope | undefined): StageStopped | null {
    try {
      log.appendNow(out, task.owner);
    } catch (error) {
      const refused = error instanceof LogFullError || error instanceof LogClosedError || error instanceof FencedError;
      if (refused || first === undefined) throw error;
      return new StageStopped(task.stage.name, task.partition, 'EXCEPTION', first, messageOf(error), error);
    }
    published(out);
    return null;
  }

  const engine: Engine = {
    append(records, at) {
      const batch = new Array<Draft>(records.length);
      for (let i = 0; i < records.length; i++) {
        const record = records[i];
        if (record === undefined) continue;
        if (record.topic !== lastTopic) {
          lastTopic = record.topic;
          lastPartitions = topology.partitions[record.topic];
        }
        batch[i] = draftOfSource(record, at, lastPartitions);
      }
      log.appendNow(batch);
      published(batch);
      return batch;
    },
    accept(records) {
      for (const record of records) add(record);
    },
    settle(now) {
      for (let busy = true; busy; ) {
        busy = false;
        for (let i = 0; i < tasks.length; i++) {
          const task = tasks[i];
          if (task === undefined || task.inbox.count === 0) continue;
          busy = true;
          drain(task, now);
        }
      }
    },
    endInstant() {
      log.markTaken(owners, log.lastSequence());
      log.endInstant();
      const { observe } = options;
      for (let i = 0; observe !== undefined && i < instant.count; i++) {
        const record = instant.items[i];
        if (record !== undefined) observe(record);
      }
      instant.count = 0;
    },
    deadline() {
      let earliest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < tasks.length; i++) {
        const task = tasks[i];
        if (task === undefined || task.stopped !== null) continue;
        if (task.touched) {
          task.deadline = task.stage.deadline(task.memory.state);
          task.touched = false;
        }
        if (task.deadline < earliest) earliest = task.deadline;
      }
      return earliest;
    },
    snapshot(now) {
      const at = log.lastSequence();
      for (const task of tasks) {
        if (task.stopped !== null) continue;
        task.passedTo(at, log.endNow);
        writeSnapshot(log, task, now);
      }
    },
    trim(now) {
      trimLog(log, tasks, now);
    },
    stateOf(stage, partition) {
      return tasks.find((task) => task.stage.name === stage && task.partition === partition)?.memory.state;
    },
  };

  recoverAll();
  return engine;

  function recoverAll(): void {
    const recovered = new Set<Task>();
    for (const task of tasks) {
      try {
        recoverTask(log, task, options.now, letterIds, (batch) => {
          if (batch.length === 0) return;
          log.appendNow(batch, task.owner);
          for (const draft of batch) {
            const record = placed(draft);
            for (const other of recovered) if (other.stopped === null && other.wants(record)) addTo(other.inbox, instant.count);
            addTo(instant, record);
          }
        });
      } catch (error) {
        if (!(error instanceof StageStopped)) throw error;
        stop(task, error, options.now);
      }
      recovered.add(task);
    }
    owners = runningOwners();
    engine.settle(options.now);
    engine.endInstant();
  }
}

/** In the order in which they drain: the virtual order of the stages, then by partition. */
function tasksOf(options: EngineOptions): readonly Task[] {
  const { topology } = options.log;
  const tasks: Task[] = [];
  const order = (stage: Stage<unknown>): number => {
    const at = VIRTUAL_ORDER.indexOf(stage.name);
    return at < 0 ? VIRTUAL_ORDER.length : at;
  };
  for (const stage of [...options.stages].sort((a, b) => order(a) - order(b))) {
    if (tasks.some((task) => task.stage.name === stage.name)) throw new TypeError(`stages: ${stage.name} is given twice`);
    const assigned = stageOf(stage.name).inputs[0];
    if (assigned === undefined) throw new TypeError(`stages: ${stage.name} reads nothing; it is a source`);
    for (let p = 0; p < topology.partitions[assigned.topic]; p++) tasks.push(createTask(stage, p, topology, options.hash_inputs));
  }
  return tasks;
}
