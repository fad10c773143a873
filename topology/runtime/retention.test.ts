// Retention: old records go, but nothing that a recovery reads; a hole in the input stops the stage.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../schemas/time.ts';
import { tickDraft } from '../log/conformance-draft.ts';
import { OffsetGoneError } from '../log/errors.ts';
import { inFolder } from '../log/in-folder.ts';
import type { LocalLog } from '../log/log.ts';
import { createMemoryLog } from '../log/memory.ts';
import { openSqliteLog } from '../log/sqlite.ts';
import type { Stage } from '../stage.ts';
import { topicOf } from '../topics.ts';
import { createLiveRuntime } from './live-runtime.ts';
import { firstDifferentLine, printedLog } from './printed-log.ts';
import { StageStopped } from './stopped.ts';
import { candle, TOY_STAGES, type ToyState } from './toy-stages.ts';
import { createVirtualRuntime } from './virtual-runtime.ts';

async function onBoth(work: (open: () => LocalLog) => Promise<void>): Promise<void> {
  const memory = createMemoryLog();
  await work(() => memory);
  await inFolder(async (folder) => {
    let last: LocalLog | null = null;
    await work(() => {
      last?.discard();
      void last?.close();
      last = openSqliteLog({ path: join(folder, 'log.db') });
      return last;
    });
    await (last as LocalLog | null)?.close();
  });
}

describe('trimming a partition', () => {
  it('removes what lies below the offset and gives no offset twice', () =>
    onBoth(async (open) => {
      const log = open();
      await log.append([tickDraft(0), tickDraft(1), tickDraft(2)]);
      log.trimNow('journal.v1', 0, 2);
      expect([log.startNow('journal.v1', 0), log.endNow('journal.v1', 0)]).toEqual([2, 3]);
      expect(() => log.readNow('journal.v1', 0, 1, 9)).toThrow(OffsetGoneError);
      expect(log.readNow('journal.v1', 0, 2, 9).map((record) => record.key)).toEqual(['key-2']);
      log.trimNow('journal.v1', 0, 99);
      expect([log.startNow('journal.v1', 0), log.endNow('journal.v1', 0)]).toEqual([3, 3]);
      expect(() => log.readNow('journal.v1', 0, 2, 9)).toThrow(OffsetGoneError);
      const again = open();
      await again.append([tickDraft(3)]);
      expect(again.readNow('journal.v1', 0, 3, 9).map((record) => record.key)).toEqual(['key-3']);
      expect(again.readMerged(0, 9, () => true).map((record) => [record.key, record.sequence])).toEqual([['key-3', 4]]);
    }));

  it('keeps what somebody holds', () =>
    onBoth(async (open) => {
      const log = open();
      await log.append([tickDraft(0), tickDraft(1), tickDraft(2)]);
      const hold = log.hold('journal.v1', 0, 1);
      log.trimNow('journal.v1', 0, 3);
      expect(log.startNow('journal.v1', 0)).toBe(1);
      hold.release(2);
      log.trimNow('journal.v1', 0, 3);
      expect(log.startNow('journal.v1', 0)).toBe(2);
      hold.close();
      log.trimNow('journal.v1', 0, 3);
      expect(log.startNow('journal.v1', 0)).toBe(3);
    }));
});

/** One candle per hour for so many days; snapshots every 10 hours. */
async function run(log: LocalLog, fromHour: number, hours: number): Promise<ToyState> {
  let at = fromHour * HOUR;
  const runtime = createLiveRuntime({ log, stages: TOY_STAGES, ticks: false, clock: () => at, snapshot_every_us: 10 * HOUR });
  for (let hour = fromHour; hour < fromHour + hours; hour++) {
    at = hour * HOUR + SECOND;
    await runtime.append([candle('A', at)]);
  }
  await runtime.stop();
  return runtime.stateOf('decision', 0) as ToyState;
}

const KEPT_HOURS = 24 * (topicOf('market.v1').retention_days ?? 0);

describe('a live run', () => {
  it('keeps as many days as the topic says, whole', () =>
    onBoth(async (open) => {
      const log = open();
      await run(log, 1, KEPT_HOURS + 100);
      const [oldest] = log.readNow('market.v1', 0, log.startNow('market.v1', 0), 1);
      const newest = log.readNow('market.v1', 0, log.endNow('market.v1', 0) - 1, 1)[0]?.at ?? 0;
      const age = newest - (oldest?.at ?? 0);
      expect(age).toBeGreaterThanOrEqual(7 * DAY - HOUR);
      expect(age).toBeLessThan(7 * DAY + 11 * HOUR);
      expect(log.startNow('journal.v1', 0)).toBe(0);
    }));

  it('that lost its early records goes on as if it had them', () =>
    onBoth(async (open) => {
      const whole = createMemoryLog();
      const expected = await run(whole, 1, KEPT_HOURS + 130);
      await run(open(), 1, KEPT_HOURS + 100);
      const log = open();
      expect(log.startNow('market.v1', 0)).toBeGreaterThan(50);
      const state = await run(log, KEPT_HOURS + 101, 30);
      expect(state).toEqual(expected);
      expect(
        firstDifferentLine(printedLog(log, ['market.v1', 'positions.v1']), printedLog(whole, ['market.v1', 'positions.v1'])),
      ).toBeNull();
    }));

  it('with neither its early records nor a snapshot stops, and does not start again from nothing', async () => {
    const log = createMemoryLog();
    await run(log, 1, KEPT_HOURS + 100);
    const keys = log.readNow('snapshots.v1', 0, 0, 1e6).map((record) => record.key);
    log.forgetNow('snapshots.v1', 0, new Set(keys));
    let stopped: unknown = null;
    try {
      createVirtualRuntime({ log, stages: TOY_STAGES, ticks: 'sparse' });
    } catch (error) {
      stopped = error;
    }
    expect(stopped).toBeInstanceOf(StageStopped);
    expect((stopped as StageStopped).message).toMatch(
      /^execution\/0 stopped at market\.v1\/0 offset 0: the partition starts at offset \d+$/,
    );
    expect(stopped).toMatchObject({ reason: 'LOG_CHANGED' });
  });

  it('a new version gets the state in its own shape', async () => {
    const log = createMemoryLog();
    await run(log, 1, 30);
    const migrated: Stage<unknown>[] = TOY_STAGES.map((stage) =>
      stage.name === 'decision'
        ? {
            ...stage,
            version: '2',
            migrate: (state, from_version) => ({ ...(state as ToyState), digest: `from ${from_version}` }),
          }
        : stage,
    );
    const runtime = createVirtualRuntime({ log, stages: migrated, ticks: 'sparse' });
    expect((runtime.stateOf('decision', 0) as ToyState).digest).toBe('from 1');
    expect((runtime.stateOf('decision', 0) as ToyState).taken).toBeGreaterThan(0);
  });
});
