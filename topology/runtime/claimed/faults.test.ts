// What may not go on does not: logs that changed under a snapshot, folds that diverge, members that nobody hears, days that end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blankDecision, blankEnrichedSignal, blankPosition } from '../../../schemas/records.generated.ts';
import { DAY, HOUR } from '../../../schemas/time.ts';
import { describeKafka, freshPrefix, sharedKafka } from '../../kafka-broker/test-kafka.ts';
import { newDraft } from '../../log/draft.ts';
import { AppendFailedError } from '../../log/errors.ts';
import { type KafkaLog, openKafkaLog } from '../../log/kafka/kafka-log.ts';
import { cutBelow, makeTopicsOf, removeTopicsOf } from '../../log/kafka/kafka-topics.ts';
import { kafkaSettings } from '../../log/kafka/settings.ts';
import { SYSTEM_TIMING } from '../../log/kafka/system-timing.ts';
import type { Membership, SharedLog } from '../../log/shared-log.ts';
import { type Topology, topologyOf } from '../../topology.ts';
import { type ToyState, toyStage } from '../toy-stages.ts';
import { runStage, type StageRuntime, type StageRuntimeOptions } from './stage-runtime.ts';
import { countedRecords, until } from './toy-group.ts';

/** One decision for each signal; another `salt` derives something else. */
const folding = (salt: string, version = '1') =>
  toyStage(
    'decision',
    (state, input, emit) => {
      if (input.type !== 'EnrichedSignal') return;
      if (input.id === 'poisonous') throw new Error('a bug');
      const value = { ...blankDecision(), decision_id: input.id, portfolio: input.key, policy_hash: `${salt}${state.taken}` };
      emit('decisions.v1', 'Decision', input.key, value, `d-${input.id}`);
    },
    version,
  );

function enriched(ids: readonly string[]) {
  return ids.map((id) => {
    const value = { ...blankEnrichedSignal(), signal_id: id, portfolio: 'pf-1' };
    const draft = newDraft('journal.v1', 0, 'EnrichedSignal', 'pf-1', value, 1_000_000, id, '', '', null, '', null);
    return { kind: 'RECORD' as const, draft, claim: null };
  });
}
const some = (from: number, count: number) => enriched(Array.from({ length: count }, (_, i) => `s${from + i}`));

interface FakeMember extends Membership {
  silent(): void;
  revoke(): void;
}

let members = 0;

/** The only member of its group, until it is told otherwise. */
function soleMember(): FakeMember {
  members += 1;
  const id = `member-${members}`;
  let answered: number | null = null;
  let partitions: readonly number[] = [0];
  const listeners: (() => void)[] = [];
  return {
    session_ms: 1_000,
    memberId: () => id,
    assignment: () => ({ generation: 1, partitions }),
    onChange: (listener) => void listeners.push(listener),
    answeredAt: () => answered ?? performance.now(),
    leave: async () => {},
    silent() {
      answered = performance.now() - 2_000;
    },
    revoke() {
      partitions = [];
      for (const listener of listeners) listener();
    },
  };
}

