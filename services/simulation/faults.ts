// What goes wrong while it may: processes die, sleep, lose their coordinator, jump in time, come and go; snapshots tear, copies arrive late.
import { fillId, orderEventId } from '../../schemas/ids.ts';
import type { OrderEvent } from '../../schemas/records.generated.ts';
import { MINUTE } from '../../schemas/time.ts';
import { copyOf, newDraft } from '../../topology/log/draft.ts';
import type { LogEntry } from '../../topology/log/shared-log.ts';
import type { SendTrouble } from '../../topology/simulation/producer.ts';
import type { TopicName } from '../../topology/topics.ts';
import { PARTITIONS, SIMULATED, TOPOLOGY, VERSIONS } from './pipeline.ts';
import type { Instance, World } from './world.ts';

const TROUBLE: SendTrouble = { answer_lost: 0.02, partial: 0.02, late: 0.02, lost: 0.01, unnamed: 0.01 };

const INSTANCES_MAX = 3;
const EVERY_MS = 600;
const COPIED: readonly TopicName[] = ['journal.v1', 'decisions.v1', 'orders.v1', 'positions.v1', 'trades.v1', 'signals.v1'];

export interface Faults {
  /** Nothing new goes wrong; what sleeps wakes, and each stage has somebody again. */
  end(): void;
}

export function startFaults(world: World): Faults {
  const { chance, scheduler } = world;
  let ended = false;
  world.trouble = TROUBLE;

  function again(): void {
    if (ended) return;
    scheduler.after(chance.between(0, 2 * EVERY_MS), null, () => {
      if (ended) return;
      strike();
      again();
    });
  }

  function someone(): Instance | null {
    const running = world.running(chance.pick(SIMULATED));
    return running.length === 0 ? null : chance.pick(running);
  }

  function strike(): void {
    const victim = someone();
    if (victim === null) return;
    const draw = chance.next();
    if (draw < 0.2) killed(victim);
    else if (draw < 0.45) asleep(victim);
    else if (draw < 0.57) unheard(victim);
    else if (draw < 0.66) cameAndWent(victim);
    else if (draw < 0.7) victim.process.clock_offset = Math.round(chance.between(-1, 1) * 30 * MINUTE);
    else if (draw < 0.86) copied(world);
    else if (draw < 0.9) filledLate(world);
    else harmed(world);
  }

  function killed(victim: Instance): void {
    world.kill(victim);
    scheduler.after(chance.between(20, 1_500), null, () => {
      joined(victim);
    });
  }

  /** It wakes as a zombie where it was taken for dead meanwhile. */
  function asleep(victim: Instance): void {
    const ms = chance.happens(0.5) ? chance.between(100, 2_000) : chance.between(3_000, 9_000);
    world.tell(`${victim.process.name} sleeps for ${ms.toFixed(0)} ms`);
    victim.process.paused_until = scheduler.now() + ms;
    if (chance.happens(0.6)) joined(victim);
  }

  /** The coordinator does not hear it, the log does; some are never heard again. */
  function unheard(victim: Instance): void {
    world.tell(`${victim.process.name} is cut off from its coordinator`);
    victim.membership.cut = true;
    joined(victim);
    if (chance.happens(0.5)) {
      scheduler.after(chance.between(500, 9_000), null, () => {
        // Of a version that is no more it would keep the next one out of the group: the operator ends it.
        if (victim.stage === 'decision' && victim.version !== world.version) world.kill(victim);
        victim.membership.cut = false;
      });
    }
  }

  function joined({ stage }: Instance): void {
    if (world.running(stage).length < INSTANCES_MAX && !(stage === 'decision' && world.upgrading)) world.start(stage);
  }

  function cameAndWent(victim: Instance): void {
    if (world.running(victim.stage).length > 1) void world.stop(victim);
    else joined(victim);
  }

  again();
  return {
    end() {
      ended = true;
      for (const { process } of world.instances) process.paused_until = Math.min(process.paused_until, scheduler.now());
      for (const stage of SIMULATED) {
        if (stage === 'decision' && world.upgrading) continue;
        if (world.running(stage).every(({ membership }) => membership.cut)) world.start(stage);
      }
    },
  };
}

/** Some of the last records of a partition, one of each type, arrive once more, under the claim they were written under. */
function copied(world: World): void {
  const { chance, broker } = world;
  const topic = chance.pick(COPIED);
  const partition = chance.below(PARTITIONS);
  const end = broker.end(topic, partition);
  const newest = new Map<string, LogEntry>();
  for (const entry of broker.entries(topic, partition, Math.max(broker.start(topic, partition), end - 30), end, 30))
    if (entry.kind === 'RECORD') newest.set(entry.record().type, entry);
  for (const entry of newest.values()) {
    world.tell(`a copy of ${topic}/${partition} offset ${entry.offset}`);
    world.copies_allowed = true;
    broker.land([{ kind: 'RECORD', draft: copyOf(entry.record()), claim: entry.claim }]);
    world.copies_allowed = false;
  }
}

