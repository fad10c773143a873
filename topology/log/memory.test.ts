// The memory log: the conformance suite, and what only it promises.
import { expect, it } from 'vitest';
import { testLog } from './conformance.ts';
import { tickDraft } from './conformance-draft.ts';
import { createMemoryLog } from './memory.ts';

testLog({
  name: 'memory',
  make: async (topology) => createMemoryLog({ topology }),
  destroy: (log) => log.close(),
});

it('passes the object itself', () => {
  const log = createMemoryLog();
  const draft = tickDraft(1);
  log.appendNow([draft]);
  expect(log.readNow('journal.v1', 0, 0, 1)[0]).toBe(draft);
});

it('with retain "held" drops what all holders have taken, and nothing else', () => {
  const log = createMemoryLog({ retain: 'held' });
  const slow = log.hold('journal.v1', 0, 0);
  const fast = log.hold('journal.v1', 0, 0);
  for (let i = 0; i < 5_000; i++) {
    log.appendNow([tickDraft(i), tickDraft(i, 0, 'orders.v1')]);
    log.endInstant();
    fast.release(i + 1);
    slow.release(Math.max(0, i - 3_000));
  }
  expect(log.startNow('journal.v1', 0)).toBeGreaterThan(0);
  expect(log.startNow('journal.v1', 0)).toBeLessThanOrEqual(1_999);
  expect(log.startNow('orders.v1', 0)).toBeGreaterThan(3_000);
  expect(log.endNow('journal.v1', 0)).toBe(5_000);
  expect(() => log.readNow('journal.v1', 0, 0, 1)).toThrow(/offset 0 is gone/);
});

it('discard takes back the open instant and nothing before it', () => {
  const log = createMemoryLog();
  log.appendNow([tickDraft(1)]);
  log.endInstant();
  log.appendNow([tickDraft(2), tickDraft(3, 0, 'orders.v1')]);
  log.discard();
  expect(log.endNow('journal.v1', 0)).toBe(1);
  expect(log.endNow('orders.v1', 0)).toBe(0);
  expect(log.lastSequence()).toBe(1);
});

it('with freeze a published value cannot be changed', () => {
  const log = createMemoryLog({ freeze: true });
  const draft = tickDraft(1);
  log.appendNow([draft]);
  expect(() => Object.assign(draft.value, { tick_at: 2 })).toThrow(TypeError);
});

it.each(['all', 'held'] as const)(
  'with retain "%s" a batch that cannot stand leaves nothing behind, nor on its drafts',
  (retain) => {
    const log = createMemoryLog({ retain, freeze: true });
    log.appendNow([tickDraft(1)]);
    log.endInstant();
    const good = tickDraft(2);
    expect(() => log.appendNow([good, tickDraft(3, 9)])).toThrow(/journal\.v1 has no partition 9/);
    expect(good).toMatchObject({ offset: -1, sequence: -1 });
    expect(log.lastSequence()).toBe(1);
    expect(log.endNow('journal.v1', 0)).toBe(1);
    const broken = tickDraft(4);
    Object.defineProperty(broken.value, 'tick_at', {
      get() {
        throw new Error('unreadable');
      },
      enumerable: true,
    });
    expect(() => log.appendNow([good, broken])).toThrow('unreadable');
    log.appendNow([good]);
    expect(log.readNow('journal.v1', 0, 0, 9).map((record) => record.sequence)).toEqual([1, 2]);
  },
);
