// The same journal leads to the same bytes: folded twice, with every record delivered twice, and resumed from a copy at any record.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../schemas/codec.ts';
import { MINUTE, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../../topology/envelope.ts';
import type { Stage } from '../../topology/stage.ts';
import {
  answer,
  commands,
  control,
  event,
  fill,
  INSTRUMENT,
  M,
  mark,
  portfolioOf,
  type Scenario,
  signal,
  terminal,
  tick,
  trading,
  trigger,
} from './example.ts';
import type { DecisionState } from './state.ts';

/** One act of a market, a venue, a monitor or an operator, chosen by a number; what it does depends on where things stand. */
function act(s: Scenario, choice: number, size: number): void {
  const p = portfolioOf(s);
  const position = p.ledger.positions.get(INSTRUMENT);
  const price = String(48_000 + size * 40);
  const waiting = p.orders.intents.find((intent) => intent.order_id !== '');
  const command = commands(s.outputs).findLast((c) => c.action === 'PLACE' && c.order_id === waiting?.order_id);
  tick(s, s.now + (1 + (size % 7)) * 20 * SECOND);
  switch (choice) {
    case 0:
      return void signal(s, { price });
    case 1:
      return void signal(s, { direction: 'close_long', price });
    case 2:
      if (command !== undefined) answer(s, command, { price });
      return;
    case 3:
      if (command?.quantity != null)
        answer(s, command, { price, quantity: command.quantity / 2n > M('0.0001') ? M('0.0001') : command.quantity });
      return;
    case 4:
      if (command !== undefined) terminal(s, command, size % 2 === 0 ? 'CANCELED' : 'EXPIRED');
      return;
    case 5:
      if (position !== undefined) mark(s, position.position_id, price);
      return;
    case 6:
      if (position !== undefined)
        trigger(s, position.position_id, size % 2 === 0 ? 'STOP_LOSS' : 'TAKE_PROFIT', { mid: M(price) });
      return;
    case 7:
      return void control(s, size % 3 === 0 ? 'KILL' : 'RESUME', size % 2 === 0 ? { baseline: 'new' } : {});
    case 8:
      if (command !== undefined) {
        answer(s, command, { fill: false });
        terminal(s, command, 'UNKNOWN', { reason: 'TIMEOUT' });
      }
      return;
    case 9:
      return void tick(s, s.now + size * MINUTE);
    case 10:
      return void event(s, {
        type: size % 2 === 0 ? 'RECONCILING' : 'FUNDING',
        funding: {
          position_id: '',
          funding_time: s.now,
          amount: M('-0.01'),
          asset: 'USDT',
          rate: null,
          mark_price: null,
          quantity: 0n,
        },
      });
    default:
      return void signal(s, { direction: 'short', price });
  }
}

/** Signals, answers and exits are what leads anywhere; the rest gets in their way now and then. */
const WEIGHTS = [0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 6, 6, 6, 5, 5, 1, 3, 4, 7, 8, 9, 10, 11];
const choice = fc.constantFrom(...WEIGHTS);
const acts = fc.array(fc.tuple(choice, fc.nat({ max: 99 })), { minLength: 5, maxLength: 60 });

function journalOf(steps: readonly (readonly [number, number])[]): {
  stage: Stage<DecisionState>;
  journal: readonly AnyEnvelope[];
} {
  const s = trading({
    pacing: { global_s: 0, symbol_s: 0, per_hour: 100, per_day: 1000 },
    cooldown: { win_s: 0, loss_s: 0, stop_s: 0 },
    entry: { duplicate_s: 0 },
  });
  for (const [choice, size] of steps) act(s, choice, size);
  return { stage: s.stage, journal: s.journal };
}

/** Topic, key, id and encoded bytes of everything a run emits, one line each. */
function run(stage: Stage<DecisionState>, state: DecisionState, journal: readonly AnyEnvelope[]): string[] {
  const lines: string[] = [];
  for (const record of journal) {
    stage.step(
      state,
      record,
      (topic, type, key, value, id = '') => {
        lines.push(`${topic} ${key} ${id} ${Buffer.from(encodeBody(type, value)).toString('base64')}`);
      },
      0,
    );
  }
  return lines;
}

describe('determinism', () => {
  it('folding twice gives the same bytes', () => {
    fc.assert(
      fc.property(acts, (steps) => {
        const { stage, journal } = journalOf(steps);
        expect(run(stage, stage.init(0), journal)).toEqual(run(stage, stage.init(0), journal));
      }),
      { numRuns: 20 },
    );
  });

  it('a copy of the state taken anywhere goes on with the same bytes', () => {
    fc.assert(
      fc.property(acts, fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        const { stage, journal } = journalOf(steps);
        const whole = run(stage, stage.init(0), journal);
        const cut = Math.floor(share * journal.length);
        const state = stage.init(0);
        const head = run(stage, state, journal.slice(0, cut));
        const tail = run(stage, structuredClone(state), journal.slice(cut));
        expect([...head, ...tail]).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('every record delivered twice changes nothing', () => {
    fc.assert(
      fc.property(acts, (steps) => {
        const { stage, journal } = journalOf(steps);
        expect(
          run(
            stage,
            stage.init(0),
            journal.flatMap((record) => [record, record]),
          ),
        ).toEqual(run(stage, stage.init(0), journal));
      }),
      { numRuns: 20 },
    );
  });

  it('the random journals are worth folding: they enter, exit, stop and trade', () => {
    const kinds = new Map<string, number>();
    for (const steps of fc.sample(acts, { numRuns: 40, seed: 1 })) {
      const s = trading({
        pacing: { global_s: 0, symbol_s: 0, per_hour: 100, per_day: 1000 },
        cooldown: { win_s: 0, loss_s: 0, stop_s: 0 },
        entry: { duplicate_s: 0 },
      });
      for (const [choice, size] of steps) act(s, choice, size);
      for (const output of s.outputs) kinds.set(output.type, (kinds.get(output.type) ?? 0) + 1);
    }
    for (const type of ['Decision', 'OrderCommand', 'Position', 'Trade']) expect(kinds.get(type) ?? 0).toBeGreaterThan(10);
  });
});

describe('ticks', () => {
  /** All Ticks of a day at each second, or only those at the deadline and at the hour: what happens must be the same. */
  function day(dense: boolean): { lines: string[]; kinds: string[] } {
    const s = trading({ marks: { max_age_s: 86400 } }, { mode: 'backtest', candle_interval_us: 60 * SECOND });
    const lines: string[] = [];
    const kinds: string[] = [];
    const emit = (out: ReturnType<typeof tick>) => {
      for (const o of out) {
        const value = o.type === 'Decision' ? { ...o.value, journal: { partition: 0, offset: 0, index: 0 } } : o.value;
        lines.push(`${o.type} ${JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))}`);
        kinds.push(o.type === 'Decision' && 'reason_code' in o.value ? o.value.reason_code : o.type);
      }
    };
    const passTo = (end: number) => {
      for (let at = Math.ceil((s.now + 1) / SECOND) * SECOND; at <= end; at += SECOND) {
        if (dense || at >= (s.stage.deadline?.(s.state) ?? Number.POSITIVE_INFINITY) || at % (3600 * SECOND) === 0)
          emit(tick(s, at));
        else s.now = at;
      }
    };
    const [entry] = commands(signal(s, { event_id: 'one' }));
    if (entry === undefined) throw new Error('not entered');
    emit(answer(s, entry, { fill: false }));
    // The first attempt's time is up, the second one is filled; then prices come for a while and stop.
    passTo(s.now + 20 * SECOND);
    emit(terminal(s, entry, 'CANCELED', { event_id: 'c' }));
    const again = commands(s.outputs).at(-1);
    if (again === undefined) throw new Error('no second attempt');
    emit(answer(s, again, { fill: false }));
    emit(fill(s, again, { price: '50000', trade: 'one' }));
    const position_id = portfolioOf(s).ledger.positions.get(INSTRUMENT)?.position_id ?? '';
    for (let minute = 0; minute < 90; minute += 1) {
      passTo(s.now + MINUTE);
      emit(mark(s, position_id, '50010', { offset: minute }));
    }
    passTo(s.now + 200 * MINUTE);
    return { lines, kinds };
  }

  it('dense or sparse, the same decisions with the same fields', () => {
    const dense = day(true);
    expect(day(false).lines).toEqual(dense.lines);
    expect(dense.kinds).toEqual(expect.arrayContaining(['STATE_SNAPSHOT', 'DATA_SILENCE', 'EXIT_UNPRICED', 'OrderCommand']));
  });
});
