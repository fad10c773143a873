// Tests of the stage under a runtime: records in any partition, copies, kills between any two appends, changed routes.
import { describe, expect, test } from 'vitest';
import { decimal } from '../../schemas/money.ts';
import { blankInstrumentInfo, blankQuote } from '../../schemas/records.generated.ts';
import { SECOND } from '../../schemas/time.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import { partitionFor } from '../../topology/partition.ts';
import { mortalLog } from '../../topology/runtime/mortal-log.ts';
import type { SourceEvent, SourceRecord } from '../../topology/runtime/source.ts';
import { createVirtualRuntime } from '../../topology/runtime/virtual-runtime.ts';
import type { Stage } from '../../topology/stage.ts';
import { topologyOf } from '../../topology/topology.ts';
import type { EnrichmentConfig, RouteConfig } from './config.ts';
import { benchConfig, LINE, NOW } from './example.ts';
import { enrichmentStage } from './stage.ts';

const PARTITIONS = 3;
const topology = topologyOf(PARTITIONS);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const all: Omit<RouteConfig, 'portfolio'> = {
  sources: ['*'],
  instruments: ['*'],
  signal_types: ['*'],
  directions: ['*'],
  min_confidence: 0,
  profile: 'trend_follow_v1',
};
function config(...routed: readonly string[]): EnrichmentConfig {
  const names = ['alpha', 'beta', 'gamma'];
  return benchConfig({
    partitions: PARTITIONS,
    portfolios: names.map((portfolio, ordinal) => ({ portfolio, mode: 'paper', ordinal })),
    routes: routed.map((portfolio) => ({ ...all, portfolio })),
  });
}
const stages = (of: EnrichmentConfig): readonly Stage<unknown>[] => [enrichmentStage(of) as Stage<unknown>];

function market(at: number, instrument: string): SourceEvent {
  const info = { ...blankInstrumentInfo(), instrument, event_time: at, facts_at: at, derived_at: at };
  const price = decimal('100');
  const quote = { ...blankQuote(), instrument, event_time: at, bid: price, ask: price };
  return {
    at,
    records: [
      { topic: 'market.v1', type: 'InstrumentInfo', key: instrument, value: info },
      { topic: 'market.v1', type: 'Quote', key: instrument, value: quote },
    ],
  };
}
function line(at: number, partition: number, event_id: string, instrument = 'BTC-USDT'): SourceEvent {
  const text = LINE.replace('BTC-USDT', instrument).replace('{', `{"event_id":"${event_id}",`);
  const record: SourceRecord = { topic: 'signals.v1', type: 'Raw', key: '', partition, value: bytes(text) };
  return { at, records: [record] };
}

/** `<signal's event id> <portfolio>` of every record in the journal. */
function enriched(log: LocalLog): string[] {
  const found: string[] = [];
  for (let p = 0; p < PARTITIONS; p += 1) {
    for (const record of log.readNow('journal.v1', p, 0, 10_000)) {
      if (record.type === 'EnrichedSignal') found.push(`${record.value.signal.event_id} ${record.key}`);
    }
  }
  return found.sort();
}
function letters(log: LocalLog): string[] {
  return Array.from({ length: PARTITIONS }, (_, p) => log.readNow('dead-letters.v1', p, 0, 10_000))
    .flat()
    .map((record) => (record.type === 'DeadLetter' ? record.value.reason_code : ''));
}

const home = partitionFor('signals.v1', 'BTC-USDT', PARTITIONS);
const away = (home + 1) % PARTITIONS;

test('a line of a plain client is enriched once per portfolio, whatever the partition and however often it is sent', () => {
  const log = createMemoryLog({ topology });
  const runtime = createVirtualRuntime({ log, stages: stages(config('alpha', 'beta')), ticks: 'sparse' });
  runtime.advance(market(NOW, 'BTC-USDT'));
  for (let i = 0; i < 1_000; i += 1) runtime.advance(line(NOW + i, i % PARTITIONS, 'e1', i % 2 === 0 ? 'BTC-USDT' : 'xbt/usdt'));
  expect(enriched(log)).toEqual(['e1 alpha', 'e1 beta']);
  expect(letters(log)).toEqual([]);
});

test('junk between signals costs a letter each and nothing else', () => {
  const log = createMemoryLog({ topology });
  const runtime = createVirtualRuntime({ log, stages: stages(config('alpha')), ticks: 'sparse' });
  const junk = (at: number, text: string): SourceEvent => ({
    at,
    records: [{ topic: 'signals.v1', type: 'Raw', key: 'k', partition: away, value: bytes(text) }],
  });
  runtime.run([junk(NOW, 'hello'), line(NOW + 1, away, 'e1'), junk(NOW + 2, '{"a":1}'), line(NOW + 3, home, 'e2')]);
  expect(enriched(log)).toEqual(['e1 alpha', 'e2 alpha']);
  expect(letters(log)).toEqual(['SIGNAL_ENCODING_UNKNOWN', 'SIGNAL_FIELD_UNKNOWN']);
});

describe('killed between any two appends, with a route added or removed meanwhile', () => {
  const events: readonly SourceEvent[] = [
    market(NOW, 'BTC-USDT'),
    market(NOW, 'ETH-USDT'),
    line(NOW + SECOND, away, 'e1'),
    line(NOW + 2 * SECOND, home, 'e1'),
    line(NOW + 3 * SECOND, home, 'e2'),
    line(NOW + 4 * SECOND, 0, 'e3', 'ETH-USDT'),
    line(NOW + 5 * SECOND, 1, 'e3', 'ETH-USDT'),
    line(NOW + 6 * SECOND, away, 'e4'),
  ];
  const before = config('alpha', 'beta');
  const after = config('gamma', 'alpha');
  const signals = ['e1', 'e2', 'e3', 'e4'];

  let appends = 0;
  const whole = createMemoryLog({ topology });
  const counting: LocalLog = {
    ...whole,
    appendNow(batch, owner) {
      appends += 1;
      whole.appendNow(batch, owner);
    },
  };
  createVirtualRuntime({ log: counting, stages: stages(before), ticks: 'sparse' }).run(events);

  test('undisturbed', () => {
    expect(appends).toBeGreaterThan(events.length);
    expect(enriched(whole)).toEqual(signals.flatMap((signal) => [`${signal} alpha`, `${signal} beta`]));
  });

  for (let lives = 0; lives < appends; lives += 1) {
    test(`after ${lives} appends`, () => {
      const log = createMemoryLog({ topology });
      const mortal = mortalLog(log, lives);
      expect(() => createVirtualRuntime({ log: mortal, stages: stages(before), ticks: 'sparse' }).run(events)).toThrow('killed');
      createVirtualRuntime({ log, stages: stages(after), ticks: 'sparse' }).run(events);
      const found = enriched(log);
      expect(new Set(found).size).toBe(found.length);
      for (const signal of signals) {
        expect(found).toContain(`${signal} alpha`);
        // Whoever was subscribed when it was enriched has it, the other does not.
        expect(found.filter((each) => [`${signal} beta`, `${signal} gamma`].includes(each))).toHaveLength(1);
      }
    });
  }
});
