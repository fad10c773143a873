// Recovery of a task: newest whole snapshot, comparison with what stands, parked records, versions.
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../schemas/hash.ts';
import { blankDecision, blankSignal, blankTrade, type DeadLetter } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { newDraft } from '../log/draft.ts';
import { FencedError } from '../log/errors.ts';
import type { LocalLog } from '../log/log.ts';
import { createMemoryLog } from '../log/memory.ts';
import { bytesOf } from '../log/sqlite-row.ts';
import type { Stage } from '../stage.ts';
import { firstDifferentLine, printedLog } from './printed-log.ts';
import { newestSnapshot } from './snapshot.ts';
import { StageStopped } from './stopped.ts';
import { TOY_STAGES, type ToyState, toyMarket, toyStage, toyStagesWith } from './toy-stages.ts';
import { createVirtualRuntime, type VirtualRuntime } from './virtual-runtime.ts';

const EVENTS = toyMarket(60);

function run(
  log: LocalLog,
  stages: readonly Stage<unknown>[],
  events = EVENTS,
  snapshot_every_us = 100 * SECOND,
): VirtualRuntime {
  const runtime = createVirtualRuntime({ log, stages, ticks: 'sparse', snapshot_every_us });
  runtime.run(events);
  return runtime;
}

function stoppedBy(work: () => unknown): StageStopped {
  try {
    work();
  } catch (error) {
    if (error instanceof StageStopped) return error;
    throw error;
  }
  throw new Error('nothing stopped');
}

/** Counts the records that its stages take. */
function counting(taken: { count: number }, name: string): readonly Stage<unknown>[] {
  return TOY_STAGES.map((stage) => ({
    ...stage,
    step(state: unknown, input: AnyEnvelope, emit: Parameters<Stage<unknown>['step']>[2], now: number) {
      if (stage.name === name) taken.count += 1;
      stage.step(state, input, emit, now);
    },
  }));
}

describe('snapshots', () => {
  it('a stage starts at its newest snapshot and takes only what follows', () => {
    const log = createMemoryLog();
    run(log, TOY_STAGES);
    const all = { count: 0 };
    createVirtualRuntime({ log, stages: counting(all, 'decision'), ticks: 'sparse' });
    expect(all.count).toBeGreaterThan(0);
    expect(all.count).toBeLessThan(log.endNow('journal.v1', 0) / 5);
  });

  it('after a graceful stop it takes nothing again, and its memory is the same', () => {
    const log = createMemoryLog();
    const runtime = run(log, TOY_STAGES);
    runtime.finish();
    const before = runtime.stateOf('decision', 0);
    const again = { count: 0 };
    const restarted = createVirtualRuntime({ log, stages: counting(again, 'decision'), ticks: 'sparse' });
    expect(again.count).toBe(0);
    expect(restarted.stateOf('decision', 0)).toEqual(before);
    expect((restarted.stateOf('decision', 0) as ToyState).taken).toBeGreaterThan(50);
  });

  it('the two newest of each stage partition stay', () => {
    const log = createMemoryLog();
    run(log, TOY_STAGES);
    const kept = new Map<string, Set<number>>();
    for (const record of log.readNow('snapshots.v1', 0, 0, 1e6)) {
      if (record.type !== 'Snapshot') continue;
      const name = record.value.stage;
      kept.set(name, (kept.get(name) ?? new Set()).add(record.value.offset));
    }
    expect([...kept.entries()].map(([name, offsets]) => [name, offsets.size])).toEqual(
      ['execution', 'decision', 'learning', 'monitor', 'strategy', 'enrichment'].map((name) => [name, 2]),
    );
  });

  it('a large state is cut in chunks of at most 512 KiB and read back whole', () => {
    const large = toyStage('monitor', (state) => {
      if (state.pending.length === 0) for (let i = 0; i < 30_000; i++) state.pending.push(sha256Hex(String(i)));
    });
    const log = createMemoryLog();
    run(log, toyStagesWith(large)).finish();
    const chunks = log
      .readNow('snapshots.v1', 0, 0, 1e6)
      .flatMap((record) => (record.type === 'Snapshot' && record.value.stage === 'monitor' ? [record.value] : []));
    expect(chunks.length).toBeGreaterThan(4);
    expect(Math.max(...chunks.map((chunk) => chunk.bytes.length))).toBe(512 * 1_024);
    const state = newestSnapshot(log, 'monitor', '1', 0)?.memory.state as ToyState | undefined;
    expect(state?.pending).toHaveLength(30_000);
  });

  it.each([
    ['a chunk is missing', (log: LocalLog) => log.forgetNow('snapshots.v1', 0, new Set([newestKey(log, 'decision')]))],
    ['its bytes were damaged', (log: LocalLog) => damage(log, 'decision')],
    [
      'its output ends do not exist',
      (log: LocalLog) =>
        change(log, 'decision', (value) => ({ ...value, outputs: value.outputs.map((o) => ({ ...o, end_offset: 1e9 })) })),
    ],
    [
      'it belongs to another incarnation of a topic',
      (log: LocalLog) =>
        change(log, 'decision', (value) => ({ ...value, inputs: value.inputs.map((i) => ({ ...i, topic_id: 'other' })) })),
    ],
  ])('a snapshot of which %s is passed over for the one before', (_case, spoil) => {
    const undisturbed = createMemoryLog();
    run(undisturbed, TOY_STAGES, toyMarket(80));
    const log = createMemoryLog();
    run(log, TOY_STAGES);
    const newest = newestSnapshot(log, 'decision', '1', 0)?.memory.sequence ?? 0;
    spoil(log);
    const next = newestSnapshot(log, 'decision', '1', 0)?.memory.sequence ?? 0;
    expect(next).toBeGreaterThan(0);
    expect(next).toBeLessThan(newest);
    run(log, TOY_STAGES, toyMarket(80));
    expect(firstDifferentLine(printedLog(log), printedLog(undisturbed))).toBeNull();
  });

  it('without any snapshot that can be read everything is folded again', () => {
    const log = createMemoryLog();
    run(log, TOY_STAGES);
    const keys = log.readNow('snapshots.v1', 0, 0, 1e6).map((record) => record.key);
    log.forgetNow('snapshots.v1', 0, new Set(keys));
    const taken = { count: 0 };
    createVirtualRuntime({ log, stages: counting(taken, 'decision'), ticks: 'sparse' });
    expect(taken.count).toBe(log.endNow('journal.v1', 0));
  });
});

