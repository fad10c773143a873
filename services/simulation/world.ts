// The simulated world: one log, the processes of all stages on it, and who starts, stops, kills and restarts them.
import type { Micros } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import { messageOf } from '../../topology/log/errors.ts';
import type { Outgoing, SharedLog, Timing } from '../../topology/log/shared-log.ts';
import { createClaimWatch } from '../../topology/runtime/claimed/claim-watch.ts';
import { runStage, type StageRuntime } from '../../topology/runtime/claimed/stage-runtime.ts';
import { draftOfSource, type SourceRecord } from '../../topology/runtime/source.ts';
import type { StageStopped } from '../../topology/runtime/stopped.ts';
import { type Broker, createBroker } from '../../topology/simulation/broker.ts';
import type { Chance } from '../../topology/simulation/chance.ts';
import { simulatedClient } from '../../topology/simulation/client.ts';
import { createGroup, type Group, type SimulatedMembership } from '../../topology/simulation/group.ts';
import { NO_TROUBLE, type SendTrouble } from '../../topology/simulation/producer.ts';
import { createReference, type Reference } from '../../topology/simulation/reference.ts';
import { createScheduler, newProcess, type Process, type Scheduler } from '../../topology/simulation/scheduler.ts';
import type { Stage } from '../../topology/stage.ts';
import type { StageName } from '../../topology/stages.ts';
import { TOPICS } from '../../topology/topics.ts';
import { type Invariants, newInvariants } from './invariants.ts';
import { PARTITIONS, SIMULATED, stageFor, TOPOLOGY } from './pipeline.ts';
import { watchedStage } from './watched-stage.ts';

/** 2026-01-05T23:59:50Z: a day ends in the middle of a run, and every claimant has to claim anew. */
export const EPOCH: Micros = 1_767_657_590_000_000;
const SESSION_MS = 3_000;
/** One of them is each process's own. */
const SNAPSHOT_EVERY: readonly Micros[] = [400_000, 2_000_000, 5_000_000];
const LOOK_MS = 1_000;
const STEP_RECORDS = 8;

export interface Instance {
  readonly stage: StageName;
  readonly version: string;
  readonly process: Process;
  readonly membership: SimulatedMembership;
  readonly runtime: StageRuntime;
  /** Asked to end gracefully, or killed. */
  ending: boolean;
}

export interface World {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly broker: Broker;
  readonly invariants: Invariants;
  readonly instances: Instance[];
  readonly stopped: { readonly at: StageStopped; readonly version: string }[];
  readonly violations: Set<string>;
  /** What happened, for whoever looks into a seed. */
  readonly story: readonly string[];
  tell(text: string): void;
  trouble: SendTrouble;
  /** The version of the decision stage that is started. */
  version: string;
  /** What stands is written once more, and nobody is to blame. */
  copies_allowed: boolean;
  /** The operator alone decides which members of the decision stage are started. */
  upgrading: boolean;
  /** The old version had to come back where the next one had stopped. */
  went_back: boolean;
  reference(): Reference;
  /** The log has changed under everybody: what counts is read anew from what is left. */
  rereadLog(): void;
  now(): Micros;
  violated(what: string, detail: string): void;
  start(stage: StageName): Instance;
  kill(instance: Instance): void;
  /** Ends gracefully: true when it had the time to. */
  stop(instance: Instance): Promise<void>;
  running(stage: StageName): Instance[];
  /** A process of its own that only appends. */
  source(name: string): (records: readonly SourceRecord[]) => Promise<boolean>;
}

