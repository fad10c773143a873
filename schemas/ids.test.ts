// Tests of the ids: every golden vector of the specification, and the fast templates against H itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientOrderId, isOurs } from './client-order-id.ts';
import { sha256Hex } from './hash.ts';
import * as ids from './ids.ts';
import { parseTime } from './time.ts';

const at = (text: string): number => parseTime(text) ?? Number.NaN;
const padded = (n: number): string => String(n).padStart(64, '0');
const ORDER = ids.orderId({ attempt: 1, decision_id: padded(1), leg: 'entry' });
const FIRST_SIGNAL = ids.signalId({ event_id: 'msg-42', instrument: 'SOL-USDT', source: 'telegram:general' });
const FILL = ids.fillId({ account: 'main', venue: 'binance', venue_order_id: '28457', venue_trade_id: '56' });
const POSITION = ids.positionId({ fill_id: FILL, portfolio: 'pf-1' });
const bucketed = (time: string): string =>
  ids.signalId({
    event_time: at(time),
    direction: 'long',
    instrument: 'BTC-USDT',
    signal_type: 'breakout',
    source: 'binance:ta_signal',
  });

describe('golden ids', () => {
  it.each([
    ['signal by event id', FIRST_SIGNAL, '84efad686fca2d6c91393b6ca5bcfb4e3eeb4a5a7b23d4c33448c14a8a81ad5d'],
    ['signal by bucket', bucketed('2026-01-02T03:04:05Z'), '15f8e3b5bcf9aefebdc1e8c43a44b25599002520cffa89298a92686491f60422'],
    [
      'the same bucket, its end',
      bucketed('2026-01-02T03:09:59.999Z'),
      '15f8e3b5bcf9aefebdc1e8c43a44b25599002520cffa89298a92686491f60422',
    ],
    ['the next bucket', bucketed('2026-01-02T03:10:00Z'), 'b1f3b5eb6e3c42d9a03d7475619ca0c2adcba8091c0a2b4a7d1166ba7e3eeb92'],
    [
      'signal of a strategy',
      ids.signalId({ event_id: 'sma_cross/1h/1767322800000000', instrument: 'BTC-USDT', source: 'weir:sma_cross' }),
      '67d829293bd2b54daf34221233cb47747c12a440f3cea8e250df6f5d2fe25252',
    ],
    [
      'decision',
      ids.decisionId({ portfolio: 'pf-1', subject_type: 'signal', subject_id: FIRST_SIGNAL, target: '' }),
      '06ae142f51445425b95f954fb2e4b1b5d8a68ef56b0500625dd8d6f92a7ed21b',
    ],
    ['order', ORDER, '7bd315bce0dcd87d85809a24c8ccf5c4c3efb9281120bcfe07c27e8d07fce4d9'],
    [
      'intent',
      ids.intentId({ decision_id: padded(1), leg: 'entry' }),
      '90a1fcce7e7390f7bb3009bfde3f40af87a7f615c956fe31eb1d0d1fc872fc2c',
    ],
    [
      'SUBMITTING',
      ids.orderEventId({ key: '0', order_id: ORDER, type: 'SUBMITTING' }),
      '403690fea1dd7894dbcd7a305ae5cbfb4cc8e22e25b414de884a96f7cc8b5c87',
    ],
    [
      'ACCEPTED',
      ids.orderEventId({ key: '1', order_id: ORDER, type: 'ACCEPTED' }),
      'f7dca61ff0ce5ad630634e3a75640b31bf4055de4909fcf2559768972c269bb7',
    ],
    ['fill', FILL, 'dddd8982177d966285e69314aa312aa2eb05f619d30d27594849d8ca96d2f6cb'],
    ['position', POSITION, '33ff7d00da9edb1e6657864253133aebcd3aef88b7fd97235efd03c9ee71ec6e'],
    ['trade', ids.tradeId({ position_id: POSITION }), '6eae25403c8b12687cbafa6f38be2459a60f01ff181cd95b4d6f2a9b3f7eae63'],
    [
      'analysis',
      ids.analysisId({ agent_set_id: 's1', decision_id: 'd1' }),
      'a15dab719b510f942bd834461ed7ca2edbc86a5a09e5fc4b20e7a13c59129a5e',
    ],
    ['trace', ids.traceId({ signal_id: 'a'.repeat(64) }), '6f512e0f3398c6aa1df65033fabb5206'],
    ['policy of two keys', ids.contentHash({ b: 1, a: 'x' }), 'cdab067e9f3beb32d1252cfd63e492592fecbf591b0d08cadb24bb17f3864246'],
    [
      'policy',
      ids.contentHash({ profile: 'paper', pacing: { global_s: 90 } }),
      'c10f7ac3932884411a7df8a98590fb8e8d7d9af724af8eb12853599fe0686cb8',
    ],
    [
      'policy changed',
      ids.contentHash({ profile: 'paper', pacing: { global_s: 180 } }),
      '95f099469f604302d91701b6564f23b8bd80a38806a9323b376146ee6b8d95e2',
    ],
    ['secret of a key', sha256Hex('A'.repeat(43)), '0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a'],
    ['bytes as text', sha256Hex(new TextEncoder().encode('é')), sha256Hex('é')],
  ])('%s', (_, id, golden) => {
    expect(id).toBe(golden);
  });
});

