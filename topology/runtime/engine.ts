// All stages in one thread over a local log: recovers them, and runs them to quiescence after each append.
import type { Micros } from '../../schemas/time.ts';
import { clear } from '../clear.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { type Draft, newDraft, placed } from '../log/draft.ts';
import { FencedError, LogClosedError, LogFullError, messageOf } from '../log/errors.ts';
import type { LocalLog, Owner } from '../log/log.ts';
import { partitionFor } from '../partition.ts';
import type { Stage } from '../stage.ts';
import { type StageName, stageOf, VIRTUAL_ORDER } from '../stages.ts';
import { isTopicName, type TopicName } from '../topics.ts';
import { type Inbox, put } from './inbox.ts';
import { letterFor } from './letter.ts';
import { recoverTask } from './recovery.ts';
import { trimLog } from './retention.ts';
import { forget, newRouter, type Router, route } from './router.ts';
import { writeSnapshot } from './snapshot.ts';
import { draftOfSource, type SourceRecord } from './source.ts';
import { StageStopped } from './stopped.ts';
import { takeInbox } from './take.ts';
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

/** A list that lives on becomes old, and to put something young into what is old costs V8 fifty instructions. */
const LIST_INSTANTS_MAX = 64;

/** Its functions stand beside it: all engines of a process share their code, which finds what it needs at fixed places. */
export interface Engine {
  readonly log: LocalLog;
  readonly tasks: readonly Task[];
  /** Those whom a Tick can make act. */
  readonly ticked: readonly Task[];
  /** Those of the tasks, in the same order. */
  readonly inboxes: readonly Inbox[];
  readonly router: Router;
  readonly observe: ((record: AnyEnvelope) => void) | undefined;
  readonly on_stopped: (stopped: StageStopped) => void;
  /** Records of the open instant, observed when it ends; those at `count` and beyond are no part of it. */
  instant: AnyEnvelope[];
  count: number;
  /** Instants of the lists; see endInstant. */
  age: number;
  /** Records of the instant that lie in the inboxes of those who want them. */
  routed: number;
  /** What the task that was drained last has emitted. */
  out: Draft[];
  readonly letter_ids: Set<string>;
  /** Of the tasks that have not stopped. */
  owners: readonly Owner[];
  // Of the last source record: they come in runs of one topic.
  source_topic: TopicName | '';
  source_partitions: number;
}

/** Recovers every task from the log. A task that cannot go on has stopped; the others have come to rest. */
export function createEngine(options: EngineOptions): Engine {
  const { log, observe, on_stopped } = options;
  const tasks = tasksOf(options);
  const engine: Engine = {
    log,
    tasks,
    ticked: tasks.filter((task) => task.deadlineOf !== undefined),
    inboxes: tasks.map((task) => task.inbox),
    router: newRouter(tasks, log.topology),
    observe,
    on_stopped,
    instant: [],
    count: 0,
    age: 0,
    routed: 0,
    out: [],
    letter_ids: new Set(),
    owners: [],
    source_topic: '',
    source_partitions: 1,
  };
  recoverAll(engine, options.now);
  return engine;
}

function recoverAll(engine: Engine, now: Micros): void {
  const { log, tasks } = engine;
  const recovered = new Set<Task>();
  for (const task of tasks) {
    try {
      recoverTask(log, task, now, engine.letter_ids, (batch) => {
        if (batch.length === 0) return;
        log.appendNow(batch, task.owner);
        for (const draft of batch) {
          const record = placed(draft);
          for (const other of recovered) if (other.stopped === null && other.wants(record)) put(other.inbox, engine.count);
          add(engine, record);
        }
        engine.routed = engine.count;
      });
    } catch (error) {
      if (!(error instanceof StageStopped)) throw error;
      stop(engine, task, error, now);
    }
    recovered.add(task);
  }
  engine.owners = runningOwners(tasks);
  settle(engine, now);
  endInstant(engine);
}

export function appendSources(engine: Engine, records: readonly SourceRecord[], at: Micros): readonly Draft[] {
  const { instant } = engine;
  const batch = new Array<Draft>(records.length);
  for (let i = 0; i < records.length; i++) {
    const record = records[i];
    if (record === undefined) continue;
    if (record.topic !== engine.source_topic) {
      engine.source_topic = record.topic;
      engine.source_partitions = engine.log.topology.partitions[record.topic];
    }
    const draft = draftOfSource(record, at, engine.source_partitions);
    batch[i] = draft;
    instant[engine.count + i] = placed(draft);
  }
  engine.log.appendNow(batch);
  // Only what stands is part of the instant.
  engine.count += batch.length;
  return batch;
}

/** Records that stand in the log and were appended by somebody else. */
export function accept(engine: Engine, records: readonly AnyEnvelope[]): void {
  for (const record of records) add(engine, record);
}

function add(engine: Engine, record: AnyEnvelope): void {
  engine.instant[engine.count] = record;
  engine.count += 1;
}

function publish(engine: Engine, batch: readonly Draft[]): void {
  for (let i = 0; i < batch.length; i++) {
    const draft = batch[i];
    if (draft !== undefined) add(engine, placed(draft));
  }
}

/** Runs the stages, in their order, until no inbox holds anything: again and again while something new was routed on the way. */
export function settle(engine: Engine, now: Micros): void {
  const { tasks, inboxes } = engine;
  routeNew(engine);
  for (let routed = -1; routed !== engine.routed; ) {
    routed = engine.routed;
    for (let i = 0; i < inboxes.length; i++) {
      const inbox = inboxes[i];
      if (inbox === undefined || inbox.count === 0) continue;
      const task = tasks[i];
      if (task === undefined) continue;
      drain(engine, task, now);
      routeNew(engine);
    }
  }
}

