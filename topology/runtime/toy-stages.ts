// For tests: six small stages that pass records round the whole topology, each carrying a digest of all it has met before.
import { sha256Hex } from '../../schemas/hash.ts';
import {
  blankCandle,
  blankDecision,
  blankEnrichedSignal,
  blankLesson,
  blankMark,
  blankOrderCommand,
  blankOrderEvent,
  blankPosition,
  blankSignal,
  blankTrade,
  type Candle,
} from '../../schemas/records.generated.ts';
import { type Micros, SECOND } from '../../schemas/time.ts';
import type { AnyEnvelope } from '../envelope.ts';
import type { Emit, Stage } from '../stage.ts';
import type { StageName } from '../stages.ts';
import type { SourceEvent, SourceRecord } from './source.ts';

export interface ToyState {
  /** Depends on every record taken and on its order. */
  digest: string;
  taken: number;
  readonly pending: string[];
  /** When something is due: an expiry that only a Tick brings. */
  due: Micros;
  readonly books: Map<string, { quantity: bigint }>;
}

type ToyStep = (state: ToyState, input: AnyEnvelope, emit: Emit, now: Micros) => void;

export function toyStage(name: StageName, step: ToyStep, version = '1'): Stage<unknown> {
  const stage: Stage<ToyState> = {
    name,
    version,
    init: () => ({ digest: '', taken: 0, pending: [], due: Number.POSITIVE_INFINITY, books: new Map() }),
    step(state, input, emit, now) {
      state.taken += 1;
      state.digest = sha256Hex(`${state.digest} ${input.type} ${input.key} ${input.id}`).slice(0, 12);
      step(state, input, emit, now);
    },
    deadline: (state) => state.due,
  };
  return stage as Stage<unknown>;
}

const strategy = toyStage('strategy', (state, input, emit) => {
  if (input.type !== 'Candle' || state.taken % 3 !== 0) return;
  const value = { ...blankSignal(), instrument: input.key, thesis: state.digest };
  emit('signals.v1', 'Signal', input.key, value, `signal-${input.partition}-${input.offset}`);
});

const enrichment = toyStage('enrichment', (state, input, emit) => {
  if (input.type !== 'Signal') return;
  for (const portfolio of ['pf-1', 'pf-2', 'pf-3']) {
    const value = { ...blankEnrichedSignal(), signal_id: input.id, portfolio, config_hash: state.digest };
    emit('journal.v1', 'EnrichedSignal', portfolio, value, input.id);
  }
});

/** Takes 90 s to make up its mind about every second signal: only a Tick brings the decision. */
const decision = toyStage('decision', (state, input, emit) => {
  if (input.type === 'EnrichedSignal') {
    if (state.taken % 2 === 0) decide(state, input.key, input.id, emit);
    else {
      state.pending.push(`${input.key} ${input.id}`);
      if (state.due === Number.POSITIVE_INFINITY) state.due = input.at + 90 * SECOND + 1;
    }
  }
  if (input.type === 'Tick' && input.value.tick_at >= state.due) {
    for (const waiting of state.pending.splice(0)) {
      const [key = '', id = ''] = waiting.split(' ');
      decide(state, key, `${id}-${input.value.tick_at}`, emit);
    }
    state.due = Number.POSITIVE_INFINITY;
  }
  if (input.type === 'OrderEvent') {
    const book = state.books.get(input.key) ?? { quantity: 0n };
    state.books.set(input.key, book);
    book.quantity += 1n;
    const value = { ...blankPosition(), portfolio: input.key, instrument: 'A', qty: book.quantity };
    emit('positions.v1', 'Position', `A|${input.key}`, value);
    if (book.quantity % 4n === 0n) emit('trades.v1', 'Trade', input.key, { ...blankTrade(), trade_id: input.id }, input.id);
  }
});

function decide(state: ToyState, portfolio: string, id: string, emit: Emit): void {
  const value = { ...blankDecision(), decision_id: id, portfolio, policy_hash: state.digest };
  emit('decisions.v1', 'Decision', portfolio, value, `decision-${portfolio}-${id}`);
  const order = { ...blankOrderCommand(), order_id: `order-${portfolio}-${id}`, portfolio };
  emit('orders.v1', 'OrderCommand', portfolio, order, order.order_id);
}

const execution = toyStage('execution', (state, input, emit) => {
  if (input.type === 'OrderCommand') state.pending.push(`${input.key} ${input.id}`);
  if (input.type !== 'Candle') return;
  for (const waiting of state.pending.splice(0)) {
    const [key = '', id = ''] = waiting.split(' ');
    const value = { ...blankOrderEvent(), event_id: `fill-${id}`, portfolio: key, venue_order_id: state.digest };
    emit('journal.v1', 'OrderEvent', key, value, value.event_id);
  }
});

const monitor = toyStage('monitor', (state, input, emit) => {
  if (input.type === 'Position') state.books.set(input.value.portfolio, { quantity: input.value.qty });
  if (input.type !== 'Candle') return;
  for (const [portfolio, book] of state.books) {
    emit('journal.v1', 'Mark', portfolio, { ...blankMark(), portfolio, position_id: state.digest, bid: book.quantity });
  }
});

const learning = toyStage('learning', (state, input, emit) => {
  if (input.type !== 'Trade') return;
  emit('journal.v1', 'Lesson', input.key, { ...blankLesson(), lesson_id: `lesson-${input.id}`, run_id: state.digest });
});

export const TOY_STAGES: readonly Stage<unknown>[] = [strategy, enrichment, decision, execution, monitor, learning];

/** The toy stages, one of them replaced. */
export function toyStagesWith(other: Stage<unknown>): readonly Stage<unknown>[] {
  return TOY_STAGES.map((stage) => (stage.name === other.name ? other : stage));
}

export function candle(instrument: string, at: Micros): SourceRecord {
  const value: Candle = { ...blankCandle(), instrument, event_time: at };
  return { topic: 'market.v1', type: 'Candle', key: instrument, value };
}

/** One candle of one of three instruments every 20 s, from 00:59:30 of some day. */
export function toyMarket(events: number): SourceEvent[] {
  const start = 1_700_006_370 * SECOND;
  return Array.from({ length: events }, (_, i) => {
    const at = start + 20 * i * SECOND;
    return { at, records: [candle(['A', 'B', 'C'][i % 3] ?? 'A', at)] };
  });
}
