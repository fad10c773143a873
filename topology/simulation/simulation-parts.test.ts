// The parts of the simulated world: time, processes, the log model and its producer behave as what they stand for.
import { describe, expect, test } from 'vitest';
import { blankSignal } from '../../schemas/records.generated.ts';
import { newDraft } from '../log/draft.ts';
import { AppendFailedError, LogHoleError, OffsetGoneError } from '../log/errors.ts';
import type { Outgoing } from '../log/shared-log.ts';
import { topologyOf } from '../topology.ts';
import { createBroker } from './broker.ts';
import { chanceOf } from './chance.ts';
import { simulatedClient } from './client.ts';
import { createGroup } from './group.ts';
import { NO_TROUBLE, type SendTrouble } from './producer.ts';
import { createReference } from './reference.ts';
import { createScheduler, newProcess } from './scheduler.ts';

function record(id: string, partition = 0, claim: string | null = null, source: number | null = null): Outgoing {
  const from = source === null ? null : { stage: 'strategy', topic: 'market.v1', partition: 0, offset: source, index: 0 };
  const draft = newDraft('signals.v1', partition, 'Signal', id, blankSignal(), 1, id, '', '', from, '', null);
  return { kind: 'RECORD', draft, claim: claim === null ? null : { slot: 'strategy/market.v1/0', id: claim } };
}
const claimOf = (id: string): Outgoing => ({
  kind: 'CLAIM',
  topic: 'signals.v1',
  partition: 0,
  claim: { slot: 'strategy/market.v1/0', id },
});

function world(trouble: Partial<SendTrouble> = {}) {
  const chance = chanceOf(1);
  const scheduler = createScheduler(chance);
  const broker = createBroker(topologyOf(2), () => {});
  const process = newProcess('client');
  const client = simulatedClient({ broker, scheduler, chance, trouble: () => ({ ...NO_TROUBLE, ...trouble }) }, process);
  return { chance, scheduler, broker, process, client };
}

test('the same seed makes the same choices, another one others', () => {
  const drawn = (seed: number): number[] => Array.from({ length: 20 }, chanceOf(seed).next);
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
  expect(drawn(7).every((value) => value >= 0 && value < 1)).toBe(true);
});

describe('time', () => {
  test('what is earlier happens first, and promises go on between two events', async () => {
    const { scheduler } = world();
    const seen: string[] = [];
    scheduler.after(5, null, () => seen.push('late'));
    scheduler.after(1, null, () => {
      seen.push('early');
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => seen.push('its consequence'));
    });
    await scheduler.run(10);
    expect(seen).toEqual(['early', 'its consequence', 'late']);
  });

  test('what was killed does nothing more; what sleeps does it when it wakes', async () => {
    const { scheduler } = world();
    const [dead, asleep] = [newProcess('dead'), newProcess('asleep')];
    const seen: string[] = [];
    scheduler.after(1, dead, () => seen.push('dead'));
    scheduler.after(1, asleep, () => seen.push(`asleep ${scheduler.now()}`));
    dead.alive = false;
    asleep.paused_until = 7;
    await scheduler.run(10);
    expect(seen).toEqual(['asleep 7']);
  });
});

describe('the log model', () => {
  test('offsets are given in order, and again after a truncation; not after a hole', () => {
    const { broker } = world();
    const offsets = (): number[] => broker.entries('signals.v1', 0, 0, 99, 99).map(({ offset }) => offset);
    expect(broker.land([record('a'), record('b'), record('c')])).toBe(0);
    broker.punch('signals.v1', 0, 1);
    expect(broker.land([record('d')])).toBe(3);
    expect(offsets()).toEqual([0, 2, 3]);
    broker.truncate('signals.v1', 0, 2);
    expect(broker.land([record('e')])).toBe(2);
    expect(offsets()).toEqual([0, 2]);
    const before = broker.incarnation('signals.v1');
    broker.remake('signals.v1');
    expect([broker.end('signals.v1', 0), broker.incarnation('signals.v1') === before]).toEqual([0, false]);
  });

  test('a reader meets a hole, and what lies outside, as errors', async () => {
    const { broker, client, scheduler } = world();
    broker.land([record('a'), record('b'), record('c'), record('d')]);
    broker.punch('signals.v1', 0, 2);
    broker.trim('signals.v1', 0, 1);
    void client.waitFor('signals.v1', 0, 1);
    await scheduler.run(1_000);
    await expect(client.read('signals.v1', 0, 0, 9)).rejects.toThrow(OffsetGoneError);
    await expect(client.read('signals.v1', 0, 1, 9)).rejects.toThrow(LogHoleError);
    await expect(client.read('signals.v1', 0, 9, 9)).rejects.toThrow(LogHoleError);
    expect((await client.read('signals.v1', 0, 3, 9)).map(({ key }) => key)).toEqual(['d']);
  });
});