type SnapshotValue = Extract<AnyEnvelope, { readonly type: 'Snapshot' }>['value'];

function newestOf(log: LocalLog, stage: string): Extract<AnyEnvelope, { readonly type: 'Snapshot' }> {
  const found = log
    .readNow('snapshots.v1', 0, 0, 1e6)
    .flatMap((record) => (record.type === 'Snapshot' && record.value.stage === stage ? [record] : []))
    .sort((a, b) => a.value.offset - b.value.offset)
    .at(-1);
  if (found === undefined) throw new Error(`no snapshot of ${stage}`);
  return found;
}

function newestKey(log: LocalLog, stage: string): string {
  return newestOf(log, stage).key;
}

/** Puts another value in the place of the newest snapshot. */
function change(log: LocalLog, stage: string, to: (value: SnapshotValue) => SnapshotValue): void {
  const found = newestOf(log, stage);
  log.forgetNow('snapshots.v1', 0, new Set([found.key]));
  log.appendNow([newDraft('snapshots.v1', 0, 'Snapshot', found.key, to(found.value), 0, '', '', '', null, '', null)]);
  log.endInstant();
}

function damage(log: LocalLog, stage: string): void {
  change(log, stage, (value) => ({ ...value, bytes: value.bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) }));
}

describe('divergence', () => {
  const decide = (at: number, policy_hash: string): Stage<unknown> =>
    toyStage('decision', (state, input, emit) => {
      if (input.type !== 'EnrichedSignal') return;
      const hash = state.taken >= at ? policy_hash : 'same';
      const value = { ...blankDecision(), decision_id: input.id, portfolio: input.key, policy_hash: hash };
      emit('decisions.v1', 'Decision', input.key, value, `${input.key} ${input.id}`);
      if (hash !== 'silent') emit('trades.v1', 'Trade', input.key, { ...blankTrade(), trade_id: input.id }, input.id);
    });

  it('a fold that derives another value stops, naming topic, partition, offset and field', () => {
    const log = createMemoryLog();
    run(log, toyStagesWith(decide(10, 'before')));
    const snapshots = log.readNow('snapshots.v1', 0, 0, 1e6).map((record) => record.key);
    log.forgetNow('snapshots.v1', 0, new Set(snapshots));
    const stopped = stoppedBy(() => createVirtualRuntime({ log, stages: toyStagesWith(decide(10, 'after')), ticks: 'sparse' }));
    expect(stopped).toMatchObject({ stage: 'decision', partition: 0, reason: 'DIVERGED', topic: 'journal.v1' });
    expect(stopped.message).toMatch(
      /^decision\/0 stopped at journal\.v1\/0 offset \d+: decisions\.v1\/0 offset \d+: Decision\.policy_hash derived "after", stands "before"$/,
    );
    const letters = log.readNow('dead-letters.v1', 0, 0, 9).map((record) => record.value);
    expect(letters).toMatchObject([{ stage: 'decision', error_class: 'FOLD_STOPPED', offset: stopped.offset }]);
  });

  it('a fold that derives more or less than what stands stops', () => {
    const more = createMemoryLog();
    run(more, toyStagesWith(decide(10, 'silent')), EVENTS, Number.POSITIVE_INFINITY);
    const stoppedMore = stoppedBy(() =>
      createVirtualRuntime({ log: more, stages: toyStagesWith(decide(1_000, '')), ticks: 'sparse' }),
    );
    expect(stoppedMore.message).toMatch(/policy_hash derived "same", stands "silent"/);

    const less = createMemoryLog();
    run(less, TOY_STAGES, EVENTS, Number.POSITIVE_INFINITY);
    const silent = toyStage('learning', () => {});
    const stoppedLess = stoppedBy(() => createVirtualRuntime({ log: less, stages: toyStagesWith(silent), ticks: 'sparse' }));
    expect(stoppedLess).toMatchObject({ stage: 'learning', reason: 'DIVERGED' });
    expect(stoppedLess.message).toMatch(/journal\.v1\/0 offset \d+: Lesson stands, but was not derived again/);

    const extra = createMemoryLog();
    run(extra, toyStagesWith(silent), EVENTS, Number.POSITIVE_INFINITY);
    const stoppedExtra = stoppedBy(() => createVirtualRuntime({ log: extra, stages: TOY_STAGES, ticks: 'sparse' }));
    expect(stoppedExtra.message).toMatch(/journal\.v1\/0: Lesson was derived, but does not stand/);
  });

  it('a stage that has stopped does not write its letter again at every start', () => {
    const log = createMemoryLog();
    run(log, toyStagesWith(decide(10, 'before')), EVENTS, Number.POSITIVE_INFINITY);
    const other = toyStagesWith(decide(10, 'after'));
    stoppedBy(() => createVirtualRuntime({ log, stages: other, ticks: 'sparse' }));
    stoppedBy(() => createVirtualRuntime({ log, stages: other, ticks: 'sparse' }));
    expect(log.endNow('dead-letters.v1', 0)).toBe(1);
  });

  it('a new version goes on where the old one stopped gracefully, and derives nothing twice', () => {
    const log = createMemoryLog();
    run(log, toyStagesWith(decide(10, 'before'))).finish();
    const before = log.endNow('decisions.v1', 0);
    const changed = toyStage('decision', (_state, input, emit) => {
      if (input.type === 'EnrichedSignal')
        emit('decisions.v1', 'Decision', input.key, blankDecision(), `new ${input.id} ${input.key}`);
    });
    const next: Stage<unknown> = { ...changed, version: '2' };
    run(log, toyStagesWith(next), toyMarket(66));
    const added = log.readNow('decisions.v1', 0, before, 1e6).map((record) => record.id);
    expect(added.length).toBe(6);
    expect(added.every((id) => id.startsWith('new '))).toBe(true);
  });
});

