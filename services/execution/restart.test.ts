// The stage under a runtime, killed between any two appends: the same owner goes on as if nothing was, a new one loses and doubles nothing.
import { describe, expect, test } from 'vitest';
import { decimal as d } from '../../schemas/money.ts';
import type { OrderCommand, OrderEvent, RecordName, RecordTypes } from '../../schemas/records.generated.ts';
import { MINUTE, SECOND } from '../../schemas/time.ts';
import type { LocalLog } from '../../topology/log/log.ts';
import { createMemoryLog } from '../../topology/log/memory.ts';
import { mortalLog } from '../../topology/runtime/mortal-log.ts';
import type { SourceEvent, SourceRecord } from '../../topology/runtime/source.ts';
import { createVirtualRuntime } from '../../topology/runtime/virtual-runtime.ts';
import type { Stage } from '../../topology/stage.ts';
import {
  CERTAIN,
  CLOSING,
  CONFIG,
  cancelOf,
  candle,
  cashFlow,
  derived,
  info,
  placing,
  policyActivated,
  T0,
  taking,
} from './example.ts';
import { reconciliationOf } from './reconcile.ts';
import { executionStage } from './stage.ts';
import type { ExecutionState } from './state.ts';

const PORTFOLIO = 'paper-1';
const stagesOf = (claim: string): readonly Stage<unknown>[] => [executionStage({ ...CONFIG, claim }) as Stage<unknown>];

function record<T extends RecordName>(
  topic: SourceRecord['topic'],
  type: T,
  key: string,
  value: RecordTypes[T],
  id = '',
): SourceRecord {
  return { topic, type, key, value, ...(id === '' ? {} : { id }) } as unknown as SourceRecord;
}
const ordered = (command: OrderCommand) => record('orders.v1', 'OrderCommand', PORTFOLIO, command, command.command_id);

/** Minutes of rests, takers, partial fills, a stop and a cancel. */
function* session(): Generator<SourceEvent> {
  const start = T0 - MINUTE;
  const cash = { ...cashFlow('1000000'), control_id: 'c1' };
  const policy = { ...policyActivated({ sim: { ...CERTAIN, participation_bps: 1_000 } }), control_id: 'c2' };
  yield {
    at: start,
    records: [
      record('market.v1', 'InstrumentInfo', 'i', info()),
      record('journal.v1', 'PolicyActivated', PORTFOLIO, policy, 'c2'),
      record('journal.v1', 'CashFlow', PORTFOLIO, cash, 'c1'),
    ],
  };
  for (let i = 0; i < 6; i += 1) {
    const at = T0 + i * MINUTE;
    yield { at, records: [record('market.v1', 'Quote', 'i', derived('99.95', '100.05', at))] };
    const order = placing(
      { attempt: i + 1, at },
      i % 2 === 0 ? taking('101', { quantity: d('2') }) : { quantity: d('2'), limit_price: d('99') },
    );
    yield { at, records: [ordered(order)] };
    if (i === 3) yield { at, records: [ordered(cancelOf(order, at))] };
    if (i === 2) {
      const stop = {
        ...CLOSING,
        order_type: 'STOP',
        price_rule: 'NONE',
        limit_price: null,
        stop_price: d('98'),
        stop_source: 'LAST',
      } as const;
      yield { at, records: [ordered(placing({ leg: 'stop', at }, stop))] };
    }
    const bar = candle(i, '100', '101', i === 4 ? '97.5' : '98.5', '100', { volume: d('15') });
    yield { at: bar.close_time, records: [record('market.v1', 'Candle', 'i', bar)] };
  }
}
const events = [...session()];
const end = T0 + 10 * MINUTE;

/** As a reader counts them: the first of an id. */
function journal(log: LocalLog): OrderEvent[] {
  const found = new Map<string, OrderEvent>();
  for (const each of log.readNow('journal.v1', 0, 0, 100_000)) {
    if (each.type === 'OrderEvent' && !found.has(each.value.event_id)) found.set(each.value.event_id, each.value);
  }
  return [...found.values()];
}

let appends = 0;
const whole = createMemoryLog();
const counting: LocalLog = {
  ...whole,
  appendNow(batch, owner) {
    appends += 1;
    whole.appendNow(batch, owner);
  },
};
createVirtualRuntime({ log: counting, stages: stagesOf('claim-1'), ticks: 'sparse' }).run(events, end);

test('undisturbed, the session has something of everything', () => {
  const types = new Set(journal(whole).map((e) => e.type));
  for (const type of ['SUBMITTING', 'ACCEPTED', 'FILL', 'CANCEL_REQUESTED', 'CANCELED', 'EXPIRED', 'RECONCILED'] as const) {
    expect(types).toContain(type);
  }
});

test('dense Ticks change nothing but the log positions', () => {
  const log = createMemoryLog();
  createVirtualRuntime({ log, stages: stagesOf('claim-1'), ticks: 'dense' }).run(events, end);
  expect(journal(log)).toEqual(journal(whole));
});

function runtimeOf(log: LocalLog, claim: string) {
  return createVirtualRuntime({ log, stages: stagesOf(claim), ticks: 'dense', snapshot_every_us: 90 * SECOND });
}

describe('killed and started again by the same owner', () => {
  for (let lives = 0; lives < appends; lives += 1) {
    test(`after ${lives} appends`, () => {
      const log = createMemoryLog();
      expect(() => runtimeOf(mortalLog(log, lives), 'claim-1').run(events, end)).toThrow('killed');
      runtimeOf(log, 'claim-1').run(events, end);
      expect(journal(log)).toEqual(journal(whole));
    });
  }
});

describe('killed and taken over by a new owner', () => {
  for (let lives = 0; lives < appends; lives += 1) {
    test(`after ${lives} appends`, () => {
      const log = createMemoryLog();
      expect(() => runtimeOf(mortalLog(log, lives), 'claim-1').run(events, end)).toThrow('killed');
      const runtime = runtimeOf(log, 'claim-2');
      runtime.run(events, end);
      const found = journal(log);
      const byOrder = Map.groupBy(
        found.filter((e) => e.order_id !== null),
        (e) => e.order_id,
      );
      for (const [, own] of byOrder) expect(own.filter((e) => e.type === 'SUBMITTING').length).toBeLessThanOrEqual(1);
      let position = 0n;
      for (const e of found) if (e.type === 'FILL') position += e.side === 'BUY' ? (e.quantity ?? 0n) : -(e.quantity ?? 0n);
      const portfolio = (runtime.stateOf('execution', 0) as ExecutionState).portfolios.get(PORTFOLIO);
      if (portfolio === undefined) throw new Error('no portfolio');
      expect(portfolio.phase).toBe('READY');
      expect(portfolio.account.holdings.get('BTC-USDT-PERP')?.quantity ?? 0n).toBe(position);
      expect(reconciliationOf(portfolio, 'FULL').clean).toBe(true);
      // Each command was answered: sent, or denied.
      for (const event of events)
        for (const sent of event.records)
          if (sent.type === 'OrderCommand' && sent.value.action === 'PLACE') expect(byOrder.has(sent.value.order_id)).toBe(true);
    });
  }
});