/** The venue tells of one more fill of an order that had its fills: it was never asked for so much. */
function filledLate(world: World): void {
  const { chance, broker } = world;
  const partition = chance.below(PARTITIONS);
  const end = broker.end('journal.v1', partition);
  const entries = broker.entries('journal.v1', partition, Math.max(broker.start('journal.v1', partition), end - 40), end, 40);
  const fills = entries.flatMap((entry) => {
    const record = entry.kind === 'RECORD' ? entry.record() : null;
    return record?.type === 'OrderEvent' && record.value.type === 'FILL' ? [{ record, claim: entry.claim }] : [];
  });
  if (fills.length === 0) return;
  const { record, claim } = chance.pick(fills);
  const { account, venue, order_id, venue_order_id } = record.value;
  const venue_trade_id = `late-${world.scheduler.now()}`;
  const fill_id = fillId({ account, venue, venue_order_id: venue_order_id ?? '', venue_trade_id });
  const event_id = orderEventId({ key: fill_id, order_id: order_id ?? '', type: 'FILL' });
  const venue_at = (record.value.venue_at ?? 0) + 1_000;
  world.tell(`a late fill of ${order_id}`);
  const value: OrderEvent = { ...record.value, event_id, fill_id, venue_trade_id, venue_at, evidence: 'STREAM' };
  const draft = newDraft('journal.v1', partition, 'OrderEvent', record.key, value, world.now(), event_id, '', '', null, '', null);
  broker.land([{ kind: 'RECORD', draft, claim }]);
}

/** A snapshot is lost, or half of its bytes are: an older one has to do, or none. */
function harmed(world: World): void {
  const { chance, broker } = world;
  const topic = 'snapshots.v1';
  const partition = chance.below(TOPOLOGY.partitions[topic]);
  const entries = broker.entries(topic, partition, 0, broker.end(topic, partition), 1_000);
  // Where the old version ended only its last snapshots tell: without them the next one rightly stops.
  const upgraded = world.upgrading || world.version !== VERSIONS[0];
  const snapshots = entries.filter(({ kind, key }) => kind === 'RECORD' && !(upgraded && key.startsWith('decision/')));
  if (snapshots.length === 0) return;
  const { offset, key } = chance.pick(snapshots);
  const torn = chance.happens(0.5);
  world.tell(`snapshot ${key} is ${torn ? 'torn' : 'lost'}`);
  if (torn) broker.tear(topic, partition, offset);
  else broker.punch(topic, partition, offset);
}

/** The decision stage goes over to its next version: all members of the old one end gracefully, and where they could not, begin again. */
export async function upgrade(world: World): Promise<void> {
  const [old, next] = VERSIONS;
  world.tell('the decision stage is upgraded');
  world.upgrading = true;
  for (;;) {
    await run(world, old);
    // Who does not hear it, asleep or cut off, lives on: the group keeps its version apart.
    const asked = world.running('decision').filter(({ membership }) => !membership.cut);
    for (const instance of asked) void world.stop(instance);
    const awake = asked.filter(({ process }) => process.paused_until <= world.scheduler.now());
    await until(world, () => awake.every(({ process }) => !process.alive));
    await run(world, next);
    const refused = world.stopped.filter(({ at }) => at.stage === 'decision' && at.reason === 'DIVERGED');
    for (const stop of refused) world.stopped.splice(world.stopped.indexOf(stop), 1);
    if (!refused.some(({ version }) => version === next)) break;
    // What stands there was derived by the old one, which has to finish first; from snapshots of the next one it goes on, too.
    world.went_back = true;
    for (const instance of world.running('decision')) world.kill(instance);
  }
  world.upgrading = false;
}

/** Until each partition is owned, or stands. */
async function run(world: World, version: string): Promise<void> {
  world.version = version;
  await until(world, () => {
    const running = world.running('decision').filter((of) => of.version === version);
    if (running.every(({ membership }) => membership.cut)) world.start('decision');
    return running.some(isSettled);
  });
}

function isSettled({ runtime }: Instance): boolean {
  const current = runtime.owned().filter((of) => of.current);
  return current.length + runtime.stopped().length === PARTITIONS;
}

function until(world: World, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (holds()) resolve();
      else world.scheduler.after(100, null, look);
    };
    look();
  });
}
