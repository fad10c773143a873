// The virtual runtime: order of the stages, ticks, determinism, and a killed run that goes on.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankDecision, blankMark } from '../../schemas/records.generated.ts';
import { HOUR, type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { LogClosedError } from '../log/errors.ts';
import { inFolder } from '../log/in-folder.ts';
import type { LocalLog } from '../log/log.ts';
import { createMemoryLog } from '../log/memory.ts';
import { openSqliteLog } from '../log/sqlite.ts';
import type { Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import { topologyOf } from '../topology.ts';
import { mortalLog } from './mortal-log.ts';
import { firstDifferentLine, printedLog } from './printed-log.ts';
import { StageStopped } from './stopped.ts';
import { candle, TOY_STAGES, toyMarket, toyStage, toyStagesWith } from './toy-stages.ts';
import { nextTick } from './virtual-clock.ts';
import { createVirtualRuntime } from './virtual-runtime.ts';

const EVENTS = toyMarket(60);
const UNTIL = (EVENTS.at(-1)?.at ?? 0) + 200 * SECOND;

function runOn(log: LocalLog, stages: readonly Stage<unknown>[], ticks: 'sparse' | 'dense', snapshots?: Micros): LocalLog {
  const every = snapshots === undefined ? {} : { snapshot_every_us: snapshots };
  createVirtualRuntime({ log, stages, ticks, ...every }).run(EVENTS, UNTIL);
  return log;
}

describe('order', () => {
  it('for one market record: execution, decision, learning, monitor, strategy, enrichment, then decision and execution', () => {
    const seen: string[] = [];
    const stages = TOY_STAGES.map((stage) => ({
      ...stage,
      step(state: unknown, input: AnyEnvelope, emit: Parameters<Stage<unknown>['step']>[2], now: Micros) {
        seen.push(`${stage.name} ${input.type}`);
        stage.step(state, input, emit, now);
      },
    }));
    const runtime = createVirtualRuntime({ log: createMemoryLog(), stages, ticks: 'sparse' });
    for (let i = 0; i < 6; i++) runtime.advance({ at: SECOND + i, records: [candle('A', SECOND + i)] });
    expect(seen.slice(8, 8 + 12)).toEqual([
      'execution Candle',
      'monitor Candle',
      'strategy Candle',
      'enrichment Candle',
      'enrichment Signal',
      'decision EnrichedSignal',
      'decision EnrichedSignal',
      'decision EnrichedSignal',
      'execution OrderCommand',
      'execution Candle',
      'decision OrderEvent',
      'monitor Candle',
    ]);
  });

  it('a stage gets only the types that its row of the table names', () => {
    const types = new Set<string>();
    const monitor = toyStage('monitor', (_state, input) => {
      types.add(`${input.topic} ${input.type}`);
    });
    runOn(createMemoryLog(), toyStagesWith(monitor), 'sparse');
    expect([...types].sort()).toEqual(['journal.v1 Tick', 'market.v1 Candle', 'positions.v1 Position']);
  });

  it('an event in the past is refused', () => {
    const runtime = createVirtualRuntime({ log: createMemoryLog(), stages: TOY_STAGES, ticks: 'sparse' });
    runtime.advance({ at: 20, records: [] });
    expect(() => runtime.advance({ at: 19, records: [] })).toThrow(/an event at 19 µs follows one at 20 µs/);
  });

  it('what is observed is every record once, in the order of the log', () => {
    const log = createMemoryLog();
    const seen: AnyEnvelope[] = [];
    createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse', observe: (record) => seen.push(record) }).run(EVENTS);
    expect(seen).toEqual(log.readMerged(0, 1_000_000, () => true));
  });
});

describe('ticks', () => {
  const noon = 12 * HOUR;
  it.each([
    // ticks, clock, last tick, deadline, next
    ['sparse', noon + 1, noon, Number.POSITIVE_INFINITY, noon + HOUR],
    ['sparse', noon, noon - HOUR, Number.POSITIVE_INFINITY, noon],
    ['sparse', noon + 1, noon, noon + 5 * SECOND, noon + 5 * SECOND],
    ['sparse', noon + 1, noon, noon + 5 * SECOND + 1, noon + 6 * SECOND],
    ['sparse', noon + 1, noon, noon + HOUR + 1, noon + HOUR],
    ['sparse', noon + 1, noon, 0, noon + SECOND],
    ['sparse', noon + 1, noon + 7 * SECOND, noon, noon + 8 * SECOND],
    ['dense', noon + 1, noon, Number.POSITIVE_INFINITY, noon + SECOND],
    ['dense', noon, noon - HOUR, Number.POSITIVE_INFINITY, noon],
    ['dense', noon + 1, noon + SECOND, Number.POSITIVE_INFINITY, noon + 2 * SECOND],
    ['sparse', Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY],
    ['sparse', noon + 1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, noon + HOUR],
  ] as const)('%s at %d after %d with deadline %d: %d', (ticks, clock, last, deadline, next) => {
    expect(nextTick(ticks, clock, last, deadline)).toBe(next);
  });

  it('a Tick for a second follows what is visible at that second and comes before anything later', () => {
    const log = createMemoryLog();
    const runtime = createVirtualRuntime({ log, stages: [], ticks: 'dense' });
    for (const at of [10 * SECOND, 11 * SECOND, 11 * SECOND + 1, 13 * SECOND])
      runtime.advance({ at, records: [candle('A', at)] });
    runtime.advanceTo(13 * SECOND);
    const order = log.readMerged(0, 100, () => true).map((record) => `${record.type} ${record.at / SECOND}`);
    expect(order).toEqual([
      'Candle 10',
      'Tick 10',
      'Candle 11',
      'Tick 11',
      'Candle 11.000001',
      'Tick 12',
      'Candle 13',
      'Tick 13',
    ]);
  });

  it('sparse and dense give the same ids and fields', () => {
    const facts = (log: LocalLog): unknown[] =>
      ['decisions.v1' as const, 'orders.v1' as const, 'trades.v1' as const].flatMap((topic) =>
        log.readNow(topic, 0, 0, 1e9).map(({ type, key, id, at }) => ({ type, key, id, at })),
      );
    const withoutTicks = toyStagesWith(decisionByTick());
    const sparse = runOn(createMemoryLog(), withoutTicks, 'sparse');
    const dense = runOn(createMemoryLog(), withoutTicks, 'dense');
    expect(facts(sparse).length).toBeGreaterThan(20);
    expect(facts(sparse)).toEqual(facts(dense));
    expect(dense.endNow('journal.v1', 0)).toBeGreaterThan(2 * sparse.endNow('journal.v1', 0));
  });

  it('every journal partition gets its Tick, or those that are named', () => {
    const all = createMemoryLog({ topology: topologyOf(3) });
    createVirtualRuntime({ log: all, stages: [], ticks: 'dense' }).run([{ at: SECOND, records: [] }], 3 * SECOND);
    expect([0, 1, 2].map((p) => all.endNow('journal.v1', p))).toEqual([3, 3, 3]);
    const one = createMemoryLog({ topology: topologyOf(3) });
    createVirtualRuntime({ log: one, stages: [], ticks: 'dense', tick_partitions: [1] }).run(
      [{ at: SECOND, records: [] }],
      3 * SECOND,
    );
    expect([0, 1, 2].map((p) => one.endNow('journal.v1', p))).toEqual([0, 3, 0]);
  });
});

/** Decides everything at the Tick 90 s after the signal; takes no notice of other Ticks. */
function decisionByTick(): Stage<unknown> {
  return toyStage('decision', (state, input, emit) => {
    if (input.type === 'EnrichedSignal') {
      state.pending.push(`${input.key} ${input.id}`);
      if (state.due === Number.POSITIVE_INFINITY) state.due = input.at + 90 * SECOND + 1;
    }
    if (input.type !== 'Tick' || input.value.tick_at < state.due) return;
    for (const waiting of state.pending.splice(0)) {
      const [portfolio = '', id = ''] = waiting.split(' ');
      const value = { ...blankDecision(), decision_id: `${id}/${input.value.tick_at}`, portfolio };
      emit('decisions.v1', 'Decision', portfolio, value, value.decision_id);
    }
    state.due = Number.POSITIVE_INFINITY;
  });
}

describe('determinism', () => {
  it.each([1, 3])('two runs over %d partitions hold the same records', (partitions) => {
    const topology = topologyOf(partitions);
    const once = printedLog(runOn(createMemoryLog({ topology, freeze: true }), TOY_STAGES, 'sparse'));
    const twice = printedLog(runOn(createMemoryLog({ topology }), TOY_STAGES, 'sparse'));
    expect(once.length).toBeGreaterThan(200);
    expect(once).toEqual(twice);
  });

  it('the sqlite log holds what the memory log holds', () =>
    inFolder(async (folder) => {
      const sqlite = openSqliteLog({ path: join(folder, 'log.db'), durability: 'process' });
      expect(printedLog(runOn(sqlite, TOY_STAGES, 'sparse'))).toEqual(printedLog(runOn(createMemoryLog(), TOY_STAGES, 'sparse')));
      await sqlite.close();
    }));
});

describe('a run that was killed', () => {
  const expected = new Map<number, string[]>();
  function undisturbed(partitions: number): string[] {
    const known =
      expected.get(partitions) ?? printedLog(runOn(createMemoryLog({ topology: topologyOf(partitions) }), TOY_STAGES, 'sparse'));
    expected.set(partitions, known);
    return known;
  }
  /** True when the run came to its end. */
  function runUntilKilled(log: LocalLog, kill: number, snapshots: Micros | undefined): boolean {
    try {
      runOn(mortalLog(log, kill), TOY_STAGES, 'sparse', snapshots);
      return true;
    } catch (error) {
      if (!(error instanceof LogClosedError)) throw error;
      return false;
    }
  }
  const kills = fc.array(fc.integer({ min: 0, max: 250 }), { minLength: 1, maxLength: 4 });
  const snapshots = fc.constantFrom(undefined, 100 * SECOND);

  it.each([1, 3])('memory, %d partitions: started again on the same log it gives what an undisturbed run gives', (partitions) => {
    fc.assert(
      fc.property(kills, snapshots, (points, every) => {
        const log = createMemoryLog({ topology: topologyOf(partitions) });
        for (const point of points) {
          if (runUntilKilled(log, point, every)) break;
          log.discard();
        }
        runOn(log, TOY_STAGES, 'sparse', every);
        expect(firstDifferentLine(printedLog(log), undisturbed(partitions))).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it('sqlite: started again in the same folder it gives what an undisturbed run gives', async () => {
    await fc.assert(
      fc.asyncProperty(kills, snapshots, fc.constantFrom(1, 20, 4_000), (points, every, commit_records) =>
        inFolder(async (folder) => {
          const open = (): ReturnType<typeof openSqliteLog> =>
            openSqliteLog({ path: join(folder, 'log.db'), durability: 'process', commit_records });
          for (const point of points) {
            const log = open();
            const done = runUntilKilled(log, point, every);
            log.discard();
            await log.close();
            if (done) break;
          }
          const log = open();
          runOn(log, TOY_STAGES, 'sparse', every);
          expect(firstDifferentLine(printedLog(log), undisturbed(1))).toBeNull();
          await log.close();
        }),
      ),
      { numRuns: 25 },
    );
  });

  it('refuses to go on with another source', () => {
    const log = createMemoryLog();
    createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse' }).run(EVENTS.slice(0, 10));
    const runtime = createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse' });
    const first = EVENTS[0];
    expect(() => runtime.advance({ at: first?.at ?? 0, records: [candle('B', first?.at ?? 0)] })).toThrow(
      /market\.v1\/0 offset 0: key is "B" in the source and "A" in the log/,
    );
  });
});

describe('a bug in a stage', () => {
  const buggy: StageName[] = ['decision', 'monitor', 'learning'];
  it.each(buggy)('in %s publishes nothing of the step, leaves a letter, and stops the run by name', (name) => {
    const sane = TOY_STAGES.find((stage) => stage.name === name);
    const stage = toyStage(name, (state, input, emit) => {
      if (state.taken === 2) {
        if (name !== 'decision') emit('journal.v1', name === 'monitor' ? 'Mark' : 'Mark', 'pf-1', blankMark());
        throw new TypeError('quantity is not a bigint');
      }
      sane?.step(sane.init(0), input, emit, 0);
    });
    const log = createMemoryLog();
    let stopped: unknown = null;
    try {
      createVirtualRuntime({ log, stages: toyStagesWith(stage), ticks: 'sparse' }).run(EVENTS, UNTIL);
    } catch (error) {
      stopped = error;
    }
    expect(stopped).toBeInstanceOf(StageStopped);
    expect(stopped).toMatchObject({ stage: name, reason: 'EXCEPTION' });
    expect((stopped as StageStopped).message).toMatch(/stopped at .+\/0 offset \d+: quantity is not a bigint/);
    const letters = log.readNow('dead-letters.v1', 0, 0, 9);
    expect(letters.map((letter) => letter.value)).toMatchObject([
      { stage: name, error_class: 'FOLD_STOPPED', status: 'OPEN', offset: (stopped as StageStopped).offset },
    ]);
    const marks = log.readNow('journal.v1', 0, 0, 1e6).filter((record) => record.source?.stage === name);
    expect(
      marks.filter((record) => record.source?.offset === (stopped as StageStopped).offset && record.type === 'Mark'),
    ).toEqual([]);
  });
});
