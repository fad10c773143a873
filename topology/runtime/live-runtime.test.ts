// The live runtime: one turn is one commit, a crash at any point loses nothing acknowledged, a stop is graceful.
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankCashFlow, blankMark, blankTick } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import { LogClosedError, LogFullError } from '../log/errors.ts';
import { inFolder } from '../log/in-folder.ts';
import type { LocalLog } from '../log/log.ts';
import { createMemoryLog } from '../log/memory.ts';
import { openSqliteLog, type SqliteLog } from '../log/sqlite.ts';
import type { Stage } from '../stage.ts';
import { createLiveRuntime, type LiveOptions, type LiveRuntime } from './live-runtime.ts';
import { mortalLog } from './mortal-log.ts';
import { firstDifferentLine, printedLog } from './printed-log.ts';
import type { SourceEvent, SourceRecord } from './source.ts';
import type { StageStopped } from './stopped.ts';
import { candle, TOY_STAGES, type ToyState, toyMarket, toyStage, toyStagesWith } from './toy-stages.ts';

/** Candles, with a Tick after every fifth: what the market and the clock would append. */
const RECORDS: readonly SourceRecord[] = toyMarket(60).flatMap((event, i) => {
  const tick: SourceRecord = { topic: 'journal.v1', type: 'Tick', key: '', value: { ...blankTick(), tick_at: event.at } };
  return i % 5 === 4 ? [...event.records, tick] : [...event.records];
});

function live(log: LocalLog, more: Partial<LiveOptions> = {}): LiveRuntime {
  return createLiveRuntime({ log, stages: TOY_STAGES, ticks: false, ...more });
}

/** Appends the records from `from` on, each with its own time; returns how many were acknowledged. */
async function feed(log: LocalLog, from: number, snapshot_every_us: number): Promise<number> {
  let fed = from;
  const start = 1_700_006_370 * SECOND;
  const runtime = live(log, { clock: () => start + fed * 5 * SECOND, snapshot_every_us });
  for (; fed < RECORDS.length; fed++) {
    try {
      await runtime.append([RECORDS[fed] ?? candle('A', 0)]);
    } catch (error) {
      if (!(error instanceof LogClosedError)) throw error;
      return fed;
    }
  }
  await runtime.stop();
  return fed;
}

async function undisturbed(): Promise<string[]> {
  const log = createMemoryLog();
  await feed(log, 0, 1_000 * SECOND);
  return printedLog(log);
}

