// What every log driver must do: one suite, run against each of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Topology, topologyOf } from '../topology.ts';
import { rawDraft, tickDraft } from './conformance-draft.ts';
import type { Draft } from './draft.ts';
import { FencedError, LogClosedError } from './errors.ts';
import type { Log } from './log.ts';

export interface DriverUnderTest {
  readonly name: string;
  /** Claims and deletions are records, too: they take offsets. */
  readonly marks?: true;
  /** An empty log. */
  make(topology: Topology): Promise<Log>;
  /** Releases what make took. */
  destroy(log: Log): Promise<void>;
}

function ticksOf(records: readonly { readonly type: string; readonly value: unknown }[]): number[] {
  return records.map((record) => (record.value as { readonly tick_at: number }).tick_at);
}

export function testLog(driver: DriverUnderTest): void {
  describe(`log conformance: ${driver.name}`, () => {
    let log: Log;
    beforeEach(async () => {
      log = await driver.make(topologyOf(3));
    });
    afterEach(async () => {
      await driver.destroy(log);
    });

    it('an empty partition starts and ends at 0 and reads as nothing', async () => {
      expect(await log.startOffset('journal.v1', 2)).toBe(0);
      expect(await log.endOffset('journal.v1', 2)).toBe(0);
      expect(await log.read('journal.v1', 2, 0, 10)).toEqual([]);
    });

    it('the result of an append names every partition with its first offset', async () => {
      await log.append([tickDraft(1)]);
      const result = await log.append([tickDraft(2), tickDraft(3, 2), tickDraft(4), tickDraft(5, 0, 'orders.v1')]);
      expect(result).toEqual([
        { topic: 'journal.v1', partition: 0, offset: 1, count: 2 },
        { topic: 'journal.v1', partition: 2, offset: 0, count: 1 },
        { topic: 'orders.v1', partition: 0, offset: 0, count: 1 },
      ]);
    });

    it('records come back in order, contiguous, from any offset, at most as many as asked', async () => {
      await log.append([tickDraft(1), tickDraft(2), tickDraft(3), tickDraft(4)]);
      expect(ticksOf(await log.read('journal.v1', 0, 0, 10))).toEqual([1, 2, 3, 4]);
      expect(ticksOf(await log.read('journal.v1', 0, 1, 2))).toEqual([2, 3]);
      expect((await log.read('journal.v1', 0, 0, 10)).map((record) => record.offset)).toEqual([0, 1, 2, 3]);
      expect(await log.read('journal.v1', 0, 4, 10)).toEqual([]);
    });

    it('a record keeps its place, its headers and its value', async () => {
      await log.append([tickDraft(7, 1)]);
      const [record] = await log.read('journal.v1', 1, 0, 1);
      expect(record).toMatchObject({
        topic: 'journal.v1',
        partition: 1,
        offset: 0,
        key: 'key-7',
        at: 5,
        id: 'id-7',
        cause: 'cause',
        trace: 'trace',
        source: { stage: 'monitor', topic: 'market.v1', partition: 1, offset: 7, index: 2 },
        retry_of: '',
        headers: null,
        type: 'Tick',
        value: { tick_at: 7, skew_ms: null },
      });
    });

    it('raw bytes come back as they came, with the headers of their producer', async () => {
      await log.append([rawDraft('{"junk":'), rawDraft('')]);
      const [first, second] = await log.read('signals.v1', 0, 0, 2);
      expect(first?.type).toBe('Raw');
      expect(new TextDecoder().decode(first?.value as Uint8Array)).toBe('{"junk":');
      expect(first?.headers).toEqual({ 'x-team': 'desk' });
      expect(first?.retry_of).toBe('letter/1');
      expect(second?.value).toHaveLength(0);
    });

    it('a partition that does not exist is refused, and nothing of its batch stands', async () => {
      await expect(log.append([tickDraft(1), tickDraft(2, 3)])).rejects.toThrow(/journal\.v1 has no partition 3/);
      expect(await log.endOffset('journal.v1', 0)).toBe(0);
    });

    it('from open on, appends of an earlier owner of the stage partition are refused by name', async () => {
      const first = await log.open('decision', 0);
      await log.append([tickDraft(1)], first);
      const second = await log.open('decision', 0);
      await expect(log.append([tickDraft(2)], first)).rejects.toThrow(FencedError);
      await log.append([tickDraft(3)], second);
      expect(ticksOf(await log.read('journal.v1', 0, 0, 10))).toEqual([1, 3]);
    });

    it('owners of other stages and partitions do not fence each other', async () => {
      const owner = await log.open('decision', 0);
      await log.open('decision', 1);
      await log.open('monitor', 0);
      await log.append([tickDraft(1)], owner);
      expect(ticksOf(await log.read('journal.v1', 0, 0, 10))).toEqual([1]);
    });

    it('a fenced append does not take appends of others with it', async () => {
      const first = await log.open('decision', 0);
      await log.open('decision', 0);
      const fenced = log.append([tickDraft(1)], first).catch((error: unknown) => error);
      const good = log.append([tickDraft(2)]);
      expect(await fenced).toBeInstanceOf(FencedError);
      await good;
      expect(ticksOf(await log.read('journal.v1', 0, 0, 10))).toEqual([2]);
    });

    it('who waits for data is woken by it, and not before', async () => {
      let woken = false;
      const waiting = log.waitFor('journal.v1', 0, 1).then(() => {
        woken = true;
      });
      await log.append([tickDraft(1)]);
      expect(woken).toBe(false);
      await log.append([tickDraft(2)]);
      await waiting;
      expect(woken).toBe(true);
      await log.waitFor('journal.v1', 0, 0);
    });

    it('a topic keeps its incarnation', async () => {
      const before = await log.incarnation('journal.v1');
      await log.append([tickDraft(1)]);
      expect(await log.incarnation('journal.v1')).toBe(before);
      expect(before).not.toBe('');
    });

    it('forgetting keys removes their records and gives no offset twice', async () => {
      const at = (n: number): Draft => tickDraft(n, 0, 'snapshots.v1');
      await log.append([at(1), at(2), at(3)]);
      await log.forget('snapshots.v1', 0, new Set(['key-1', 'key-3']));
      await log.append([at(4)]);
      expect(ticksOf(await log.read('snapshots.v1', 0, 0, 10))).toEqual([2, 4]);
      expect(await log.endOffset('snapshots.v1', 0)).toBe(driver.marks ? 6 : 4);
    });

    it('closed, it refuses appends and lets go of who waits', async () => {
      const waiting = log.waitFor('journal.v1', 0, 0);
      const caught = waiting.catch((error: unknown) => error);
      await log.close();
      expect(await caught).toBeInstanceOf(LogClosedError);
      await expect(log.append([tickDraft(1)])).rejects.toThrow(LogClosedError);
    });
  });
}
