// One seed: the whole pipeline lives through faults, then they stop, everything comes to rest, and nothing may be wrong.
import { chanceOf } from '../../topology/simulation/chance.ts';
import { NO_TROUBLE } from '../../topology/simulation/producer.ts';
import { type StageName, stageOf } from '../../topology/stages.ts';
import { TOPICS } from '../../topology/topics.ts';
import { type Catastrophe, strikeLog } from './catastrophe.ts';
import { startFaults, upgrade } from './faults.ts';
import { startOutside } from './outside.ts';
import { PARTITIONS, SIMULATED, TOPOLOGY, VERSIONS } from './pipeline.ts';
import { checkEnd } from './verdict.ts';
import { createWorld, type Instance, type World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  /** Kinds of what was wrong; empty when all is well. */
  readonly violations: readonly string[];
  readonly story: readonly string[];
  readonly virtual_ms: number;
  readonly events: number;
  readonly processes: number;
  readonly fenced: number;
  readonly counts: World['invariants']['counts'];
}

const FAULTS_MS = 16_000;
const CALM_MS = 8_000;
/** From then on everything is to be at rest within this. */
const REST_MS = 60_000;
/** Nothing has been appended for so long: at rest. */
const SILENCE_MS = 1_500;
const STEP_MS = 250;
/** How a stage may stop when the log has lost something. */
const AFTER_LOSS: readonly string[] = ['LOG_CHANGED', 'DIVERGED'];

export async function simulate(seed: number): Promise<SeedResult> {
  const chance = chanceOf(seed);
  const venue = { answer_lost_bps: 1_000, never_arrived_bps: 500, not_executed_bps: 500 };
  const world = createWorld(chance, venue);
  const { scheduler, violations } = world;
  world.version = VERSIONS[0];
  for (const stage of SIMULATED) world.start(stage);
  const outside = startOutside(world);
  await scheduler.run(2_000);
  const faults = startFaults(world);
  const upgrading = chance.happens(0.3);
  if (upgrading) scheduler.after(chance.between(3_000, FAULTS_MS - 4_000), null, () => void upgrade(world));
  await scheduler.run(FAULTS_MS);
  world.trouble = NO_TROUBLE;
  faults.end();
  // While an operator is at it, nothing else shall be to blame.
  const struck = chance.happens(0.4) && !world.upgrading ? strikeLog(world) : null;
  await scheduler.run(FAULTS_MS + CALM_MS / 2);
  outside.quiet();
  await scheduler.run(FAULTS_MS + CALM_MS);
  outside.rest();
  const rested = await atRest(world);
  const stopped = world.stopped.filter(({ at }) => struck === null || !AFTER_LOSS.includes(at.reason));
  for (const { at } of stopped) world.violated(`STOPPED_${at.reason}`, at.message);
  // What stood on what was lost stands, or waits for it to come again, and with it what comes after: that is for an operator.
  if (world.stopped.length === 0 && (rested || !waitsForever(struck))) {
    if (!rested) world.violated('NEVER_AT_REST', lagOf(world));
    if (violations.size === 0) checkEnd(world.reference(), world.went_back, world.violated);
  }
  return {
    seed,
    violations: [...violations],
    story: world.story,
    virtual_ms: scheduler.now(),
    events: scheduler.events(),
    processes: world.instances.length,
    fenced: world.reference().fenced(),
    counts: world.invariants.counts,
  };
}

/** A reader cannot know that what it waits for will never come: the end of the log was lost, or its last record. */
function waitsForever(struck: Catastrophe | null): boolean {
  return struck === 'truncated' || struck === 'hole';
}

/** Everything that stands has been taken, and nothing new comes of it. What has stopped may go on only while an operator is at it. */
async function atRest(world: World): Promise<boolean> {
  const { scheduler } = world;
  const until = scheduler.now() + REST_MS;
  let before = '';
  let since = scheduler.now();
  while (scheduler.now() < until && world.violations.size === 0 && (world.upgrading || world.stopped.length === 0)) {
    await scheduler.run(scheduler.now() + STEP_MS);
    const ends = endsOf(world);
    if (ends !== before || lagOf(world) !== '') {
      before = ends;
      since = scheduler.now();
    } else if (scheduler.now() - since >= SILENCE_MS) return true;
  }
  return false;
}

function endsOf({ broker }: World): string {
  const topics = TOPICS.filter(({ name }) => name !== 'snapshots.v1');
  return topics.flatMap(({ name }) => Array.from({ length: TOPOLOGY.partitions[name] }, (_, p) => broker.end(name, p))).join();
}

/** Names what is not taken yet; '' if nothing. */
function lagOf(world: World): string {
  for (const stage of SIMULATED) {
    for (let p = 0; p < PARTITIONS; p++) {
      const lag = world.running(stage).map((instance) => behind(world, stage, p, instance));
      if (!lag.includes('')) return `${stage}/${p}: ${lag.join('; ') || 'nobody runs'}`;
    }
  }
  return '';
}

function behind({ broker }: World, stage: StageName, partition: number, { membership, runtime, process }: Instance): string {
  if (membership.cut) return `${process.name} is cut off`;
  if (!runtime.owned().some((of) => of.partition === partition && of.current)) return `${process.name} does not own it`;
  const positions = runtime.positions();
  for (const { topic, scope } of stageOf(stage).inputs) {
    for (let p = 0; p < TOPOLOGY.partitions[topic]; p++) {
      if (scope !== 'all' && p !== partition) continue;
      const end = broker.end(topic, p);
      for (const at of positions) {
        if (at.topic === topic && at.partition === p && at.offset < end)
          return `${process.name} ${topic}/${p} ${at.offset} < ${end}`;
      }
    }
  }
  return '';
}