describe('a crash at any append', () => {
  const kills = fc.array(fc.integer({ min: 0, max: 160 }), { minLength: 1, maxLength: 4 });
  const every = fc.constantFrom(20 * SECOND, 1_000 * SECOND);

  it('memory: what was acknowledged stands once, and the end is that of an undisturbed run', async () => {
    const expected = await undisturbed();
    await fc.assert(
      fc.asyncProperty(kills, every, async (points, snapshots) => {
        const log = createMemoryLog();
        let fed = 0;
        for (const point of points) fed = await feed(mortalLog(log, point), fed, snapshots);
        await feed(log, fed, snapshots);
        expect(firstDifferentLine(printedLog(log), expected)).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  it('sqlite: the same, over restarts of the file', async () => {
    const expected = await undisturbed();
    await fc.assert(
      fc.asyncProperty(kills, every, (points, snapshots) =>
        inFolder(async (folder) => {
          const path = join(folder, 'log.db');
          let fed = 0;
          for (const point of points) {
            const log = openSqliteLog({ path });
            fed = await feed(mortalLog(log, point), fed, snapshots);
            log.discard();
            await log.close();
          }
          const log = openSqliteLog({ path });
          await feed(log, fed, snapshots);
          expect(firstDifferentLine(printedLog(log), expected)).toBeNull();
          await log.close();
        }),
      ),
      { numRuns: 12 },
    );
  });
});

describe('a turn', () => {
  async function onSqlite(work: (log: SqliteLog, runtime: LiveRuntime) => Promise<void>): Promise<void> {
    await inFolder(async (folder) => {
      const log = openSqliteLog({ path: join(folder, 'log.db') });
      const runtime = live(log);
      await work(log, runtime);
      await runtime.stop();
      await log.close();
    });
  }

  it('takes all that waits, and one commit makes it and everything derived from it durable', () =>
    onSqlite(async (log, runtime) => {
      const before = log.commits();
      const results = await Promise.all(toyMarket(30).map((event) => runtime.append(event.records)));
      expect(log.commits() - before).toBe(1);
      expect(results.map((result) => result[0]?.offset)).toEqual(Array.from({ length: 30 }, (_, i) => i));
      expect(log.endNow('decisions.v1', 0)).toBeGreaterThan(5);
      expect(log.endNow('orders.v1', 0)).toBe(log.endNow('decisions.v1', 0));
    }));

  it('who listens to the log sees a decision and its order together, after the commit', () =>
    onSqlite(async (log, runtime) => {
      const heard: AnyEnvelope[][] = [];
      let durable = -1;
      log.subscribe((records) => {
        heard.push([...records]);
        durable = log.commits();
      });
      const before = log.commits();
      for (const event of toyMarket(9)) await runtime.append(event.records);
      expect(durable).toBe(before + 9);
      for (const records of heard) {
        const count = (type: string): number => records.filter((record) => record.type === type).length;
        expect(count('OrderCommand')).toBe(count('Decision'));
      }
      expect(heard.flat().filter((record) => record.type === 'Decision').length).toBeGreaterThan(0);
    }));

  it('records that somebody appends to the log directly reach the stages too', () =>
    onSqlite(async (log, runtime) => {
      const { newDraft } = await import('../log/draft.ts');
      const value = { ...blankCashFlow(), portfolio: 'pf-1' };
      await log.append([newDraft('journal.v1', 0, 'CashFlow', 'pf-1', value, 1, 'flow', '', '', null, '', null)]);
      await runtime.append([candle('A', 1)]);
      expect((runtime.stateOf('decision', 0) as ToyState).taken).toBe(1);
    }));
});

describe('the clock', () => {
  it('writes one Tick per second and journal partition, each second once, with the measured skew', async () => {
    const log = createMemoryLog();
    let now = 1_700_000_000 * SECOND - 2_000;
    const runtime = createLiveRuntime({ log, stages: [], clock: () => now, skew_ms: () => 12.5 });
    const ticks = (): unknown[] => log.readNow('journal.v1', 0, 0, 99).map((record) => record.value);
    await log.waitFor('journal.v1', 0, -1);
    now -= 2_000;
    await log.waitFor('journal.v1', 0, 0);
    expect(ticks()).toEqual([{ tick_at: 1_699_999_999 * SECOND, skew_ms: 12.5 }]);
    now += 5_000;
    await log.waitFor('journal.v1', 0, 1);
    expect(ticks()[1]).toEqual({ tick_at: 1_700_000_000 * SECOND, skew_ms: 12.5 });
    await runtime.stop();
  });
});

describe('failures', () => {
  it('a stage that stops raises the alarm; the others go on', async () => {
    const log = createMemoryLog();
    const alarms: StageStopped[] = [];
    const buggy = toyStage('monitor', () => {
      throw new RangeError('no such rule');
    });
    const runtime = live(log, { stages: toyStagesWith(buggy), on_stopped: (stopped) => alarms.push(stopped) });
    for (const event of toyMarket(9)) await runtime.append(event.records);
    expect(alarms.map((alarm) => alarm.message)).toEqual(['monitor/0 stopped at market.v1/0 offset 0: no such rule']);
    expect(log.endNow('dead-letters.v1', 0)).toBe(1);
    expect(log.endNow('decisions.v1', 0)).toBeGreaterThan(0);
    await runtime.stop();
  });

  it('a stage that is repaired goes on at the record at which it stopped, and publishes what was missing', async () => {
    const sane = toyStage('monitor', (state, input, emit) => {
      if (input.type === 'Candle') emit('journal.v1', 'Mark', 'pf-1', { ...blankMark(), position_id: state.digest });
    });
    const buggy: Stage<unknown> = {
      ...sane,
      step(state, input, emit, now) {
        sane.step(state, input, emit, now);
        if (input.offset === 7) throw new RangeError('a bug');
      },
    };
    const marks = (of: LocalLog): unknown[] =>
      of.readNow('journal.v1', 0, 0, 1e6).flatMap((record) => (record.type === 'Mark' ? [record.value, record.source] : []));
    const run = async (log: LocalLog, stage: Stage<unknown>, events: readonly SourceEvent[]): Promise<void> => {
      const runtime = live(log, { stages: [stage], turn_records: 3 });
      await Promise.all(events.map((event) => runtime.append(event.records)));
      await runtime.stop();
    };
    const expected = createMemoryLog();
    await run(expected, sane, toyMarket(12));
    const log = createMemoryLog();
    await run(log, buggy, toyMarket(12));
    expect(marks(log)).toHaveLength(2 * 7);
    await run(log, sane, []);
    expect(marks(log)).toEqual(marks(expected));
  });

  it('a record that its schema cannot hold is refused to its caller alone', () =>
    inFolder(async (folder) => {
      const log = openSqliteLog({ path: join(folder, 'log.db') });
      const runtime = live(log);
      const bad = runtime.append([candle('A', 1), { ...candle('A', 2), value: { instrument: 7 } as never }]);
      const good = runtime.append([candle('A', 3)]);
      await expect(bad).rejects.toThrow();
      expect((await good)[0]?.offset).toBe(0);
      expect(log.endNow('market.v1', 0)).toBe(1);
      await runtime.stop();
      await log.close();
    }));

  it('a full disk ends the runtime with its name: nothing of the turn stands, what was acknowledged does', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'log.db');
      const failures: unknown[] = [];
      const log = openSqliteLog({ path, max_pages: 60 });
      const runtime = live(log, { on_failed: (error) => failures.push(error) });
      let acknowledged = 0;
      let refused: unknown = null;
      for (const event of toyMarket(10_000)) {
        try {
          await runtime.append(event.records);
        } catch (error) {
          refused = error;
          break;
        }
        acknowledged += 1;
      }
      expect(refused).toBeInstanceOf(LogFullError);
      expect(failures).toEqual([refused]);
      await expect(runtime.append([candle('A', 1)])).rejects.toThrow(LogClosedError);
      await runtime.stop();
      await log.close();
      const again = openSqliteLog({ path });
      expect(again.endNow('market.v1', 0)).toBe(acknowledged);
      const restarted = live(again);
      await restarted.append([candle('A', 2)]);
      expect(again.endNow('market.v1', 0)).toBe(acknowledged + 1);
      await restarted.stop();
      await again.close();
    }));
});

describe('back-pressure', () => {
  it('room is there only while less waits than the limit', async () => {
    const log = createMemoryLog();
    const runtime = live(log, { queue_records: 10, turn_records: 4 });
    const done = Promise.all(toyMarket(12).map((event) => runtime.append(event.records)));
    expect(runtime.queued()).toBe(12);
    let room = false;
    const waiting = runtime.room().then(() => {
      room = true;
    });
    await Promise.resolve();
    expect(room).toBe(false);
    await waiting;
    expect(runtime.queued()).toBeLessThan(10);
    await done;
    await runtime.room();
    await runtime.stop();
  });
});

describe('stop', () => {
  it('takes what waits, writes snapshots, and refuses what comes later', async () => {
    const log = createMemoryLog();
    const runtime = live(log);
    const results = toyMarket(6).map((event) => runtime.append(event.records));
    await runtime.stop();
    expect((await Promise.all(results)).length).toBe(6);
    expect(log.readNow('snapshots.v1', 0, 0, 99)).toHaveLength(6);
    await expect(runtime.append([candle('A', 1)])).rejects.toThrow(LogClosedError);
  });
});
