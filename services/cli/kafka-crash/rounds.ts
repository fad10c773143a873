// For tests: what is done to the pipeline, one function for each row of the crash matrix; each prints how long it took to recover.
import { setTimeout as wait } from 'node:timers/promises';
import { quietClient } from '../../../topology/kafka-broker/quiet-client.ts';
import type { StageName } from '../../../topology/stages.ts';
import { PIPELINE } from '../kafka-stages.ts';
import { type Field, SESSION_S, SOURCES } from './field.ts';

async function recovered(field: Field, what: string, since: number, names: readonly string[]): Promise<void> {
  for (const name of names)
    if (!(await field.crew.atWork(name)))
      throw new Error(`${what}: ${name} is not at work again: ${JSON.stringify(field.crew.toldBy(name).slice(-3))}`);
  const work = Math.round(performance.now() - since);
  const decided = await field.decidedAgain(since);
  field.say(`${what}: at work after ${work} ms, the next signal decided after ${decided} ms`);
}

/** SIGKILL in the middle of the load; each is started again at once. */
export async function kill(field: Field, stages: readonly StageName[]): Promise<void> {
  await wait(field.draw() * 1_000);
  const since = performance.now();
  await Promise.all(stages.map((stage) => field.crew.kill(stage)));
  for (const stage of stages) await field.start(stage);
  await recovered(field, `SIGKILL of ${stages.join(', ')}`, since, stages);
}

/** Every stage and the sources at once. */
export async function killAll(field: Field): Promise<void> {
  const since = performance.now();
  await Promise.all(field.crew.names().map((name) => field.crew.kill(name)));
  await field.crew.start(SOURCES, ['clock', 'market']);
  for (const stage of PIPELINE) await field.start(stage);
  await recovered(field, 'SIGKILL of everything', since, PIPELINE);
}

/** SIGSTOP for longer than a session, a second instance takes over, SIGCONT: a zombie that wakes with work in its hands. */
export async function freeze(field: Field, stage: StageName, ms: number): Promise<void> {
  const { crew } = field;
  const other = `${stage} (stand-in)`;
  await wait(field.draw() * 1_000);
  const since = performance.now();
  crew.freeze(stage);
  await field.start(stage, other);
  await recovered(field, `SIGSTOP of ${stage}, a second instance`, since, [other]);
  await wait(Math.max(0, since + ms - performance.now()));
  const thawed = performance.now();
  crew.thaw(stage);
  await recovered(field, `SIGCONT of ${stage} after ${Math.round(thawed - since)} ms`, thawed, [stage, other]);
  await removed(field, stage, other);
}

/** A second instance joins under load, and leaves. */
export async function addAndRemove(field: Field, stage: StageName): Promise<void> {
  const other = `${stage} (second)`;
  const since = performance.now();
  await field.start(stage, other);
  await recovered(field, `a second ${stage} added`, since, [stage, other]);
  await wait(1_000);
  await removed(field, stage, other);
}

async function removed(field: Field, stage: StageName, other: string): Promise<void> {
  const since = performance.now();
  const exit = await field.crew.stop(other);
  if (exit !== 0) throw new Error(`${other} ended with ${exit}, expected 0`);
  await recovered(field, `the second ${stage} removed`, since, [stage]);
}

/** The member reaches everything but its group, for longer than its session; another takes over; then it comes back. */
export async function cutFromCoordinator(field: Field, stage: StageName): Promise<void> {
  const { crew, proxy, proxied } = field;
  const lonely = `${stage} (behind the proxy)`;
  await crew.start(lonely, [stage], proxied);
  if (!(await crew.atWork(lonely))) throw new Error(`${lonely} is not at work`);
  // It owns everything: nobody else is there.
  await crew.stop(stage);
  await field.decidedAgain(performance.now());
  const since = performance.now();
  proxy.cut();
  await field.start(stage);
  await recovered(field, `${stage} cut off from its coordinator, a second instance`, since, [stage]);
  await wait(Math.max(0, since + 3_000 * SESSION_S - performance.now()));
  const healed = performance.now();
  proxy.heal();
  await recovered(field, `${stage} reaches its coordinator again`, healed, [stage, lonely]);
  await removed(field, stage, lonely);
}

/** SIGKILL of a broker, or a stop in good order; with one broker nothing can be read or written meanwhile. */
export async function restartBroker(field: Field, i: number, how: 'kill' | 'shutDown', away_ms = 0): Promise<void> {
  const node = field.cluster.nodes[i];
  if (node === undefined) throw new RangeError(`the cluster has no broker ${i}`);
  const since = performance.now();
  await node[how]();
  await wait(away_ms);
  await node.start();
  const back = performance.now();
  await field.cluster.ready();
  const away = away_ms > 0 ? `, away for ${Math.round((back - since) / 1_000)} s` : '';
  await recovered(field, `broker ${node.id}: ${how} and start${away}`, since, field.crew.names());
}

/** Two of three at once: too few replicas are in step for anything to be taken. Who is not patient ends with 69. */
export async function loseMostBrokers(field: Field, away_ms: number): Promise<void> {
  const { crew, cluster } = field;
  await crew.start('impatient', ['strategy'], { WEIR_KAFKA_AWAY_S: '5' });
  if (!(await crew.atWork('impatient'))) throw new Error('the impatient one is not at work');
  const names = crew.names().filter((name) => name !== 'impatient');
  const impatient = crew.ended('impatient');
  const lost = cluster.nodes.slice(0, 2);
  const since = performance.now();
  await Promise.all(lost.map((node) => node.kill()));
  const exit = await impatient;
  if (exit !== 69) throw new Error(`two of three brokers away: ended with ${exit}, expected 69`);
  field.say(`two of three brokers away: who waits for 5 s has ended after ${Math.round(performance.now() - since)} ms`);
  await wait(Math.max(0, since + away_ms - performance.now()));
  await Promise.all(lost.map((node) => node.start()));
  await cluster.ready();
  await recovered(field, 'two of three brokers back', since, names);
}

/** Every partition of every topic is given to another leader. */
export async function moveLeaders(field: Field): Promise<void> {
  const admin = quietClient(field.cluster.brokers, { retry: { retries: 5 } }).admin();
  await admin.connect();
  const since = performance.now();
  try {
    const { topics } = await admin.fetchTopicMetadata();
    const ours = topics.filter(({ name }) => name.endsWith('.v1'));
    for (const keep of [false, true]) {
      await admin.alterPartitionReassignments({
        topics: ours.map(({ name, partitions }) => ({
          topic: name,
          partitionAssignment: partitions.map(({ partitionId, leader, replicas }) => {
            const others = replicas.filter((id) => id !== leader);
            // Without its leader first; then it comes back as the last.
            return { partition: partitionId, replicas: keep ? [...others, leader] : others };
          }),
        })),
      });
      for (;;) {
        const { topics: under } = await admin.listPartitionReassignments({});
        if (under.length === 0) break;
        await wait(200);
      }
    }
    const moved = (await admin.fetchTopicMetadata({ topics: ours.map(({ name }) => name) })).topics;
    const before = new Map(
      ours.flatMap(({ name, partitions }) => partitions.map((of) => [`${name}/${of.partitionId}`, of.leader])),
    );
    const still = moved.flatMap(({ name, partitions }) =>
      partitions.filter((of) => before.get(`${name}/${of.partitionId}`) === of.leader).map((of) => `${name}/${of.partitionId}`),
    );
    if (still.length > 0) throw new Error(`the leaders of ${still.join(', ')} have not moved`);
  } finally {
    await admin.disconnect();
  }
  await recovered(field, 'every leader moved', since, field.crew.names());
}