describe('a state of another shape', () => {
  const counting: Stage<unknown> = {
    ...toyStage('decision', () => {}),
    init: () => ({ met: [] }),
    step(state, input) {
      if (input.type === 'EnrichedSignal') (state as { met: string[] }).met.push(input.id);
    },
  };
  const reshaped: Stage<unknown> = { ...counting, shape: 2 };

  it('is refused by name, and nothing is derived from it', () => {
    const log = createMemoryLog();
    run(log, toyStagesWith(counting)).finish();
    const end = log.lastSequence();
    expect(() => run(log, toyStagesWith(reshaped))).toThrow(
      expect.objectContaining({
        reason: 'OTHER_SHAPE',
        message: expect.stringMatching(/snapshot of version 1 holds a state of shape 2: expected 3/),
      }),
    );
    expect(log.endNow('dead-letters.v1', 0)).toBe(0);
    expect(log.lastSequence()).toBe(end);
  });

  it('is read by the migration, once', () => {
    const log = createMemoryLog();
    run(log, toyStagesWith(counting)).finish();
    const seen: unknown[] = [];
    const migrating: Stage<unknown> = {
      ...reshaped,
      step() {},
      migrate(state, from) {
        seen.push(from);
        return { ids: (state as { met: string[] }).met };
      },
    };
    const first = run(log, toyStagesWith(migrating));
    expect(first.stateOf('decision', 0)).toEqual({ ids: expect.arrayContaining([expect.any(String)]) });
    first.finish();
    run(log, toyStagesWith(migrating));
    expect(seen).toEqual(['1']);
  });
});

describe('a second runtime on the same log', () => {
  it('fences the first, which can publish nothing more and does not blame its stages', () => {
    const log = createMemoryLog();
    const first = run(log, TOY_STAGES, toyMarket(20), Number.POSITIVE_INFINITY);
    createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse' });
    const before = log.endNow('decisions.v1', 0);
    expect(() => first.run(toyMarket(60).slice(20))).toThrow(FencedError);
    expect(log.endNow('decisions.v1', 0)).toBe(before);
    expect(log.endNow('dead-letters.v1', 0)).toBe(0);
  });
});