export function createWorld(chance: Chance, lostAnswers: VenueChance): World {
  const scheduler = createScheduler(chance);
  const violations = new Set<string>();
  const story: string[] = [];
  const tell = (text: string): void => {
    story.push(`${scheduler.now().toFixed(1)} ${text}`);
  };
  const violated = (what: string, detail: string): void => {
    if (!violations.has(what)) tell(`VIOLATION ${what}: ${detail}`);
    violations.add(what);
  };
  let reference = createReference();
  const invariants = newInvariants(violated);
  const broker = createBroker(TOPOLOGY, (entry) => {
    if (entry.kind === 'RECORD') invariants.landed(entry.record());
    const counting = reference.take(entry);
    if (counting === 'COUNTS') invariants.observe(entry.record());
    // Whoever opens reads what stands and publishes what is missing: nothing twice under one claim.
    if (counting === 'COPY' && entry.claim !== null && !world.copies_allowed)
      violated('PUBLISHED_AGAIN', `${entry.topic}/${entry.partition} offset ${entry.offset}, under ${entry.claim.id}`);
  });
  const groups = new Map<StageName, Group>();
  for (const stage of SIMULATED) {
    const mixed = (versions: readonly string[]): void => violated('VERSIONS_MIXED', `${stage}: ${versions.join(' and ')}`);
    groups.set(stage, createGroup({ stage, partitions: PARTITIONS, session_ms: SESSION_MS, mixed }, scheduler, chance));
  }
  const instances: Instance[] = [];
  let made = 0;

  function clientOf(process: Process): SharedLog {
    return simulatedClient({ broker, scheduler, chance, trouble: () => world.trouble }, process);
  }

  function timingOf(process: Process): Timing {
    return {
      now: () => EPOCH + Math.round(scheduler.now() * 1_000) + process.clock_offset,
      monotonic: () => scheduler.now(),
      pause: (ms) => scheduler.pause(ms, process),
    };
  }

  function start(name: StageName): Instance {
    made += 1;
    const version = name === 'decision' ? world.version : '';
    const process = newProcess(`${name}-${made}`);
    const log = clientOf(process);
    const make = (claim: string): Stage<unknown> =>
      watchedStage(stageFor(name, version, claim, invariants.venue(lostAnswers)), () => reference, violated);
    const group = groups.get(name);
    if (group === undefined) throw new TypeError(`simulation: ${name} has no group`);
    const membership = group.join(process, make('').version);
    const instance: Instance = {
      stage: name,
      version,
      process,
      membership,
      ending: false,
      runtime: runStage({
        log,
        membership,
        timing: timingOf(process),
        stage: make,
        watch: createClaimWatch(log),
        snapshot_every_us: chance.pick(SNAPSHOT_EVERY),
        step_records: STEP_RECORDS,
        look_ms: LOOK_MS,
        tell: (event, detail) => tell(`${process.name} ${event}: ${detail}`),
        on_stopped(at) {
          tell(`${process.name} STOPPED ${at.partition} ${at.reason}: ${at.message}`);
          world.stopped.push({ at, version });
        },
        on_failed(error) {
          tell(`${process.name} failed: ${messageOf(error)}`);
          violated('PROCESS_FAILED', `${process.name}: ${messageOf(error)}`);
        },
      }),
    };
    instances.push(instance);
    tell(`${process.name} starts`);
    return instance;
  }

  const world: World = {
    chance,
    scheduler,
    broker,
    invariants,
    instances,
    stopped: [],
    violations,
    story,
    tell,
    trouble: NO_TROUBLE,
    version: '',
    copies_allowed: false,
    upgrading: false,
    went_back: false,
    reference: () => reference,
    rereadLog() {
      reference = createReference();
      const left: AnyEnvelope[] = [];
      for (const { name } of TOPICS) {
        for (let p = 0; p < TOPOLOGY.partitions[name]; p++) {
          for (const entry of broker.entries(name, p, 0, broker.end(name, p), broker.end(name, p)))
            if (reference.take(entry) === 'COUNTS') left.push(entry.record());
        }
      }
      invariants.restart(left);
    },
    now: () => EPOCH + Math.round(scheduler.now() * 1_000),
    violated,
    start,
    kill(instance) {
      if (!instance.process.alive) return;
      tell(`${instance.process.name} is killed`);
      instance.ending = true;
      instance.process.alive = false;
    },
    async stop(instance) {
      instance.ending = true;
      tell(`${instance.process.name} is asked to stop`);
      await instance.runtime.stop();
      tell(`${instance.process.name} has stopped`);
      instance.process.alive = false;
    },
    running: (stage) => instances.filter((of) => of.stage === stage && of.process.alive && !of.ending),
    source(name) {
      const log = clientOf(newProcess(name));
      return async (records) => {
        const at = world.now();
        const batch = records.map((record): Outgoing => {
          const draft = draftOfSource(record, at, TOPOLOGY.partitions[record.topic]);
          return { kind: 'RECORD', draft, claim: null };
        });
        return log.append(batch).then(
          () => true,
          () => false,
        );
      };
    },
  };
  return world;
}

/** Of an order that leaves for the venue: what goes wrong there. */
export interface VenueChance {
  readonly answer_lost_bps: number;
  readonly never_arrived_bps: number;
  readonly not_executed_bps: number;
}