describe('a send', () => {
  async function sent(trouble: Partial<SendTrouble>) {
    const { broker, client, scheduler } = world(trouble);
    const append = client.append([record('a', 0), record('b', 1)]).then(
      (result) => result.map(({ partition, offset }) => `${partition}/${offset}`),
      (error: unknown) => (error instanceof AppendFailedError ? 'failed' : String(error)),
    );
    await scheduler.run(10_000);
    return { result: await append, stands: [broker.end('signals.v1', 0), broker.end('signals.v1', 1)] };
  }

  test('names every partition when all goes well', async () => {
    expect(await sent({})).toEqual({ result: ['0/0', '1/0'], stands: [1, 1] });
  });
  test('whose answer is lost has failed, and stands', async () => {
    expect(await sent({ answer_lost: 1 })).toEqual({ result: 'failed', stands: [1, 1] });
  });
  test('that was lost has failed, and does not stand', async () => {
    expect(await sent({ lost: 1 })).toEqual({ result: 'failed', stands: [0, 0] });
  });
  test('acknowledged without one of its partitions has failed', async () => {
    const { result, stands } = await sent({ unnamed: 1 });
    expect([result, stands.toSorted()]).toEqual(['failed', [0, 1]]);
  });
});

test('a member that is not heard of loses its share, and learns it when it is heard again', async () => {
  const { chance, scheduler } = world();
  const group = createGroup({ stage: 'decision', partitions: 2, session_ms: 3_000, mixed: () => {} }, scheduler, chance);
  const [first, second] = [group.join(newProcess('a'), '1'), group.join(newProcess('b'), '1')];
  await scheduler.run(3_000);
  expect([first, second].map((of) => of.assignment()?.partitions.length)).toEqual([1, 1]);
  first.cut = true;
  await scheduler.run(10_000);
  expect(second.assignment()?.partitions).toEqual([0, 1]);
  // It believes what it was told last: only its own clock tells it that nobody has answered.
  expect(first.assignment()?.partitions.length).toBe(1);
  expect(scheduler.now() - first.answeredAt()).toBeGreaterThan(3_000);
  first.cut = false;
  await scheduler.run(14_000);
  expect([first, second].map((of) => of.assignment()?.partitions.length)).toEqual([1, 1]);
});

test('members of another version wait until those of this one have left', async () => {
  const { chance, scheduler } = world();
  const mixed: string[] = [];
  const options = { stage: 'decision', partitions: 2, session_ms: 3_000, mixed: () => mixed.push('mixed') };
  const group = createGroup(options, scheduler, chance);
  const old = group.join(newProcess('old'), '1');
  await scheduler.run(2_000);
  const next = group.join(newProcess('new'), '2');
  await scheduler.run(6_000);
  expect(next.assignment()).toBeNull();
  await old.leave();
  await scheduler.run(9_000);
  expect(next.assignment()?.partitions).toEqual([0, 1]);
  expect(mixed).toEqual([]);
});

test('the reference: Claim first, then the watermark', () => {
  const reference = createReference();
  const { broker } = world();
  const batch = [
    claimOf('a'),
    record('1', 0, 'a', 5),
    record('1', 0, 'a', 5),
    claimOf('b'),
    record('2', 0, 'a', 6),
    record('3', 0, 'b', 6),
  ];
  broker.land(batch);
  expect(broker.entries('signals.v1', 0, 0, 9, 9).map((entry) => reference.take(entry))).toEqual([
    'NOTHING',
    'COUNTS',
    'COPY',
    'NOTHING',
    'FENCED',
    'COUNTS',
  ]);
});