describeKafka('a stage that may not go on', () => {
  let brokers: readonly string[] = [];
  const made: Topology[] = [];
  const logs: KafkaLog[] = [];
  const runtimes: StageRuntime[] = [];
  beforeAll(async () => {
    brokers = await sharedKafka();
  }, 240_000);
  afterAll(async () => {
    for (const runtime of runtimes) await runtime.stop();
    for (const log of logs) await log.close();
    for (const topology of made) await removeTopicsOf(brokers, topology).catch(() => {});
  }, 60_000);

  async function fresh(): Promise<{ topology: Topology; log: KafkaLog }> {
    const topology = topologyOf(1, {}, freshPrefix());
    await makeTopicsOf(brokers, topology);
    made.push(topology);
    return { topology, log: await reopened(topology) };
  }
  async function reopened(topology: Topology): Promise<KafkaLog> {
    const log = await openKafkaLog({ settings: kafkaSettings(brokers), topology });
    logs.push(log);
    return log;
  }
  function start(log: SharedLog, different: Partial<StageRuntimeOptions> = {}) {
    const membership = soleMember();
    const told: string[] = [];
    const runtime = runStage({
      log,
      membership,
      timing: SYSTEM_TIMING,
      stage: () => folding(''),
      tell: (event, detail) => told.push(`${event}: ${detail}`),
      ...different,
    });
    runtimes.push(runtime);
    return { runtime, membership, told };
  }
  const decisions = async (log: KafkaLog): Promise<string[]> =>
    (await countedRecords(log, 'decisions.v1')).map(
      (record) => `${record.id} ${(record.value as { policy_hash: string }).policy_hash}`,
    );
  async function stoppedAs(runtime: StageRuntime): Promise<string> {
    await until('the partition stands', () => runtime.stopped().length === 1);
    return `${runtime.stopped()[0]?.reason}: ${runtime.stopped()[0]?.message}`;
  }

  it('a fold that derives something else than what stands publishes nothing and says what differs', async () => {
    const { log } = await fresh();
    await log.append(some(0, 10));
    const first = start(log, { snapshot_every_us: DAY });
    await until('ten decisions', async () => (await decisions(log)).length === 10);
    first.membership.revoke();
    const before = await decisions(log);
    const other = start(log, { stage: () => folding('other ') });
    expect(await stoppedAs(other.runtime)).toMatch(/DIVERGED: .*policy_hash derived "other 1", stands "1"/);
    expect(await decisions(log)).toEqual(before);
  });

  it('a fold that skips what stands is stopped, too', async () => {
    const { log } = await fresh();
    await log.append(some(0, 3));
    const first = start(log, { snapshot_every_us: DAY });
    await until('three decisions', async () => (await decisions(log)).length === 3);
    first.membership.revoke();
    const other = start(log, { stage: () => toyStage('decision', () => {}) });
    expect(await stoppedAs(other.runtime)).toMatch(/DIVERGED: .*stands, but was not derived again/);
  });

  it('an exception publishes what came before it, writes one letter, and stops the partition', async () => {
    const { log } = await fresh();
    await log.append([...some(0, 3), ...enriched(['poisonous']), ...some(3, 3)]);
    for (let i = 0; i < 2; i++) {
      const { runtime } = start(log);
      expect(await stoppedAs(runtime)).toMatch(/EXCEPTION: .*journal\.v1\/0 offset 3: a bug/);
    }
    expect(await decisions(log)).toEqual(['d-s0 1', 'd-s1 2', 'd-s2 3']);
    const letters = await countedRecords(log, 'dead-letters.v1');
    expect(letters.map((record) => record.type === 'DeadLetter' && record.value.error_class)).toEqual(['FOLD_STOPPED']);
  });

  it('a record that no log takes stops the partition and names it', async () => {
    const { log } = await fresh();
    await log.append(some(0, 1));
    const stage = toyStage('decision', (_state, input, emit) => {
      const value = { ...blankDecision(), decision_id: input.id, policy_hash: 'x'.repeat(2_000_000) };
      emit('decisions.v1', 'Decision', input.key, value, `d-${input.id}`);
    });
    expect(await stoppedAs(start(log, { stage: () => stage }).runtime)).toMatch(
      /EXCEPTION: .*Decision d-s0 for decisions\.v1 has 2\d{6} bytes/,
    );
  });

  /** A snapshot at offset 10 of the journal, and its owner gone. */
  async function withSnapshot(): Promise<{ topology: Topology; log: KafkaLog }> {
    const made = await fresh();
    await made.log.append(some(0, 10));
    const { runtime } = start(made.log);
    await until('ten decisions', async () => (await decisions(made.log)).length === 10);
    await until('current', () => runtime.owned().some((of) => of.current));
    await runtime.stop();
    expect(await made.log.endOffset('snapshots.v1', 0)).toBe(1);
    return made;
  }

  it('a snapshot is gone on from, even where the log starts at its very position', async () => {
    const { topology, log } = await withSnapshot();
    await cutBelow(brokers, topology, 'journal.v1', 0, 10);
    const { runtime, told } = start(log);
    await log.append(some(10, 5));
    await until('fifteen decisions', async () => (await decisions(log)).length === 15);
    expect((await decisions(log)).at(-1)).toBe('d-s14 15');
    expect(told.some((line) => line.endsWith('from 1'))).toBe(true);
    expect(runtime.stopped()).toEqual([]);
  });

  it('records that are gone above the snapshot stop the partition', async () => {
    const { topology, log } = await withSnapshot();
    await log.append(some(10, 10));
    await cutBelow(brokers, topology, 'journal.v1', 0, 15);
    expect(await stoppedAs(start(log).runtime)).toMatch(/LOG_CHANGED: .*the partition starts at offset 15/);
  });

  it('own outputs that are gone above the snapshot stop the partition', async () => {
    const { topology, log } = await withSnapshot();
    await log.append(some(10, 10));
    const { runtime, membership } = start(log, { snapshot_every_us: DAY });
    await until('twenty decisions', async () => (await decisions(log)).length === 20);
    await until('current', () => runtime.owned().some((of) => of.current));
    membership.revoke();
    await cutBelow(brokers, topology, 'decisions.v1', 0, 15);
    expect(await stoppedAs(start(log).runtime)).toMatch(
      /LOG_CHANGED: .*decisions\.v1\/0 offset 1\d: the partition starts at offset 15/,
    );
  });

  describe('a reader of positions without a snapshot', () => {
    /** Claim 0, a position nine hours old, one three hours old, Claim 1, one of an hour ago, one of now. */
    async function withPositions(): Promise<{ topology: Topology; log: KafkaLog }> {
      const made = await fresh();
      const slot = 'decision/journal.v1/0';
      const claimed = (n: number) =>
        made.log.append([{ kind: 'CLAIM', topic: 'positions.v1', partition: 0, claim: { slot, id: `c${n}` } }]);
      const position = async (hour: number, n: number): Promise<void> => {
        const at = hour * HOUR;
        const source = { stage: 'decision', topic: 'journal.v1', partition: 0, offset: hour, index: 0 };
        const draft = newDraft('positions.v1', 0, 'Position', 'pf-1', blankPosition(), at, `p${hour}`, '', '', source, '', null);
        await made.log.append([{ kind: 'RECORD', draft, claim: { slot, id: `c${n}` } }]);
      };
      await claimed(0);
      await position(1, 0);
      await position(7, 0);
      await claimed(1);
      await position(9, 1);
      await position(10, 1);
      return made;
    }
    const monitor = toyStage('monitor', (state, input) => void state.pending.push(input.id));
    const met = (runtime: StageRuntime): readonly string[] => (runtime.stateOf(0) as ToyState | undefined)?.pending ?? [];

    it('takes those of two hours before the newest, although the Claim of older ones is gone', async () => {
      const { topology, log } = await withPositions();
      await cutBelow(brokers, topology, 'positions.v1', 0, 1);
      const { runtime } = start(log, { stage: () => monitor });
      await until('current', () => runtime.owned().some((of) => of.current));
      expect(met(runtime)).toEqual(['p9', 'p10']);
      expect(runtime.stopped()).toEqual([]);
    });

    it('stops where it cannot know whether one of those counts', async () => {
      const { topology, log } = await withPositions();
      await cutBelow(brokers, topology, 'positions.v1', 0, 4);
      expect(await stoppedAs(start(log, { stage: () => monitor }).runtime)).toMatch(
        /LOG_CHANGED: .*whose Claim lies before the start/,
      );
    });
  });

  it('own outputs whose Claim is gone, and no snapshot that knows it, stop the partition', async () => {
    const { topology, log } = await fresh();
    await log.append(some(0, 10));
    const first = start(log, { snapshot_every_us: DAY });
    await until('ten decisions', async () => (await decisions(log)).length === 10);
    first.membership.revoke();
    await cutBelow(brokers, topology, 'decisions.v1', 0, 5);
    expect(await stoppedAs(start(log).runtime)).toMatch(/LOG_CHANGED: .*whose Claim lies before the start of the partition/);
  });

  it('an input made anew is not the one of the snapshot: what stands was not derived from it', async () => {
    const { topology, log } = await withSnapshot();
    await removeTopicsOf(brokers, topology, ['journal.v1']);
    await makeTopicsOf(brokers, topology, ['journal.v1']);
    const again = await reopened(topology);
    await again.append(enriched(['other']));
    expect(await stoppedAs(start(again).runtime)).toMatch(/LOG_CHANGED: .*journal\.v1\/0 .* the topic was made anew/);
    expect(await decisions(again)).toEqual(await decisions(log));
  });

  it('a member that nobody hears publishes nothing more', async () => {
    const { log } = await fresh();
    const { runtime, membership, told } = start(log);
    await until('current', () => runtime.owned().some((of) => of.current));
    membership.silent();
    await log.append(some(0, 5));
    await until('discarded', () => told.some((line) => line.includes('no heartbeat was answered for')));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await decisions(log)).toEqual([]);
  });

  it('an append that fails, whatever of it stands, is recovered from: nothing lost, nothing doubled', async () => {
    const { log } = await fresh();
    let appends = 0;
    const failing: SharedLog = {
      ...log,
      async append(batch) {
        appends += 1;
        if (appends % 3 === 0) {
          if (appends % 2 === 0) await log.append(batch);
          throw new AppendFailedError('for the test');
        }
        return log.append(batch);
      },
    };
    start(failing, { step_records: 4, snapshot_every_us: 300_000 });
    for (let i = 0; i < 10; i++) await log.append(some(10 * i, 10));
    await until('a hundred decisions', async () => (await decisions(log)).length === 100, 60_000);
    expect(await decisions(log)).toEqual(Array.from({ length: 100 }, (_, i) => `d-s${i} ${i + 1}`));
  });

  it('goes on while its snapshot is on its way, and does not end before it stands', async () => {
    const { topology, log } = await fresh();
    const { promise: open, resolve: letThrough } = Promise.withResolvers<void>();
    let held = 0;
    const slow: SharedLog = {
      ...log,
      async append(batch) {
        if (batch.some((of) => of.kind === 'RECORD' && of.draft.topic === 'snapshots.v1')) {
          held += 1;
          await open;
        }
        return log.append(batch);
      },
    };
    const { runtime } = start(slow, { snapshot_every_us: 100_000 });
    await log.append(some(0, 5));
    await until('a snapshot is on its way', () => held === 1);
    await log.append(some(5, 5));
    await until('ten decisions', async () => (await decisions(log)).length === 10);
    let ended = false;
    const stopped = runtime.stop().then(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([held, ended]).toEqual([1, false]);
    letThrough();
    await stopped;
    const { runtime: next, told } = start(await reopened(topology));
    await until('current', () => next.owned().some((of) => of.current));
    expect(told.some((line) => line.includes('from 1'))).toBe(true);
    expect((next.stateOf(0) as ToyState).taken).toBe(10);
  });

  it('claims anew when the day ends, and goes on under the new claim', async () => {
    const { log } = await fresh();
    let late = 0;
    const { runtime, told } = start(log, { timing: { ...SYSTEM_TIMING, now: () => SYSTEM_TIMING.now() + late } });
    await log.append(some(0, 5));
    await until('five decisions', async () => (await decisions(log)).length === 5);
    const end = await log.endOffset('orders.v1', 0);
    late = DAY;
    await until('a new Claim', async () => (await log.endOffset('orders.v1', 0)) > end);
    await log.append(some(5, 5));
    await until('ten decisions', async () => (await decisions(log)).length === 10);
    expect(told.some((line) => line.startsWith('discarded'))).toBe(false);
    expect((runtime.stateOf(0) as ToyState).taken).toBe(10);
  });
});