describe('isOrderId', () => {
  it.each(['', 'abc', padded(1).toUpperCase().replace('1', 'A'), `${padded(1)}0`, padded(1).slice(1)])('refuses %o', (text) => {
    expect(ids.isOrderId(text)).toBe(false);
    // To quote an id met elsewhere does not make it one of ours.
    ids.orderEventId({ key: '0', order_id: text, type: 'DENIED' });
    expect(ids.isOrderId(text)).toBe(false);
  });
  it('takes what was derived, here or elsewhere', () => {
    const derived = ids.orderId({ attempt: 7, decision_id: padded(1), leg: 'entry' });
    expect(ids.isOrderId(derived)).toBe(true);
    expect(ids.isOrderId(padded(1))).toBe(true);
  });
});

describe('client order ids', () => {
  it.each([
    ['plain', ORDER, 'weir7bd315bce0dcd87d85809a24c8cc'],
    ['hex', ORDER, '77657bd315bce0dcd87d85809a24c8cc'],
    ['hex0x', ORDER, '0x77657bd315bce0dcd87d85809a24c8cc'],
    ['tprefix', ORDER, 't-weir7bd315bce0dcd87d85809a24'],
    ['plain', ids.orderId({ attempt: 2, decision_id: padded(1), leg: 'entry' }), 'weirf09a46c2ac5050e7d35b5d3f8707'],
    ['plain', ids.orderId({ attempt: 1, decision_id: padded(1), leg: 'exit' }), 'weir3978ab51c076d16a6d49f4743bef'],
    ['plain', ids.orderId({ attempt: 1, decision_id: padded(1), leg: 'stop' }), 'weirfb6f85fe3684c93029600cc86275'],
  ] as const)('%s of %s', (encoding, order, golden) => {
    expect(clientOrderId(encoding, order)).toBe(golden);
    expect(isOurs(encoding, golden)).toBe(true);
  });

  it.each([
    ['plain', 'web_7bd315bce0dcd87d85809a24c8cc0'],
    ['plain', 'weir7bd315bce0dcd87d85809a24c8c'],
    ['plain', '77657bd315bce0dcd87d85809a24c8cc'],
    ['hex', 'weir7bd315bce0dcd87d85809a24c8cc'],
    ['hex0x', '77657bd315bce0dcd87d85809a24c8cc'],
    ['tprefix', 'weir7bd315bce0dcd87d85809a24'],
  ] as const)('%s: %s is not ours', (encoding, foreign) => {
    expect(isOurs(encoding, foreign)).toBe(false);
  });
});

describe('U', () => {
  const draw = (order: number, label: string): number =>
    ids.U({ kind: 'draw', label, order_id: ids.orderId({ attempt: 1, decision_id: padded(order), leg: 'entry' }) });
  const TOUCH = 'touch:1735689600000000';
  const PARTIAL = 'partial:1735689600000000';

  it.each([
    ['bandit of zeros', ids.U({ kind: 'bandit', decision_id: '0'.repeat(64) }), 0.7576421477915152],
    ['bandit of f', ids.U({ kind: 'bandit', decision_id: 'f'.repeat(64) }), 0.2743340753029756],
    ['latency of the golden order', draw(1, 'latency'), 0.4016930820307113],
  ])('%s exactly', (_, u, golden) => {
    expect(u).toBe(golden);
  });

  it.each([
    [12, 'latency', 0.9401],
    [3, 'latency', 0.8236],
    [5, 'latency', 0.5181],
    [12, TOUCH, 0.8664],
    [3, TOUCH, 0.7168],
    [5, TOUCH, 0.1551],
    [12, PARTIAL, 0.305],
    [3, PARTIAL, 0.5371],
    [5, PARTIAL, 0.1104],
    [5, 'fraction:1735689600000000', 0.2798],
  ])('order %i, %s: %f', (order, label, golden) => {
    expect(draw(order, label)).toBeCloseTo(golden, 4);
  });

  it('bootstrap weights of a day', () => {
    const cdf = [0.367879441, 0.735758882, 0.919698603, 0.981011843, 0.996340153, 0.999405815, 0.999916759];
    const weight = (replicate: number): number => {
      const v = ids.U({ kind: 'bootstrap', day: '2026-01-01', replicate });
      const k = cdf.findIndex((limit) => v < limit);
      return k < 0 ? 7 : k;
    };
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(weight)).toEqual([3, 1, 2, 2, 2, 1, 2, 0]);
  });

  it('lies in [0, 1)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (label) => {
        const u = ids.U({ kind: 'draw', label });
        return u >= 0 && u < 1;
      }),
    );
  });
});

