// kafkajs' heartbeats ride on its fetch loop; a member here has none: it stays in the group while it idles, and while the process is busy.
import { afterEach, beforeAll, expect, it } from 'vitest';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { until } from '../../runtime/claimed/toy-group.ts';
import { topologyOf } from '../../topology.ts';
import { makeTopicsOf, removeTopicsOf } from './kafka-topics.ts';
import { joinGroup, type KafkaMembership } from './membership.ts';
import { kafkaSettings } from './settings.ts';

/** The shortest session that a broker allows by default. */
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 300;

describeKafka('a member of a group', () => {
  const topology = topologyOf(2, {}, freshPrefix());
  const positions = [{ topic: `${topology.prefix}journal.v1`, partition: 0, offset: 0 }];
  const told: string[] = [];
  const members: KafkaMembership[] = [];
  let brokers: readonly string[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
    await makeTopicsOf(brokers, topology);
    return () => removeTopicsOf(brokers, topology);
  }, 240_000);
  afterEach(async () => {
    for (const member of members.splice(0)) await member.leave();
    told.length = 0;
  });

  async function member(group: string): Promise<KafkaMembership> {
    const joined = joinGroup({
      settings: kafkaSettings(brokers, { session_ms: SESSION_MS, heartbeat_ms: HEARTBEAT_MS }),
      group: `${topology.prefix}${group}`,
      version: '1',
      topics: [`${topology.prefix}journal.v1`],
      partitions: 2,
      failed: (error) => told.push(`failed: ${String(error)}`),
      tell: (event) => told.push(event),
    });
    members.push(joined);
    await until('both partitions are its own', () => joined.assignment()?.partitions?.length === 2);
    expect(joined.assignment()?.partitions).toEqual([0, 1]);
    return joined;
  }

  /** Nothing else runs in this process meanwhile. */
  function work(ms: number): void {
    for (const end = performance.now() + ms; performance.now() < end; );
  }

  it('that has nothing to read tells that it lives at every interval, from the first on', async () => {
    const idle = await member('idle');
    const joined = idle.answeredAt();
    await new Promise((resolve) => setTimeout(resolve, 3 * HEARTBEAT_MS));
    expect(idle.answeredAt() - joined).toBeGreaterThanOrEqual(HEARTBEAT_MS);
    expect(await idle.commit(positions)).toBe(true);
  });

  it('stays through long synchronous work, again and again, where each is shorter than its session', async () => {
    const busy = await member('busy');
    const before = busy.memberId();
    for (let i = 0; i < 3; i++) {
      work(SESSION_MS / 2);
      // One heartbeat and its answer.
      const seen = busy.answeredAt();
      await until('it was heard', () => busy.answeredAt() > seen, SESSION_MS);
    }
    expect([busy.memberId(), busy.assignment()?.generation, told]).toEqual([before, 1, ['joined']]);
  });

  it('that worked for longer than its session is thrown out, says so, and comes back as another', async () => {
    const late = await member('late');
    const before = late.memberId();
    work(SESSION_MS + 3_000);
    expect(await late.commit(positions)).toBe(false);
    expect(performance.now() - late.answeredAt(), 'the stage knows before the broker tells').toBeGreaterThan(SESSION_MS);
    await until('it is back', () => told.length >= 3 && late.assignment()?.partitions?.length === 2);
    expect(told).toEqual(['joined', 'thrown out', 'joined']);
    expect(late.assignment()?.partitions).toEqual([0, 1]);
    expect(late.memberId()).not.toBe(before);
  });
});