function routeNew(engine: Engine): void {
  const { instant, router } = engine;
  for (; engine.routed < engine.count; engine.routed++) {
    const record = instant[engine.routed];
    if (record !== undefined) route(router, record, engine.routed);
  }
}

function drain(engine: Engine, task: Task, now: Micros): void {
  const { instant, out } = engine;
  clear(out);
  let failed = takeInbox(task, instant, now, out);
  if (out.length > 0) failed = appendOutputs(engine, task) ?? failed;
  if (failed !== null) stop(engine, task, failed, now);
}

/** A value that its schema cannot hold is a bug of the stage, like an exception in its step; what the log refuses is not. */
function appendOutputs(engine: Engine, task: Task): StageStopped | null {
  const { instant, out } = engine;
  try {
    engine.log.appendNow(out, task.owner);
  } catch (error) {
    const refused = error instanceof LogFullError || error instanceof LogClosedError || error instanceof FencedError;
    const first = instant[task.inbox.places[0] ?? 0];
    if (refused || first === undefined) throw error;
    return new StageStopped(task.stage.name, task.partition, 'EXCEPTION', first, messageOf(error), error);
  }
  publish(engine, out);
  return null;
}

/** Everything since the last call is one instant. */
export function endInstant(engine: Engine): void {
  const { log, instant, observe } = engine;
  log.markTaken(engine.owners, log.lastSequence());
  log.endInstant();
  for (let i = 0; observe !== undefined && i < engine.count; i++) {
    const record = instant[i];
    if (record !== undefined) observe(record);
  }
  engine.count = 0;
  engine.routed = 0;
  engine.age += 1;
  if (engine.age === LIST_INSTANTS_MAX) {
    engine.instant = [];
    engine.out = [];
    engine.age = 0;
  }
}

/** Earliest time at which a Tick would make a stage act. */
export function deadlineOf({ ticked }: Engine): Micros {
  let earliest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < ticked.length; i++) {
    const task = ticked[i];
    if (task === undefined || task.stopped !== null) continue;
    if (task.touched) {
      task.deadline = task.deadlineOf?.(task.memory.state) ?? Number.POSITIVE_INFINITY;
      task.touched = false;
    }
    if (task.deadline < earliest) earliest = task.deadline;
  }
  return earliest;
}

/** Only between instants. */
export function snapshot({ log, tasks }: Engine, now: Micros): void {
  const at = log.lastSequence();
  for (const task of tasks) {
    if (task.stopped !== null) continue;
    task.passedTo(at, log.endNow);
    writeSnapshot(log, task, now);
  }
}

/** Removes what is older than its topic keeps and no stage could need again. Only between instants. */
export function trim({ log, tasks }: Engine, now: Micros): void {
  trimLog(log, tasks, now);
}

export function stateOf({ tasks }: Engine, stage: StageName, partition: number): unknown {
  return tasks.find((task) => task.stage.name === stage && task.partition === partition)?.memory.state;
}

/** Nothing of the record at which it stopped counts as taken, so a repaired stage goes on from there. */
function stop(engine: Engine, task: Task, stopped: StageStopped, now: Micros): void {
  const { log, tasks, router } = engine;
  task.stopped = stopped;
  forget(router, task);
  engine.owners = runningOwners(tasks);
  const record = recordAt(log, stopped);
  if (record !== null) {
    if (task.owner !== undefined && stopped.reason === 'EXCEPTION') log.markTaken([task.owner], record.sequence - 1);
    publishLetter(engine, task, stopped, record, now);
  }
  engine.on_stopped(stopped);
}

/** null where the record is gone: there is nothing to put into a letter. */
function recordAt(log: LocalLog, { topic, topic_partition, offset }: StageStopped): AnyEnvelope | null {
  if (!isTopicName(topic) || offset < log.startNow(topic, topic_partition)) return null;
  return log.readNow(topic, topic_partition, offset, 1)[0] ?? null;
}

function runningOwners(tasks: readonly Task[]): readonly Owner[] {
  const running: Owner[] = [];
  for (const task of tasks) if (task.owner !== undefined && task.stopped === null) running.push(task.owner);
  return running;
}

/** The letter is the alarm; a restart that stops at the same record does not write it again. */
function publishLetter(engine: Engine, task: Task, stopped: StageStopped, record: AnyEnvelope, now: Micros): void {
  const { log, letter_ids } = engine;
  const letter = letterFor(record, task.stage.name, task.stage.version, 'FOLD_STOPPED', stopped.message, now);
  if (letter_ids.has(letter.dead_letter_id)) return;
  letter_ids.add(letter.dead_letter_id);
  const topic = 'dead-letters.v1';
  const partition = partitionFor(topic, record.key, log.topology.partitions[topic]);
  const source = { stage: task.stage.name, topic: record.topic, partition: record.partition, offset: record.offset, index: 0 };
  const id = letter.dead_letter_id;
  const draft = newDraft(topic, partition, 'DeadLetter', record.key, letter, now, id, record.id, record.trace, source, '', null);
  log.appendNow([draft]);
  add(engine, placed(draft));
  // At once: a recovery routes what it adds itself, and says that everything is routed.
  routeNew(engine);
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