describe('templates equal H', () => {
  const text = fc.string({ unit: 'grapheme' });
  const of = <K extends string>(...keys: K[]): fc.Arbitrary<Record<K, string>> =>
    fc.record(Object.fromEntries(keys.map((key) => [key, text])) as Record<K, fc.Arbitrary<string>>) as fc.Arbitrary<
      Record<K, string>
    >;
  const check = <T>(arbitrary: fc.Arbitrary<T>, id: (object: T) => string, hash: (object: T) => string): void =>
    fc.assert(fc.property(arbitrary, (object) => id(object) === hash(object)));

  it('signal', () => {
    check(of('event_id', 'instrument', 'source'), ids.signalId, (o) => ids.H({ kind: 'signal', ...o }));
    check(
      fc.record({
        event_time: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
        direction: text,
        instrument: text,
        signal_type: text,
        source: text,
      }),
      ids.signalId,
      ({ event_time, ...o }) => ids.H({ kind: 'signal', bucket: Math.floor(event_time / 600_000_000), ...o }),
    );
  });
  it('decision, intent, order', () => {
    check(
      of('portfolio', 'subject_id', 'target'),
      (o) => ids.decisionId({ subject_type: 'signal', ...o }),
      (o) => ids.H({ kind: 'decision', subject_type: 'signal', ...o }),
    );
    check(of('decision_id', 'leg'), ids.intentId, (o) => ids.H({ kind: 'intent', ...o }));
    check(fc.record({ attempt: fc.nat(), decision_id: text, leg: text }), ids.orderId, (o) => ids.H({ kind: 'order', ...o }));
  });
  it('command, order event, fill', () => {
    check(of('action', 'order_id'), ids.commandId, (o) => ids.H({ kind: 'command', ...o }));
    check(of('key', 'order_id', 'type'), ids.orderEventId, (o) => ids.H({ kind: 'order_event', ...o }));
    check(of('account', 'venue', 'venue_order_id', 'venue_trade_id'), ids.fillId, (o) => ids.H({ kind: 'fill', ...o }));
  });
  it('position, trade, exit trigger, trace', () => {
    check(of('fill_id', 'portfolio'), ids.positionId, (o) => ids.H({ kind: 'position', ...o }));
    check(of('position_id'), ids.tradeId, (o) => ids.H({ kind: 'trade', ...o }));
    check(
      fc.record({ event_at: fc.nat(), instrument: text, portfolio: text, position_id: text, rule: text }),
      ids.exitTriggerId,
      (o) => ids.H({ kind: 'exit_trigger', ...o }),
    );
    check(of('signal_id'), ids.traceId, (o) => ids.H({ kind: 'trace', ...o }).slice(0, 32));
  });
});

describe('an id of an id', () => {
  // What was derived last is quoted without a look, a stranger with one, and neither is taken for the other.
  const STRANGER = 'a "stranger" \\ of\nno form';
  const decision = (subject_id: string) => ids.decisionId({ portfolio: 'p', subject_type: 'signal', subject_id, target: '' });
  const order = (decision_id: string) => ids.orderId({ attempt: 1, decision_id, leg: 'entry' });
  const fill = (venue_trade_id: string) => ids.fillId({ account: 'a', venue: 'v', venue_order_id: 'o', venue_trade_id });

  it.each<[string, (last: string) => string, (last: string) => string, (text: string) => string]>([
    ['trace', (signal_id) => ids.traceId({ signal_id }), (signal_id) => ids.H({ kind: 'trace', signal_id }).slice(0, 32), signal],
    [
      'decision',
      decision,
      (subject_id) => ids.H({ kind: 'decision', portfolio: 'p', subject_type: 'signal', subject_id, target: '' }),
      signal,
    ],
    [
      'intent',
      (decision_id) => ids.intentId({ decision_id, leg: 'entry' }),
      (decision_id) => ids.H({ kind: 'intent', decision_id, leg: 'entry' }),
      decision,
    ],
    ['order', order, (decision_id) => ids.H({ kind: 'order', attempt: 1, decision_id, leg: 'entry' }), decision],
    [
      'command',
      (order_id) => ids.commandId({ action: 'PLACE', order_id }),
      (order_id) => ids.H({ kind: 'command', action: 'PLACE', order_id }),
      order,
    ],
    [
      'order event',
      (order_id) => ids.orderEventId({ key: '0', order_id, type: 'ACCEPTED' }),
      (order_id) => ids.H({ kind: 'order_event', key: '0', order_id, type: 'ACCEPTED' }),
      order,
    ],
    [
      'event of a fill',
      (key) => ids.orderEventId({ key, order_id: 'o', type: 'FILL' }),
      (key) => ids.H({ kind: 'order_event', key, order_id: 'o', type: 'FILL' }),
      fill,
    ],
    [
      'position',
      (fill_id) => ids.positionId({ fill_id, portfolio: 'p' }),
      (fill_id) => ids.H({ kind: 'position', fill_id, portfolio: 'p' }),
      fill,
    ],
    [
      'trade',
      (position_id) => ids.tradeId({ position_id }),
      (position_id) => ids.H({ kind: 'trade', position_id }),
      (fill_id) => ids.positionId({ fill_id, portfolio: 'p' }),
    ],
  ])('%s', (_, id, hash, derive) => {
    const derived = [derive('1'), derive('2')];
    for (const last of [...derived, STRANGER, '', STRANGER, ...derived.reverse()]) expect(id(last)).toBe(hash(last));
  });

  function signal(event_id: string): string {
    return ids.signalId({ event_id, instrument: 'i', source: 's' });
  }
});

