// Tests of the recovery bench at a small size: the fold from the start and the process that starts again have the books of the run.
import { expect, test } from 'vitest';
import { createMemoryLog } from '../../../topology/log/memory.ts';
import { stagesOf } from '../../deployment/pipeline.ts';
import { benchBars } from '../../market/bench-bars.ts';
import { recoveryDeployment } from './bench-deployment.ts';
import { foldJournal, restart, writeJournal } from './recovery.ts';

test('what was written is folded to the same books, and a new start goes on from them to a decision', async () => {
  const log = createMemoryLog();
  const bars = benchBars(3_000);
  const written = writeJournal(log, bars, 3_000, 500, () => {});
  expect(written.snapshot_at).toBeGreaterThanOrEqual(3_000);
  expect(written.end - written.snapshot_at).toBeGreaterThanOrEqual(500);
  expect(foldJournal(log, () => {})).toEqual({ records: written.end, books: written.books });

  let asked = 0;
  const again = await restart(log, bars, written.next_bar, () => (asked += 1), stagesOf(recoveryDeployment('bench-2')));
  expect(again).toEqual({ books: written.books, recovered_ms: 1, decided_ms: 2 });
});

test('the journal holds what a journal holds: marks, ticks, order events, signals executed and refused', () => {
  const log = createMemoryLog();
  writeJournal(log, benchBars(3_000), 3_000, 500, () => {});
  const count = new Map<string, number>();
  for (const record of log.readNow('journal.v1', 0, 0, 10_000)) count.set(record.type, (count.get(record.type) ?? 0) + 1);
  for (const type of ['Mark', 'Tick', 'OrderEvent', 'EnrichedSignal']) expect(count.get(type) ?? 0).toBeGreaterThan(10);
  const actions = new Set<string>();
  for (const record of log.readNow('decisions.v1', 0, 0, 10_000))
    if (record.type === 'Decision' && record.value.kind === 'ENTRY') actions.add(record.value.action);
  expect(actions).toEqual(new Set(['EXECUTE', 'BLOCK']));
});

test('too few bars are said to be too few', () => {
  expect(() => writeJournal(createMemoryLog(), benchBars(20), 3_000, 500, () => {})).toThrow(/bars: 20: too few/);
});