describe('a parked record', () => {
  const buggy = (seen: string[]): Stage<unknown> =>
    toyStage('decision', (_state, input) => {
      if (input.type === 'DeadLetter') seen.push(`parked ${input.value.offset}`);
      if (input.type === 'EnrichedSignal' && input.key === 'pf-2') throw new TypeError('no such portfolio');
      if (input.type === 'EnrichedSignal') seen.push(input.key);
    });

  function park(log: LocalLog, change: Partial<DeadLetter>): void {
    const [letter] = log.readNow('dead-letters.v1', 0, 0, 1);
    if (letter?.type !== 'DeadLetter') throw new Error('no letter');
    const value: DeadLetter = { ...letter.value, version: 2, status: 'PARKED', ...change };
    log.appendNow([newDraft('dead-letters.v1', 0, 'DeadLetter', letter.key, value, 0, letter.id, '', '', null, '', null)]);
    log.endInstant();
  }

  it('is skipped, decision is told at its place, and everything after it is taken', () => {
    const log = createMemoryLog();
    const events = toyMarket(3);
    const first = stoppedBy(() => run(log, toyStagesWith(buggy([])), events));
    park(log, {});
    const seen: string[] = [];
    createVirtualRuntime({ log, stages: toyStagesWith(buggy(seen)), ticks: 'sparse' });
    expect(seen).toEqual(['pf-1', `parked ${first.offset}`, 'pf-3']);
  });

  it('with the right hash is skipped, with another one refused', () => {
    const log = createMemoryLog();
    const first = stoppedBy(() => run(log, toyStagesWith(buggy([])), toyMarket(3)));
    const [record] = log.readNow('journal.v1', 0, first.offset, 1);
    if (record === undefined) throw new Error('no record');
    park(log, { value_sha256: sha256Hex(bytesOf(record)) });
    const seen: string[] = [];
    createVirtualRuntime({ log, stages: toyStagesWith(buggy(seen)), ticks: 'sparse' });
    expect(seen).toHaveLength(3);
    park(log, { value_sha256: sha256Hex('another record') });
    const stopped = stoppedBy(() => createVirtualRuntime({ log, stages: toyStagesWith(buggy([])), ticks: 'sparse' }));
    expect(stopped).toMatchObject({ reason: 'LOG_CHANGED', offset: first.offset });
  });
});

describe('poison', () => {
  it.each([
    [
      'on signals.v1 framed bytes of no known schema',
      'signals.v1',
      [0, 0xff, 0xff, 0xff, 0xff, 1],
      'SCHEMA_UNKNOWN',
      'enrichment',
    ],
    ['on signals.v1 a cut frame', 'signals.v1', [0, 0], 'DECODE_FAILED', 'enrichment'],
    ['on journal.v1 anything raw', 'journal.v1', [123, 125], 'DECODE_FAILED', 'decision'],
  ] as const)('%s costs each reader one letter, and the next record is processed', (_case, topic, bytes, error_class, stage) => {
    const log = createMemoryLog();
    const runtime = createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse' });
    const value = Uint8Array.from(bytes);
    const good = { topic: 'signals.v1', type: 'Signal', key: 'A', value: blankSignal(), id: 'good' } as const;
    runtime.advance({ at: SECOND, records: [{ topic, type: 'Raw', key: 'k', value, headers: { team: 'desk' } }, good] });
    const letters = log
      .readNow('dead-letters.v1', 0, 0, 9)
      .flatMap((record) => (record.type === 'DeadLetter' && record.value.stage === stage ? [record.value] : []));
    expect(letters).toMatchObject([
      { status: 'OPEN', topic, partition: 0, offset: 0, error_class, reason_code: error_class, value },
    ]);
    expect(letters[0]?.headers).toEqual({ team: new TextEncoder().encode('desk') });
    expect(log.readNow('journal.v1', 0, 0, 9).filter((record) => record.id === 'good')).toHaveLength(3);
  });

  it('raw bytes that are not framed are the business of the stage that reads a raw topic', () => {
    const seen: string[] = [];
    const enrichment = toyStage('enrichment', (_state, input) => {
      if (input.type === 'Raw') seen.push(new TextDecoder().decode(input.value));
    });
    const log = createMemoryLog();
    const runtime = createVirtualRuntime({ log, stages: toyStagesWith(enrichment), ticks: 'sparse' });
    const value = new TextEncoder().encode('{"instrument":"A"}');
    runtime.advance({ at: SECOND, records: [{ topic: 'signals.v1', type: 'Raw', key: '', value }] });
    expect(seen).toEqual(['{"instrument":"A"}']);
    expect(log.endNow('dead-letters.v1', 0)).toBe(0);
  });
});