describe('members of the other ids', () => {
  it.each([
    ['agent_set', ids.agentSetId({ agents: [], fallbacks: [] }), { agents: [], fallbacks: [] }],
    [
      'call',
      ids.callId({ agent: 'a', analysis_id: 'b', attempt: 1, fallback: 0, repair: 0 }),
      { agent: 'a', analysis_id: 'b', attempt: 1, fallback: 0, repair: 0 },
    ],
    [
      'evaluation',
      ids.evaluationId({ model: 'm', portfolio: 'p', prompt_hash: 'h', signal_id: 's' }),
      { model: 'm', portfolio: 'p', prompt_hash: 'h', signal_id: 's' },
    ],
    ['verdict', ids.verdictId({ cause_id: 'c', work: 'REVIEW' }), { cause_id: 'c', work: 'REVIEW' }],
    ['lesson', ids.lessonId({ trade_id: 't' }), { trade_id: 't' }],
    ['params', ids.paramVersion({ params: { a: 1 }, strategy: 's' }), { params: { a: 1 }, strategy: 's' }],
    [
      'control',
      ids.controlId({ idempotency_key: 'i', key_id: 'k', portfolio: 'p' }),
      { idempotency_key: 'i', key_id: 'k', portfolio: 'p' },
    ],
    [
      'param_snapshot',
      ids.paramSnapshotId({ day: '2026-01-02', portfolio: 'p', strategy: 's' }),
      { day: '2026-01-02', portfolio: 'p', strategy: 's' },
    ],
    [
      'dead_letter',
      ids.deadLetterId({ error_class: 'e', offset: 1, partition: 2, stage: 's', topic: 't' }),
      { error_class: 'e', offset: 1, partition: 2, stage: 's', topic: 't' },
    ],
    ['alert', ids.alertId({ dedupe_key: 'd', position: 'p' }), { dedupe_key: 'd', position: 'p' }],
    ['slot', ids.slotId({ job: 'j', scheduled_at: 1 }), { job: 'j', scheduled_at: 1 }],
    ['idempotency', ids.idempotencyId({ key: 'k', key_id: 'i', route: 'r' }), { key: 'k', key_id: 'i', route: 'r' }],
    [
      'command',
      ids.commandId({ action: 'CANCEL_ALL', cause_id: 'c', instrument: null, scope: 'ALL' }),
      { action: 'CANCEL_ALL', cause_id: 'c', instrument: null, scope: 'ALL' },
    ],
    [
      'order_event',
      ids.orderEventId({ account: 'a', key: 'k', type: 'FUNDING', venue: 'v' }),
      { account: 'a', key: 'k', type: 'FUNDING', venue: 'v' },
    ],
    [
      'request',
      ids.requestHash({ contract_hash: 'c', messages: [], model: 'm', parameters: {}, vendor: 'v' }),
      { contract_hash: 'c', messages: [], model: 'm', parameters: {}, vendor: 'v' },
    ],
  ])('%s', (kind, id, members) => {
    expect(id).toBe(ids.H({ kind, ...members }));
  });

  it('run', () => {
    const of = { code_hash: 'c', config_hash: 'd', data_hash: 'e', run_kind: 'backtest', seed: 42 };
    expect(ids.runId(of)).toBe(`bt-${ids.H({ kind: 'run', ...of }).slice(0, 16)}`);
  });
});
